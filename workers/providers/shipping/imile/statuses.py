"""iMile's tracking codes in Wasl's words: the table "Tracking Status Codes" of its developer's kit, as an integration
lists it (their spelling kept)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING, Meaning

CANCELLED: Final = "CancelOrder"

_CREATED: Final = Meaning(ShipmentStatus.CREATED)
_IN_TRANSIT: Final = Meaning(ShipmentStatus.IN_TRANSIT)
_RETURNED: Final = Meaning(ShipmentStatus.RETURNED)
_EXCEPTION: Final = ShipmentStatus.EXCEPTION
_GOING_BACK: Final = Meaning(_EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS)
_NOT_MET: Final = Meaning(_EXCEPTION, TrackingDetail.ATTEMPT_FAILED)

MEANINGS: Final[Mapping[str, Meaning]] = {
    "SubmitOrder": _CREATED,
    "SCH": _CREATED,
    "AssignPickup": _CREATED,
    "CancelAssignPickup": _CREATED,
    "PickUpOrder": Meaning(ShipmentStatus.PICKED_UP),
    "RecevieOrder": _IN_TRANSIT,
    "Unpacking": _IN_TRANSIT,
    "Shipping": _IN_TRANSIT,
    "Arrive": _IN_TRANSIT,
    "Transfer": _IN_TRANSIT,
    "AssignDA": _IN_TRANSIT,
    "IntlReceived": _IN_TRANSIT,
    "IntlShipping": _IN_TRANSIT,
    "IntlArrive": _IN_TRANSIT,
    "IntlClearanceScan": _IN_TRANSIT,
    "IntlClearance": _IN_TRANSIT,
    "operation_change_delivery_method": NOTHING,
    "operation_self_pickup_point_inbound": Meaning(ShipmentStatus.IN_TRANSIT, TrackingDetail.AWAITING_COLLECTION),
    "OFD": Meaning(ShipmentStatus.OUT_FOR_DELIVERY),
    "Delivered": Meaning(ShipmentStatus.DELIVERED),
    # The end of a driver's round rather than of a parcel's way; what became of the parcel has a code of its own.
    "DeliveryCompleted": NOTHING,
    "BTD": _NOT_MET,
    "cs_schedule_failed_no_answer": _NOT_MET,
    "Abandon": Meaning(_EXCEPTION),
    "AbnormalDelivered": Meaning(_EXCEPTION),
    "ReturnShipping": _GOING_BACK,
    "ReturnArrive": _GOING_BACK,
    "ReturnFailed": _GOING_BACK,
    "ReturnSuccess": _RETURNED,
    "RefundSuccess": _RETURNED,
    "RTC": _RETURNED,
    CANCELLED: Meaning(ShipmentStatus.CANCELLED),
}
"""Every documented code."""


def meaning(code: str) -> Meaning:
    """What a code means; nothing, where nobody knows it."""
    return MEANINGS.get(code, NOTHING)
