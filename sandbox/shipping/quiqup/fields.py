"""Reading the body of ``POST /orders`` as strictly as Quiqup's pages are written."""

from __future__ import annotations

import re
from typing import Any

from sandbox.shipping.answers import Refusal

Object = dict[str, Any]

KINDS = ("partner_same_day", "partner_next_day", "partner_4hr", "partner_return")
MODES = ("pre_paid", "paid_on_delivery")
_MADE_UP = ("cod_amount", "cash_on_delivery", "fragile", "service_type", "order_type", "weight_kg")
_PHONE = re.compile(r"\+?[0-9]{8,15}")


class QuiqupError(Refusal):
    """An error as Quiqup answers it."""

    def __init__(self, status: int, error: str, **more: Any) -> None:
        super().__init__(status, {"error": error, **more})


def not_found() -> QuiqupError:
    """There is no such order in this account."""
    return QuiqupError(404, "Sorry, one the resources you requested could not be found.")


def read_order(body: Any) -> Object:
    """The body of an order to be made.

    :raises QuiqupError: 422 with every fault, or 400 for what breaks the whole order.
    """
    if not isinstance(body, dict):
        raise QuiqupError(400, "[order] creation build failed")
    if body.get("references"):
        raise QuiqupError(400, "[order] creation build failed")
    faults = [f"[{name}] is missing" for name in ("origin", "destination", "items", "kind") if not body.get(name)]
    faults += [f"[{name}] is unknown" for name in _MADE_UP if name in body]
    if not faults:
        faults = [*_faults_of_kind(body), *_faults_of_payment(body)]
        faults += [each for name in ("origin", "destination") for each in _faults_of_stop(name, body[name])]
        faults += _faults_of_items(body["items"])
    if faults:
        raise QuiqupError(422, ", ".join(faults), attribute_errors=[{"detail": each} for each in faults])
    return body


def _faults_of_kind(body: Object) -> list[str]:
    return [] if body["kind"] in KINDS else [f"[kind] must be one of {', '.join(KINDS)}"]


def _faults_of_payment(body: Object) -> list[str]:
    mode, amount = body.get("payment_mode"), body.get("payment_amount") or 0
    if mode not in MODES:
        return [f"[payment_mode] must be one of {', '.join(MODES)}"]
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        return ["[payment_amount] must be a number"]
    if mode == "pre_paid" and amount != 0:
        return ["[payment_amount] must be 0 when pre_paid"]
    if mode == "paid_on_delivery" and (amount <= 0 or body["kind"] == "partner_return"):
        return ["[payment_amount] must be more than 0, and there is none of a return"]
    return []


def _faults_of_stop(name: str, stop: Any) -> list[str]:
    if not isinstance(stop, dict) or not isinstance(stop.get("address"), dict):
        return [f"[{name}] has no address"]
    address = stop["address"]
    missing = [each for each in ("contact_name", "contact_phone") if not _is_text(stop.get(each))]
    missing += [f"address.{each}" for each in ("address1", "town", "country") if not _is_text(address.get(each))]
    faults = [f"[{name}.{each}] is missing" for each in missing]
    if not missing and not _PHONE.fullmatch(stop["contact_phone"]):
        faults.append(f"[{name}.contact_phone] is no MSISDN")
    if not missing and address["country"] not in ("AE", "UAE"):
        faults.append(f"[{name}.address.country] is not served")
    if "coordinates" in address and set(address["coordinates"]) != {"lat", "lng"}:
        faults.append(f"[{name}.address.coordinates] must have lat and lng")
    return faults


def _faults_of_items(items: Any) -> list[str]:
    if not isinstance(items, list):
        return ["[items] must be an array"]
    good = [isinstance(each, dict) and _is_text(each.get("name")) and each.get("quantity") == 1 for each in items]
    return [] if all(good) else ["[items] must each have a name and the quantity 1"]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
