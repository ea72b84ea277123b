"""The Service API's documents, and the transaction advice: how a transaction is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as Xml

from sandbox.payments.telr.store import TYPES, Store, Transaction, Webhook, amount_text

_CLASSES = {"ecom": "E-Commerce", "moto": "Mail/Telephone Order", "cont": "Continuous Authority"}
SIGNED = (
    *("tran_store", "tran_type", "tran_class", "tran_test", "tran_ref", "tran_prevref", "tran_firstref"),
    *("tran_currency", "tran_amount", "tran_cartid", "tran_desc", "tran_status", "tran_authcode", "tran_authmessage"),
)
RECENT_HOURS, RECENT_MOST = 48, 30


def one(store: Store, transaction: Transaction) -> bytes:
    """A single transaction."""
    return _written(_element(store, transaction))


def several(store: Store, transactions: Sequence[Transaction]) -> bytes:
    """A list of transactions."""
    document = Xml.Element("transactions")
    Xml.SubElement(document, "trancount").text = str(len(transactions))
    document.extend([_element(store, each) for each in transactions])
    return _written(document)


def _element(store: Store, made: Transaction) -> Xml.Element:
    element = Xml.Element("transaction")
    before = {"prev_id": made.previous.reference, "init_id": made.first.reference} if made.previous else {}
    _texts(element, {"id": made.reference, "prev_id": None, "init_id": None, **before})
    _texts(Xml.SubElement(element, "type"), {"name": made.type.capitalize(), "code": TYPES[made.type]})
    _texts(Xml.SubElement(element, "class"), {"name": _CLASSES[made.tran_class], "code": made.tran_class})
    _texts(Xml.SubElement(element, "auth"), {"status": made.status, "code": made.code, "message": made.message})
    told = {
        "amount": amount_text(made.amount, made.currency),
        "currency": made.currency,
        "description": made.description if store.shows_descriptions else "Transaction",
        "cartid": made.cart,
        "test": made.test,
        "date": made.date,
    }
    _texts(element, told)
    _texts(Xml.SubElement(element, "store"), {"id": store.id, "name": "Sandbox store"})
    _texts(
        Xml.SubElement(element, "card"), {"number": "4111 **** **** 1111", "type": "Visa Credit", "country_iso": "AE"}
    )
    return element


def _texts(parent: Xml.Element, fields: Mapping[str, str | None]) -> None:
    for name, text in fields.items():
        Xml.SubElement(parent, name).text = text


def _written(document: Xml.Element) -> bytes:
    written: bytes = Xml.tostring(document, encoding="utf-8", xml_declaration=True)
    return written


def advice(store: Store, made: Transaction, webhook: Webhook) -> dict[str, str]:
    """The fields of a form that tells of a transaction, hash included."""
    fields = {
        "tran_store": store.id,
        "tran_type": made.type,
        "tran_class": made.tran_class,
        "tran_test": made.test,
        "tran_ref": made.reference,
        "tran_prevref": made.previous.reference if made.previous else made.reference,
        "tran_firstref": made.first.reference,
        "tran_currency": made.currency,
        "tran_amount": amount_text(made.amount, made.currency),
        "tran_cartid": made.cart,
        "tran_desc": made.description,
        "tran_status": made.status,
        "tran_authcode": made.code,
        "tran_authmessage": made.message,
    }
    signed = list(SIGNED)
    order = made.first.order
    if webhook.with_order and order is not None:
        fields["tran_order"] = order.reference
        signed.insert(signed.index("tran_currency"), "tran_order")
    text = ":".join((webhook.secret, *(fields[name] for name in signed)))
    check = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    card = {"card_code": "VC", "card_last4": "1111", "card_check": "0" * 40}
    return {**fields, "tran_check": check, **card, "bill_fname": "Sara", "bill_sname": "Ali", "bill_check": "0" * 40}
