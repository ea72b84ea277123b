"""Everything else that FedEx is asked: tracking, papers, pickups, cancellations, where it goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from workers.providers.shipping.fedex.manifest import FedExSettings
from workers.providers.shipping.fedex.parties import Unfit, address, contact, local, plain, street_address
from workers.providers.shipping.models import (
    AddressCheckRequest,
    Direction,
    ExistingPickup,
    ExistingShipment,
    PickupRequest,
    Place,
    ShipmentRequest,
)

EXPRESS: Final = "FDXE"
HOME: Final = "AE"
_REMARKS_CHARS: Final = 60
# A range of more than 30 days is refused (TRACKING.SHIPDATERANGE.TOOLONG).
_AROUND: Final = timedelta(days=1)
_LONGEST_RANGE: Final = timedelta(days=29)


def cancel_body(shipment: ExistingShipment, settings: FedExSettings) -> dict[str, Any]:
    """PUT /ship/v1/shipments/cancel: all its parcels."""
    return {
        "accountNumber": {"value": settings.account_number},
        "trackingNumber": shipment.tracking_number,
        "senderCountryCode": shipment.provider_data.get("sender_country", HOME),
        "deletionControl": "DELETE_ALL_PACKAGES",
    }


def track_body(numbers: Iterable[str]) -> dict[str, Any]:
    """POST /track/v1/trackingnumbers. :param numbers: at most 30."""
    return {
        "includeDetailedScans": True,
        "trackingInfo": [{"trackingNumberInfo": {"trackingNumber": number}} for number in numbers],
    }


def reference_body(request: ShipmentRequest, settings: FedExSettings, attempted_at: datetime) -> dict[str, Any]:
    """POST /track/v1/referencenumbers, for the shipment that carries our reference.

    The schema calls the end of the range ``shipDateEndDate``, FedEx's own sample ``shipDateEnd``: both are sent.
    """
    first = local(min(attempted_at, request.ships_at), request.sender).date() - _AROUND
    last = min(local(max(attempted_at, request.ships_at), request.sender).date() + _AROUND, first + _LONGEST_RANGE)
    return {
        "includeDetailedScans": True,
        "referencesInformation": {
            "type": "CUSTOMER_REFERENCE",
            "value": request.own_reference,
            "accountNumber": settings.account_number,
            "carrierCode": EXPRESS,
            "shipDateBegin": first.isoformat(),
            "shipDateEnd": last.isoformat(),
            "shipDateEndDate": last.isoformat(),
        },
    }


def proof_body(shipment: ExistingShipment, settings: FedExSettings) -> dict[str, Any]:
    """POST /track/v1/trackingdocuments: the letter with the recipient's signature."""
    return {
        "trackDocumentDetail": {"documentType": "SIGNATURE_PROOF_OF_DELIVERY", "documentFormat": "PDF"},
        "trackDocumentSpecification": [
            {
                "trackingNumberInfo": {"trackingNumber": shipment.tracking_number},
                "accountNumber": settings.account_number,
            }
        ],
    }


def pickup_body(request: PickupRequest, settings: FedExSettings) -> dict[str, Any]:
    """POST /pickup/v1/pickups. Times are those of the place, without a zone.

    :raises Unfit: FedEx would refuse it.
    """
    ready, closes = local(request.ready_at, request.place), local(request.closes_at, request.place)
    if ready.date() != closes.date():
        raise Unfit("closes_at", "must be on the same day as ready_at")
    body: dict[str, Any] = {
        "associatedAccountNumber": {"value": settings.account_number},
        "originDetail": {
            "pickupAddressType": "OTHER",
            "pickupLocation": {
                "contact": {
                    name: text for name, text in contact(request.place, "place").items() if name != "emailAddress"
                },
                "address": street_address(request.place, "place"),
            },
            "readyDateTimestamp": ready.strftime("%Y-%m-%dT%H:%M:%S"),
            "customerCloseTime": closes.strftime("%H:%M:%S"),
        },
        "totalWeight": {"units": "KG", "value": float(request.weight_kg)},
        "packageCount": request.parcels,
        "carrierCode": EXPRESS,
        "countryRelationships": "DOMESTIC" if request.is_domestic else "INTERNATIONAL",
    }
    if remarks := ": ".join(text for text in (request.location, request.instructions) if text):
        body["remarks"] = plain(remarks, "instructions", _REMARKS_CHARS)
    if request.shipments:
        body["trackingNumber"] = request.shipments[0].tracking_number
    return body


def cancel_pickup_body(pickup: ExistingPickup, settings: FedExSettings) -> dict[str, Any]:
    """PUT /pickup/v1/pickups/cancel, which wants to know who handles it."""
    body = {
        "associatedAccountNumber": {"value": settings.account_number},
        "pickupConfirmationCode": pickup.provider_pickup_id,
        "carrierCode": EXPRESS,
        "scheduledDate": pickup.provider_data.get("date") or pickup.ready_at.date().isoformat(),
    }
    if location := pickup.provider_data.get("location"):
        body["location"] = location
    if pickup.reason:
        body["remarks"] = plain(pickup.reason, "reason", _REMARKS_CHARS)
    return body


def availability_body(request: AddressCheckRequest, settings: FedExSettings) -> dict[str, Any]:
    """POST /availability/v1/packageandserviceoptions: between the place and the city one ships from."""
    there = {"address": street_address(request.place, "place")}
    home = {"address": address(Place(city=settings.origin_city, country=HOME), "settings.origin")}
    shipper, recipient = (there, home) if request.direction is Direction.PICKUP else (home, there)
    return {
        "requestedShipment": {
            "shipper": {**shipper, "accountNumber": {"value": settings.account_number}},
            "recipients": [recipient],
            "pickupType": settings.pickup_type.value,
        },
        "carrierCodes": [EXPRESS],
        "accountNumber": {"value": settings.account_number},
        "systemOfMeasureType": "METRIC",
    }


def probe_body(settings: FedExSettings) -> dict[str, Any]:
    """The cheapest question that needs the account: what an envelope to London costs."""
    return {
        "accountNumber": {"value": settings.account_number},
        "requestedShipment": {
            "shipper": {"address": {"city": settings.origin_city, "countryCode": HOME}},
            "recipient": {"address": {"city": "London", "postalCode": "EC4R 1BE", "countryCode": "GB"}},
            "rateRequestType": ["ACCOUNT"],
            "pickupType": settings.pickup_type.value,
            "packagingType": "FEDEX_ENVELOPE",
            "documentShipment": True,
            "requestedPackageLineItems": [{"groupPackageCount": 1, "weight": {"units": "KG", "value": 0.2}}],
        },
    }
