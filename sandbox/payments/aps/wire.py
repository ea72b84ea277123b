"""Signatures, response codes and the form of every parameter, as they are documented."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

Object = dict[str, Any]

MESSAGES = {
    "000": "Success",
    "001": "Missing parameter",
    "002": "Invalid parameter format",
    "004": "Invalid command",
    "007": "Duplicate order number",
    "008": "Signature mismatch",
    "009": "Invalid merchant identifier",
    "010": "Invalid access code",
    "027": "Invalid extra parameters",
    "033": "Parameter value not allowed",
    "034": "Operation not allowed",
    "036": "Order not found",
    "042": "Operation amount exceeds the authorized amount",
    "044": "Token name does not exist",
    "048": "Operation amount exceeds captured amount",
    "063": "Token has been updated",
    "064": "3-D Secure check requested",
    "066": "Merchant reference already exists",
    "072": "Transaction has been cancelled by the consumer",
    "073": "Invalid request format",
    "115": "Expired invoice payment link",
    "117": "Invoice payment link already processed",
    "149": "Payment link request id not found",
    "666": "Transaction declined",
    "777": "The transaction has been processed, but failed to receive confirmation",
    "787": "Failed to authenticate the user",
}


class APSError(Exception):
    """A refusal. :param code: all five digits. :param about: the parameter at fault."""

    def __init__(self, code: str, about: str = "") -> None:
        message = MESSAGES.get(code[2:], "Transaction failed")
        super().__init__(f"{message}: {about}" if about else message)
        self.code = code


def sign(fields: Object, phrase: str, sha_type: str) -> str:
    """The signature of flat fields."""
    named = sorted((name, value) for name, value in fields.items() if name != "signature")
    text = (phrase + "".join(f"{name}={value}" for name, value in named) + phrase).encode()
    hashed = "sha512" if sha_type.endswith("512") else "sha256"
    if sha_type.startswith("HMAC"):
        return hmac.new(phrase.encode(), text, hashed).hexdigest()
    return hashlib.new(hashed, text).hexdigest()


_CODE = r"[A-Za-z0-9]{1,20}"
FORMS = {
    "command": r"[A-Z_]{1,20}",
    "service_command": r"[A-Z_]{1,20}",
    "query_command": r"[A-Z_]{1,50}",
    "access_code": _CODE,
    "merchant_identifier": _CODE,
    "signature": r"[0-9a-f]{64}|[0-9a-f]{128}",
    "merchant_reference": r"[A-Za-z0-9._-]{1,40}",
    "amount": r"[1-9][0-9]{0,9}",
    "currency": r"AED|BHD|EGP|EUR|GBP|JOD|KWD|OMR|QAR|SAR|USD",
    "language": r"en|ar",
    "customer_email": r"[A-Za-z0-9_.@+-]{1,254}",
    "customer_name": r"[\w\\/.' -]{1,40}",
    "customer_phone": r"[0-9]{1,19}",
    "phone_number": r"[0-9+() -]{1,19}",
    "order_description": r"[\w'/.#:$ -]{1,150}",
    "request_expiry_date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d",
    "notification_type": r"(SMS|EMAIL|NONE)(,(SMS|EMAIL|NONE))*",
    "link_command": r"AUTHORIZATION|PURCHASE",
    "payment_option": r"MASTERCARD|VISA|AMEX|SADAD|NAPS|KNET|MADA|MEEZA",
    "return_url": r"[A-Za-z0-9$!=?#&_/:.-]{1,400}",
    "fort_id": r"[0-9]{1,20}",
    "maintenance_reference": r"[A-Za-z0-9._-]{1,200}",
    "eci": r"ECOMMERCE|MOTO|RECURRING",
    "token_name": r"[A-Za-z0-9.@_-]{1,100}",
    "token_status": r"ACTIVE|INACTIVE",
    "customer_ip": r"[0-9A-Fa-f.:]{2,45}",
    "agreement_id": r"[A-Za-z0-9._-]{1,100}",
    "remember_me": r"YES|NO",
    "settlement_reference": r"[A-Za-z0-9._-]{1,34}",
    "merchant_extra": r"[\w.;/,'@ -]{1,999}",
    "payment_link_id": r"[A-Za-z0-9._-]{1,20}",
    "return_third_party_response_codes": r"YES|NO",
}
_ACCOUNT = "access_code merchant_identifier signature"
_CHARGE = f"{_ACCOUNT} command merchant_reference amount currency language customer_email token_name eci"
_CHARGE_MORE = (
    "customer_ip agreement_id phone_number remember_me settlement_reference return_url payment_option "
    "order_description customer_name merchant_extra"
)
_MAINTENANCE = f"{_ACCOUNT} command merchant_reference language"
PARAMETERS = {
    "PURCHASE": (_CHARGE, _CHARGE_MORE),
    "AUTHORIZATION": (_CHARGE, _CHARGE_MORE),
    "CAPTURE": (f"{_MAINTENANCE} amount currency", "fort_id order_description"),
    "VOID_AUTHORIZATION": (_MAINTENANCE, "fort_id order_description"),
    "REFUND": (f"{_MAINTENANCE} amount currency", "fort_id order_description maintenance_reference"),
    "CHECK_STATUS": (
        f"{_ACCOUNT} query_command merchant_reference language",
        "fort_id return_third_party_response_codes",
    ),
    "PAYMENT_LINK": (
        f"{_ACCOUNT} service_command merchant_reference amount currency language customer_email request_expiry_date "
        "notification_type",
        "link_command payment_option order_description customer_name customer_phone return_url payment_link_id",
    ),
    "CHECK_PAYMENT_LINK_STATUS": (f"{_ACCOUNT} query_command merchant_reference", "payment_link_id language"),
    "UPDATE_TOKEN": (
        f"{_ACCOUNT} service_command merchant_reference language token_name",
        "token_status expiry_date card_holder_name currency new_token_name",
    ),
}
"""What each operation must have, and what it may have."""


def command_of(fields: Object) -> str:
    """The operation that is asked for."""
    named = [fields[name] for name in ("command", "service_command", "query_command") if name in fields]
    if len(named) != 1 or named[0] not in PARAMETERS:
        raise APSError("00004")
    return str(named[0])


def check(fields: Object) -> None:
    """Refuse parameters that are missing, unknown or misshapen."""
    needed, optional = (names.split() for names in PARAMETERS[command_of(fields)])
    for name in needed:
        if fields.get(name) in (None, ""):
            raise APSError("00001", name)
    for name, value in fields.items():
        if name not in needed and name not in optional:
            raise APSError("00027", name)
        if not isinstance(value, str) or not re.fullmatch(FORMS[name], value):
            raise APSError("00002", name)
