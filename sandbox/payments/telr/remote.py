"""The Remote API (``remote.xml``): transactions that follow others. Card details are not taken."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as Xml

from sandbox.payments.telr.errors import MEANINGS, TelrError
from sandbox.payments.telr.store import Store, Transaction, read_amount

_FIELDS = {"type", "class", "cartid", "description", "test", "currency", "amount", "ref"}
_ALLOWED = frozenset(chr(code) for code in (9, 10, 13, *range(0x20, 0x7F), *range(0xA0, 0x250)))


def read(raw: bytes) -> tuple[str, str, dict[str, str]]:
    """A request's store, key and transaction. :raises TelrError: not one."""
    try:
        document = Xml.fromstring(raw)  # noqa: S314  (a sandbox reads only what its own user sends)
    except Xml.ParseError:
        raise TelrError(1, "not XML") from None
    tran = document.find("tran")
    if document.tag != "remote" or tran is None or {each.tag for each in document} != {"store", "key", "tran"}:
        raise TelrError(1, "not a remote transaction")
    fields = {each.tag: each.text or "" for each in tran}
    if len(fields) != len(tran) or set(fields) - _FIELDS:
        raise TelrError(1, "fields of tran")
    if any(set(text) - _ALLOWED for text in fields.values()):
        raise TelrError(1, "characters")
    return document.findtext("store") or "", document.findtext("key") or "", fields


def perform(store: Store, fields: dict[str, str]) -> Transaction:
    """Make the transaction. :raises TelrError: it cannot be made."""
    amount = read_amount(fields.get("amount"), fields.get("currency"))
    if fields.get("test") not in ("0", "1"):
        raise TelrError(6)
    if len(fields.get("description", "")) > 63 or len(fields.get("cartid", "")) > 63:
        raise TelrError(1, "too long")
    kind, tran_class = fields.get("type", ""), fields.get("class", "")
    if tran_class not in ("ecom", "moto", "cont"):
        raise TelrError(39)
    source = store.transaction(fields.get("ref"))
    if source.test != fields["test"]:
        raise TelrError(6)
    if kind == "sale" and tran_class == "cont":
        return _charge_again(store, source, fields, amount)
    if kind not in ("capture", "release", "void", "refund"):
        raise TelrError(40)
    _check(store, source, kind, tran_class, amount, fields["currency"])
    return _make(store, source, fields, amount)


def _check(store: Store, source: Transaction, kind: str, tran_class: str, amount: Decimal, currency: str) -> None:
    if source.tran_class != tran_class:
        raise TelrError(39)
    if source.currency != currency:
        raise TelrError(24)
    if source.status == "H":
        raise TelrError(36)
    if source.status != "A":
        raise TelrError(25)
    if kind in ("capture", "release") and source.type != "auth":
        raise TelrError(22)
    if kind == "refund" and source.type not in ("sale", "capture"):
        raise TelrError(35)
    if kind == "void" and (source.type not in ("sale", "auth") or store.following(source, "capture", "refund", "void")):
        raise TelrError(26 if store.following(source, "void") else 35)
    if amount > source.amount - store.following(source, "capture", "release", "void", "refund"):
        raise TelrError(29)


def _charge_again(store: Store, source: Transaction, fields: dict[str, str], amount: Decimal) -> Transaction:
    if not fields.get("cartid"):
        raise TelrError(3)
    if source.type != "sale" or source.status != "A" or source.tran_class == "cont":
        return _make(store, source, fields, amount, status="D", code="57")
    blocked = store.blocked_cards.get(source.reference)
    if blocked is not None:
        return _make(store, source, fields, amount, status="E" if blocked < 30 else "D", code=str(blocked))
    return _make(store, source, fields, amount)


def _make(store: Store, source: Transaction, fields: dict[str, str], amount: Decimal, **facts: str) -> Transaction:
    return store.add(
        type=fields["type"],
        tran_class=fields["class"],
        amount=amount,
        currency=fields["currency"],
        cart=fields.get("cartid") or source.cart,
        description=fields.get("description", ""),
        test=fields["test"],
        previous=source,
        **facts,
    )


def answer(made: Transaction) -> bytes:
    """What a transaction is answered with."""
    told = {
        "status": made.status,
        "code": made.code,
        "message": made.message,
        "tranref": made.reference,
        "cvv": "X",
        "avs": "X",
        "cartid": made.cart,
        "trace": "4001/1092034/669028e9",
    }
    return _auth(told)


def refusal(error: TelrError) -> bytes:
    """What a refused request is answered with."""
    return _auth({"status": "E", "code": f"{error.code:02}", "message": MEANINGS[error.code]})


def _auth(fields: dict[str, str]) -> bytes:
    document = Xml.Element("remote")
    auth = Xml.SubElement(document, "auth")
    for name, text in fields.items():
        Xml.SubElement(auth, name).text = text
    written: bytes = Xml.tostring(document, encoding="utf-8", xml_declaration=True)
    return written
