"""What a gateway's manifest already rules out, so that no call is made."""

from __future__ import annotations

from workers.providers.manifest import Manifest
from workers.providers.payments.models import PaymentRequest


def unsuitable(request: PaymentRequest, manifest: Manifest, *, saves_methods: bool = False) -> tuple[str, str] | None:
    """The field at fault and what is wrong with it; None when the manifest allows the payment.

    :param saves_methods: whether the connector has `capabilities.SavesPaymentMethods`.
    """
    if request.money.currency not in manifest.currencies:
        return "money.currency", f"{manifest.name} does not take {request.money.currency}"
    if request.method is not None and request.method not in manifest.methods:
        return "method", f"{manifest.name} does not offer {request.method.value}"
    if request.save_payment_method and not saves_methods:
        return "save_payment_method", f"{manifest.name} does not keep payment methods for later"
    return None
