"""Saved PayPal accounts: payment tokens of the vault, and what paying costs the merchant."""

from __future__ import annotations

from decimal import Decimal

from sandbox.payments.paypal.account import Account, Object, new_id
from sandbox.payments.paypal.errors import PayPalError, refused

_POINTER = "/payment_source/paypal/attributes/vault"


def check_attributes(attributes: Object) -> None:
    """Refuse instructions that PayPal would not understand."""
    vault = attributes.get("vault")
    if not attributes.keys() <= {"vault", "customer"}:
        raise PayPalError(400, "INVALID_PARAMETER_VALUE", "The value of a field is invalid.", _POINTER)
    if vault is None:
        return
    if vault.get("usage_type") not in ("MERCHANT", "PLATFORM"):
        raise PayPalError(400, "MISSING_REQUIRED_PARAMETER", "A required field is missing.", f"{_POINTER}/usage_type")
    if vault.get("store_in_vault") != "ON_SUCCESS":
        raise PayPalError(400, "INVALID_PARAMETER_VALUE", "The value of a field is invalid.", _POINTER)


def funding_of(account: Account, vault_id: str) -> str:
    """How a saved account behaves: one of the vault, or ``vault_`` and a funding."""
    if vault_id in account.saved:
        return account.saved[vault_id]
    if not vault_id.startswith("vault_"):
        raise refused(
            "TOKEN_ID_NOT_FOUND", "Specified token was not found. Verify the token and try the request again."
        )
    return vault_id.removeprefix("vault_")


def save(account: Account, order: Object) -> None:
    """The account has paid, and is saved where that was asked for."""
    asked: Object = order.get("_attributes") or {}
    if "vault" not in asked:
        return
    token, customer = new_id(8).lower(), asked.get("customer") or {"id": new_id(10)}
    account.saved[token] = account.funding[order["id"]]
    links = [account.link(f"/v3/vault/payment-tokens/{token}", "self")]
    vault = {"id": token, "status": "VAULTED", "customer": customer, "links": links}
    order["payment_source"]["paypal"]["attributes"] = {"vault": vault}


def breakdown(amount: Object) -> Object:
    """What the merchant receives: 3.4 % and a fixed part of 0.30 are PayPal's."""
    gross, decimals = Decimal(amount["value"]), len(amount["value"].partition(".")[2])
    fee = (gross * Decimal("0.034") + Decimal("0.30")).quantize(Decimal(1).scaleb(-decimals))
    parts = {"gross_amount": gross, "paypal_fee": fee, "net_amount": gross - fee}
    return {name: {"currency_code": amount["currency_code"], "value": str(part)} for name, part in parts.items()}
