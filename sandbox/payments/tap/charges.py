"""Charges and authorizations: how they are made, paid, captured and voided."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sandbox.payments.tap.account import Account, Object, new_id
from sandbox.payments.tap.errors import TapError
from sandbox.payments.tap.fields import Fields, read_customer, read_reference

MESSAGES = {
    "000": "Captured",
    "001": "Authorized",
    "100": "Initiated",
    "200": "In Progress",
    "301": "Abandoned",
    "302": "Cancelled",
    "407": "Failed, Expired Card",
    "503": "Declined, 3D Security - Incorrect",
    "505": "Declined, Insufficient Funds",
    "514": "Declined, Card Issuer - Risk Check",
    "601": "Void",
    "702": "Restricted, Retry Limit Exceeded",
    "801": "Timed Out",
    "901": "Unknown",
}
_BY_CODE = {"000": "CAPTURED", "001": "AUTHORIZED", "301": "ABANDONED", "302": "CANCELLED"}
_BY_HUNDRED = {"4": "FAILED", "5": "DECLINED", "6": "VOID", "7": "RESTRICTED", "8": "TIMEDOUT", "9": "UNKNOWN"}
OPEN = ("INITIATED", "IN_PROGRESS")
_TOLD = ("CAPTURED", "AUTHORIZED", "VOID", "CANCELLED", "FAILED", "DECLINED", "RESTRICTED", "TIMEDOUT")
"""What Tap sends webhooks of."""
_SOURCES = {
    "src_all": None,
    "src_card": None,
    "src_apple_pay": None,
    "src_google_pay": None,
    "src_tabby.installement": None,
    "src_sa.mada": "SAR",
    "src_kw.knet": "KWD",
    "src_bh.benefit": "BHD",
    "src_omannet": "OMR",
    "src_qa.qpay": "QAR",
    "src_eg.fawry": "EGP",
}
_RESERVING = ("src_all", "src_card", "src_kw.knet")
_TOKEN = re.compile(r"tok_[A-Za-z0-9_]{8,60}")
_DECLINED = re.compile(r"tok_declined([0-9]{3})\w*")


def create(account: Account, body: Any, kind: str) -> Object:
    """POST /charges and /authorize. :param kind: ``charge`` or ``authorize``."""
    fields = Fields(body)
    amount, currency = fields.money()
    source = fields.identity("source", "1124", required=True) or ""
    capturing = kind == "charge" and source.startswith("auth_")
    secure = fields.boolean("threeDSecure", True)
    thing: Object = {
        "id": new_id("chg" if kind == "charge" else "auth"),
        "object": kind,
        "live_mode": False,
        "customer_initiated": fields.boolean("customer_initiated", True),
        "api_version": "V2",
        "status": "INITIATED",
        "amount": amount,
        "currency": currency,
        "threeDSecure": secure,
        "save_card": fields.boolean("save_card", False),
        "description": fields.text("description", "1121"),
        "statement_descriptor": fields.text("statement_descriptor", "1120", below=60),
        "metadata": fields.metadata(),
        "transaction": {
            "timezone": "UTC+03:00",
            "created": str(account.milliseconds()),
            "expiry": _expiry(fields),
            "asynchronous": source == "src_eg.fawry",
            "amount": amount,
            "currency": currency,
        },
        "reference": read_reference(fields),
        "customer": read_customer(fields),
        "merchant": {"id": fields.identity("merchant") or "1124340", "country": "AE", "currency": "AED"},
        "source": {"object": "source", "id": source},
        "redirect": _link(fields.url("redirect", "1110" if secure and not capturing else None, "1111")),
        "post": _link(fields.url("post")),
        "payment_agreement": _link(fields.identity("payment_agreement"), "id"),
        "activities": [],
    }
    if kind == "authorize":
        thing["auto"] = _auto(fields)
    fields.done()
    return _start(account, {name: value for name, value in thing.items() if value is not None})


def _expiry(fields: Fields) -> Object:
    told = fields.child("transaction")
    if told is None:
        return {"period": 30, "type": "MINUTE"}
    expiry = Fields(told.anything("expiry"))
    period, unit = expiry.whole("period", "1103", 5, 60), expiry.text("type", required=True)
    expiry.done()
    told.done()
    return {"period": period, "type": unit}


def _auto(fields: Fields) -> Object:
    told = fields.child("auto")
    if told is None:
        return {"status": "PENDING", "type": "VOID", "time": 168}
    kind, hours = told.text("type", "1152", required=True), told.whole("time", "1153", 1, 168)
    told.done()
    if kind not in ("VOID", "CAPTURE"):
        raise TapError("1152")
    return {"status": "PENDING", "type": kind, "time": hours}


def _start(account: Account, thing: Object) -> Object:
    source = thing["source"]["id"]
    if thing["save_card"]:
        if not thing["threeDSecure"]:
            raise TapError("1116")
        if "phone" not in thing["customer"] and "id" not in thing["customer"]:
            raise TapError("1135")
    if not thing["customer_initiated"] and "payment_agreement" not in thing:
        raise TapError("1216")
    if source.startswith("auth_") and thing["object"] == "charge":
        return _capture(account, thing, source)
    if source.startswith("tok_"):
        return _pay_with_token(account, thing, source)
    if source not in _SOURCES or (thing["object"] == "authorize" and source not in _RESERVING):
        raise TapError("1125")
    if _SOURCES[source] not in (None, thing["currency"]):
        raise TapError("1119")
    if "redirect" not in thing:
        raise TapError("1110")
    _store(account, thing)
    return _open(account, thing, "200" if source == "src_eg.fawry" else "100")


def _pay_with_token(account: Account, thing: Object, token: str) -> Object:
    if not _TOKEN.fullmatch(token) or token.startswith("tok_unknown"):
        raise TapError("1125")
    if token in account.used_tokens:
        raise TapError("1126")
    saved = account.tokens.get(token)
    if saved is not None and thing["customer"].get("id") != saved[1]:
        raise TapError("1105")
    account.used_tokens.add(token)
    thing["source"] = {"object": "token", "type": "CARD_NOT_PRESENT", "payment_method": "VISA", "id": token}
    thing["card"] = {"object": "card", "first_six": "450875", "scheme": "VISA", "brand": "VISA", "last_four": "1019"}
    _store(account, thing)
    declined = _DECLINED.fullmatch(token)
    if declined:
        return finish(account, thing, declined[1])
    if token.startswith("tok_challenge") and thing["threeDSecure"]:
        return _open(account, thing, "100")
    if token.startswith("tok_waiting"):
        thing["status"], thing["response"] = "IN_PROGRESS", _response("200")
        return thing
    return finish(account, thing, good(thing))


def _capture(account: Account, charge: Object, authorization_id: str) -> Object:
    """A charge that takes what is reserved; what it leaves is released."""
    reserved = authorization(account, authorization_id)
    if reserved["status"] != "AUTHORIZED":
        raise TapError("1114")
    if charge["currency"] != reserved["currency"]:
        raise TapError("1149")
    if charge["amount"] > reserved["amount"]:
        raise TapError("1150")
    if charge["customer"].get("id") != reserved["customer"]["id"]:
        raise TapError("1105")
    reserved["status"], reserved["response"] = "CAPTURED", _response("000")
    charge["source"] = {"object": "authorize", "type": "CARD_NOT_PRESENT", "id": authorization_id}
    if "card" in reserved:
        charge["card"] = {name: value for name, value in reserved["card"].items() if name != "id"}
    _store(account, charge)
    return finish(account, charge, "000")


def void(account: Account, authorization_id: str) -> Object:
    """POST /authorize/{id}/void"""
    reserved = authorization(account, authorization_id)
    if reserved["status"] != "AUTHORIZED":
        raise TapError("1114")
    return finish(account, reserved, "601")


def end(account: Account, reserved: Object) -> Object:
    """The hours of an authorization are over: it is voided, or captured where it was made so."""
    if reserved["status"] != "AUTHORIZED":
        raise TapError("1114")
    reserved["auto"]["status"] = "SUCCESS"
    if reserved["auto"]["type"] == "VOID":
        return finish(account, reserved, "601")
    shared = ("currency", "amount", "customer", "metadata", "reference", "post", "redirect", "threeDSecure")
    charge = {
        **{name: value for name, value in reserved.items() if name in shared},
        "id": new_id("chg"),
        "object": "charge",
        "api_version": "V2",
        "live_mode": False,
        "customer_initiated": True,
        "save_card": False,
        "status": "INITIATED",
        "transaction": {**reserved["transaction"], "created": str(account.milliseconds())},
        "activities": [],
    }
    return _capture(account, charge, reserved["id"])


def finish(account: Account, thing: Object, code: str) -> Object:
    """What became of it, by its response code."""
    thing["status"] = _BY_CODE.get(code) or _BY_HUNDRED[code[0]]
    thing["response"] = _response(code)
    thing["transaction"].pop("url", None)
    if thing["status"] not in ("ABANDONED", "CANCELLED"):
        thing["reference"] = {**thing["reference"], "gateway": "123456789012345", "payment": new_id("pay")[6:]}
    if thing["status"] in ("CAPTURED", "AUTHORIZED"):
        thing["customer"].setdefault("id", new_id("cus"))
        _save_card(account, thing)
    _note(account, thing)
    if thing["status"] in _TOLD:
        account.publish(thing)
    return thing


def _save_card(account: Account, thing: Object) -> None:
    if not thing["save_card"]:
        return
    customer = thing["customer"]["id"]
    card = {**thing.get("card", {"object": "card", "scheme": "VISA", "brand": "VISA", "last_four": "1019"})}
    card["id"] = new_id("card")
    account.cards.setdefault(customer, {})[card["id"]] = {**card, "customer": customer, "exp_month": 1, "exp_year": 39}
    thing["card"] = card
    thing["payment_agreement"] = {
        "id": new_id("payment_agreement"),
        "type": "UNSCHEDULED",
        "contract": {"id": card["id"], "customer_id": customer, "type": "SAVED_CARD"},
    }


def good(thing: Object) -> str:
    """The response code of one that succeeds."""
    return "000" if thing["object"] == "charge" else "001"


def charge(account: Account, charge_id: str) -> Object:
    """:raises TapError: there is no such charge."""
    if charge_id not in account.charges:
        raise TapError("1144", 404)
    return account.charges[charge_id]


def authorization(account: Account, authorization_id: str) -> Object:
    """:raises TapError: there is no such authorization."""
    if authorization_id not in account.authorizations:
        raise TapError("1115", 404)
    return account.authorizations[authorization_id]


def either(account: Account, thing_id: str) -> Object:
    """A charge or an authorization."""
    return authorization(account, thing_id) if thing_id.startswith("auth_") else charge(account, thing_id)


def left_to_refund(account: Account, taken: Object) -> Decimal:
    """How much of a charge can be given back yet."""
    lost = ("FAILED", "DECLINED", "RESTRICTED", "TIMEDOUT", "CANCELLED")
    given = (each for each in account.refunds.values() if each["charge_id"] == taken["id"])
    left: Decimal = taken["amount"] - sum((each["amount"] for each in given if each["status"] not in lost), Decimal(0))
    return left


def _open(account: Account, thing: Object, code: str) -> Object:
    thing["status"], thing["response"] = ("IN_PROGRESS" if code == "200" else "INITIATED"), _response(code)
    thing["transaction"]["url"] = f"{account.api_url}/page/{thing['id']}"
    _note(account, thing)
    return thing


def _store(account: Account, thing: Object) -> None:
    (account.charges if thing["object"] == "charge" else account.authorizations)[thing["id"]] = thing


def _note(account: Account, thing: Object) -> None:
    if thing["object"] == "charge":
        shared = {name: thing[name] for name in ("status", "currency", "amount")}
        step = {"id": new_id("activity"), "object": "activity", "created": account.milliseconds(), **shared}
        thing["activities"] = [*thing["activities"], step]


def _response(code: str) -> Object:
    return {"code": code, "message": MESSAGES.get(code, "Declined")}


def _link(value: str | None, name: str = "url") -> Object | None:
    return None if value is None else {name: value}
