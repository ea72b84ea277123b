"""What the checkpoint codes of DHL Express mean.

The codes are the rows of the service "express" in DHL's own table of events; what each means for a shipment is ours.
101 to 104 are what the shipment as a whole has, in DHL's other APIs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING, Meaning

_PICKED_UP: Final = Meaning(ShipmentStatus.PICKED_UP)
_TRANSIT: Final = Meaning(ShipmentStatus.IN_TRANSIT)
_CUSTOMS: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.CUSTOMS_HOLD)
_ADDRESS: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ADDRESS_PROBLEM)
_ATTEMPT: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ATTEMPT_FAILED)
_DELAYED: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.DELAYED)
_ON_HOLD: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ON_HOLD)

MEANINGS: Final[Mapping[str, Meaning]] = {
    "101": Meaning(ShipmentStatus.DELIVERED),
    "102": _TRANSIT,
    "103": Meaning(ShipmentStatus.EXCEPTION),
    "104": Meaning(ShipmentStatus.CREATED),
    "AD": _TRANSIT,  # agreed delivery: a day was agreed with the recipient
    "AF": _TRANSIT,
    "AR": _TRANSIT,
    "BA": _ADDRESS,
    "BN": _CUSTOMS,  # the recipient's own broker has to clear it
    "BR": _TRANSIT,
    "CA": _ATTEMPT,  # closed on arrival
    "CC": Meaning(ShipmentStatus.IN_TRANSIT, TrackingDetail.AWAITING_COLLECTION),
    "CD": _CUSTOMS,
    "CM": _ADDRESS,  # the recipient moved
    "CR": _TRANSIT,
    "CS": NOTHING,  # DHL closed its file; what became of the parcel was told before
    "DD": Meaning(ShipmentStatus.DELIVERED, TrackingDetail.DAMAGED),
    "DF": _TRANSIT,
    "DS": Meaning(ShipmentStatus.EXCEPTION),  # destroyed; no detail says so
    "FD": _TRANSIT,
    "HP": _ON_HOLD,  # until somebody pays
    "IC": _TRANSIT,
    "MC": _DELAYED,
    "MD": _DELAYED,
    "MS": _DELAYED,
    "ND": _ATTEMPT,
    "NH": _ATTEMPT,
    "OH": _ON_HOLD,
    "OK": Meaning(ShipmentStatus.DELIVERED),
    "PD": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.PARTIAL),
    "PL": _TRANSIT,
    "PU": _PICKED_UP,
    "PY": _TRANSIT,
    "RD": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.REFUSED),
    "RR": _TRANSIT,
    "RT": Meaning(ShipmentStatus.RETURNED),
    "SA": _PICKED_UP,
    "SC": _TRANSIT,
    "SM": _TRANSIT,
    "SS": _ON_HOLD,
    "TP": _TRANSIT,
    "TR": _TRANSIT,
    "UD": _CUSTOMS,
    "WC": Meaning(ShipmentStatus.OUT_FOR_DELIVERY),
}
