"""What FedEx's tracking codes mean.

The page "Tracking Status Codes" (movement and regulatory codes) and the table "Status Code and Statuses for Webhook
Tracking Events" of FedEx's API reference guide. The same letters recur elsewhere: as "possession" CA is the carrier and
RC the recipient, so only codes of scans and statuses are looked up here.

A scan has two codes. ``eventType`` says what happened; ``derivedStatusCode`` what it comes to, coarsely: a parcel "On
FedEx vehicle for delivery" is eventType OD with derivedStatusCode IT. The first decides, the second helps out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING, Meaning, by_text

_CREATED: Final = Meaning(ShipmentStatus.CREATED)
_PICKED_UP: Final = Meaning(ShipmentStatus.PICKED_UP)
_IN_TRANSIT: Final = Meaning(ShipmentStatus.IN_TRANSIT)
_OUT: Final = Meaning(ShipmentStatus.OUT_FOR_DELIVERY)
_EXCEPTION: Final = Meaning(ShipmentStatus.EXCEPTION)
_DELAYED: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.DELAYED)
_WAITS: Final = Meaning(ShipmentStatus.IN_TRANSIT, TrackingDetail.AWAITING_COLLECTION)

EVENTS: Final[Mapping[str, Meaning]] = {
    **dict.fromkeys(("OC", "AP", "EP", "RP"), _CREATED),
    **dict.fromkeys(("PU", "PX", "DO", "IP"), _PICKED_UP),
    **dict.fromkeys(("AA", "AC", "AF", "AR", "AX", "CC", "CH", "CP", "DP", "EA", "EO", "FD", "IT", "IX"), _IN_TRANSIT),
    **dict.fromkeys(("LO", "OF", "OW", "OX", "PF", "PL", "PM", "SF", "TP", "TR"), _IN_TRANSIT),
    **dict.fromkeys(("AD", "ED", "OD"), _OUT),
    "DL": Meaning(ShipmentStatus.DELIVERED),
    "SP": Meaning(ShipmentStatus.IN_TRANSIT, TrackingDetail.PARTIAL),
    **dict.fromkeys(("HL", "HP"), _WAITS),
    **dict.fromkeys(("DE", "SE"), _EXCEPTION),
    **dict.fromkeys(("DD", "DY"), _DELAYED),
    "CD": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.CUSTOMS_HOLD),
    **dict.fromkeys(("DR", "PD"), Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.PICKUP_FAILED)),
    "RS": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS),
    "CA": Meaning(ShipmentStatus.CANCELLED),
    # Forecasts, papers, and what the recipient asked for; nothing happens to the parcel. A driver is sent out with DS,
    # to pick up or to deliver: nobody can tell.
    **dict.fromkeys(("AE", "AO", "AS", "DS", "HA", "IN", "LC", "LP", "MD", "PR"), NOTHING),
    **dict.fromkeys(("RA", "RC", "RD", "RG", "RM", "RR", "RT", "US"), NOTHING),
}
STATUSES: Final[Mapping[str, Meaning]] = {**EVENTS, "IN": _CREATED}
"""Codes as ``derivedStatusCode`` and ``latestStatusDetail.code`` have them: there IN is "Label created"."""


def meaning_of(event: str | None, status: str | None, said: str, why: str | None) -> Meaning:
    """What a scan means.

    :param event: its ``eventType``. :param status: its ``derivedStatusCode``.
    :param said: FedEx's description of it. :param why: and of the exception, if it is one.
    """
    code, coarse = (event or "").upper(), (status or "").upper()
    meaning = EVENTS.get(code) or STATUSES.get(coarse) or NOTHING
    if meaning.status is not ShipmentStatus.EXCEPTION:
        return meaning
    if code == "RS" and by_text(said).status is ShipmentStatus.RETURNED:
        return Meaning(ShipmentStatus.RETURNED)
    return Meaning(meaning.status, meaning.detail or by_text(why).detail)
