"""From FedEx's answers to prices, shipments, pickups and papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from workers.providers.shipping.documents import decoded, document
from workers.providers.shipping.fedex.currencies import money_of
from workers.providers.shipping.fedex.parties import zone_of
from workers.providers.shipping.fedex.tracking import track_result
from workers.providers.shipping.fields import file_format, if_told
from workers.providers.shipping.models import (
    Charge,
    Document,
    DocumentKind,
    Incoterm,
    Rate,
    RateRequest,
    ServiceLevel,
    ShipmentRequest,
    ShipmentResult,
    ShipmentStatus,
)

Object = Mapping[str, Any]

TRACKING_PAGE: Final = "https://www.fedex.com/fedextrack/?trknbr="
# Which of a service's prices counts: in the wished currency, else the account's own, else the list. Never their sum.
_RATE_TYPES: Final = ("PREFERRED_CURRENCY", "ACCOUNT", "LIST")
_LEVELS: Final[Mapping[str, ServiceLevel]] = {
    "SAME_DAY": ServiceLevel.SAME_DAY,
    "SAME_DAY_CITY": ServiceLevel.SAME_DAY,
    "FIRST_OVERNIGHT": ServiceLevel.NEXT_DAY,
    "PRIORITY_OVERNIGHT": ServiceLevel.NEXT_DAY,
    "STANDARD_OVERNIGHT": ServiceLevel.NEXT_DAY,
    "INTERNATIONAL_FIRST": ServiceLevel.EXPRESS,
    "INTERNATIONAL_PRIORITY": ServiceLevel.EXPRESS,
    "FEDEX_INTERNATIONAL_PRIORITY": ServiceLevel.EXPRESS,
    "FEDEX_INTERNATIONAL_PRIORITY_EXPRESS": ServiceLevel.EXPRESS,
    "INTERNATIONAL_ECONOMY": ServiceLevel.ECONOMY,
    "FEDEX_INTERNATIONAL_ECONOMY": ServiceLevel.ECONOMY,
    "FEDEX_INTERNATIONAL_CONNECT_PLUS": ServiceLevel.ECONOMY,
    "FEDEX_REGIONAL_ECONOMY": ServiceLevel.ECONOMY,
}
_NUMBERS: Final = (
    "ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE THIRTEEN FOURTEEN FIFTEEN SIXTEEN SEVENTEEN "
    "EIGHTEEN NINETEEN TWENTY"
)
_DAYS: Final = {
    f"{word}_DAY{'' if number == 1 else 'S'}": number for number, word in enumerate(_NUMBERS.split(), start=1)
}
_KINDS: Final[Mapping[str, DocumentKind]] = {
    "LABEL": DocumentKind.LABEL,
    "COMMERCIAL_INVOICE": DocumentKind.COMMERCIAL_INVOICE,
    "MERGED_LABEL_DOCUMENTS": DocumentKind.LABEL,
    "PROFORMA_INVOICE": DocumentKind.COMMERCIAL_INVOICE,
}


def level_of(service: str) -> ServiceLevel:
    """How fast a service is."""
    if service.endswith("FREIGHT"):
        return ServiceLevel.FREIGHT
    return _LEVELS.get(service, ServiceLevel.STANDARD)


def rates(body: Object, request: RateRequest) -> tuple[Rate, ...]:
    """The prices of an answer, of the services that were asked for."""
    wanted = set(request.services)
    details = body["output"].get("rateReplyDetails") or ()
    return tuple(_rate(each, request) for each in details if not wanted or each["serviceType"] in wanted)


def shipment(body: Object, request: ShipmentRequest) -> ShipmentResult:
    """A shipment that was bought, with its labels."""
    made = body["output"]["transactionShipments"][0]
    pieces = made["pieceResponses"]
    completed = made.get("completedShipmentDetail") or {}
    number = str(made["masterTrackingNumber"])
    papers: list[tuple[Object, str | None]] = [
        (each, str(piece["trackingNumber"])) for piece in pieces for each in piece.get("packageDocuments") or ()
    ]
    papers += [(each, None) for each in made.get("shipmentDocuments") or ()]
    return ShipmentResult(
        tracking_number=number,
        parcel_tracking_numbers=_of_parcels(piece["trackingNumber"] for piece in pieces),
        service=made.get("serviceType"),
        documents=tuple(_documents(papers)),
        cost=if_told(lambda: _cost(completed["shipmentRating"])),
        tracking_url=f"{TRACKING_PAGE}{number}",
        provider_data={"sender_country": request.sender.country},
    )


def parcels_found(body: Object) -> list[Object]:
    """The parcels of an answer that carry our reference, each once, in the order in which they were packed."""
    results = [result for complete in body["output"]["completeTrackResults"] for result in complete["trackResults"]]
    found = {_number(each): each for each in results if not each.get("error")}
    return sorted(found.values(), key=_sequence)


def found_shipment(parcels: Sequence[Object], request: ShipmentRequest) -> ShipmentResult:
    """The shipment that parcels make; its number is that of the first. FedEx prints no label twice, so it has none."""
    number = _number(parcels[0])
    return ShipmentResult(
        tracking_number=number,
        parcel_tracking_numbers=_of_parcels(_number(each) for each in parcels),
        status=track_result(parcels[0], number).status or ShipmentStatus.CREATED,
        service=(parcels[0].get("serviceDetail") or {}).get("type"),
        tracking_url=f"{TRACKING_PAGE}{number}",
        provider_data={"sender_country": request.sender.country},
    )


def proof_documents(body: Object) -> tuple[Document, ...]:
    """The letters of an answer with the recipient's signature. The schema calls them ``document``, answers that others
    recorded ``documents``."""
    output = body["output"]
    return tuple(
        document
        for text in output.get("documents") or output.get("document") or ()
        if (document := _document(text, DocumentKind.PROOF_OF_DELIVERY, None))
    )


def services(body: Object) -> tuple[str, ...]:
    """The services of an answer about a route, each once."""
    options = body["output"].get("packageOptions") or ()
    return tuple(dict.fromkeys(each["serviceType"]["key"] for each in options))


def _rate(detail: Object, request: RateRequest) -> Rate:
    by_type = {each["rateType"]: each for each in reversed(detail["ratedShipmentDetails"])}
    priced = by_type[next((kind for kind in _RATE_TYPES if kind in by_type), _RATE_TYPES[0])]
    parts = priced.get("shipmentRateDetail") or {}
    currency = priced.get("currency") or parts["currency"]
    service = detail["serviceType"]
    total = money_of(_total(priced, request), currency)
    tax = priced.get("totalVatCharge") or sum(each["amount"] for each in parts.get("taxes") or ())
    named = [("Base charge", priced["totalBaseCharge"])] if priced.get("totalBaseCharge") else []
    named += [(each.get("description") or each["type"], each["amount"]) for each in parts.get("surCharges") or ()]
    return Rate(
        service=service,
        service_name=detail.get("serviceName") or service,
        level=level_of(service),
        total=total,
        tax=money_of(tax, currency) if tax else None,
        charges=tuple(Charge(name=name, money=money_of(amount, currency)) for name, amount in named if amount > 0),
        transit_days=_transit_days(detail),
        estimated_delivery_at=_promised(detail, request.recipient.country),
    )


def _total(priced: Object, request: RateRequest) -> Any:
    """What the sender pays: with duties where the sender pays those, as far as FedEx estimates them."""
    if request.customs is not None and request.customs.incoterm is Incoterm.DDP:
        return priced.get("totalNetChargeWithDutiesAndTaxes") or priced["totalNetCharge"]
    return priced["totalNetCharge"]


def _transit_days(detail: Object) -> int | None:
    commit = detail.get("commit") or {}
    said = (
        (commit.get("transitDays") or {}).get("minimumTransitTime"),
        commit.get("daysInTransit"),
        (detail.get("operationalDetail") or {}).get("transitTime"),
    )
    return next((_DAYS[text] for text in said if text in _DAYS), None)


def _promised(detail: Object, country: str) -> datetime | None:
    """When it should arrive: a local time, which is left out where the place's zone is not known."""
    dated = (detail.get("commit") or {}).get("dateDetail") or {}
    text, zone = dated.get("dayFormat") or dated.get("dayCxsFormat"), zone_of(country)
    if not text or zone is None:
        return None
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def _cost(rating: Object) -> Any:
    """What FedEx charges: of several rates the one that it calls the actual one."""
    details = {each.get("rateType"): each for each in rating.get("shipmentRateDetails") or ()}
    actual = details.get(rating.get("actualRateType"))
    if actual is None or actual.get("totalNetCharge") is None:
        return None
    return money_of(actual["totalNetCharge"], actual["currency"])


def _documents(papers: Iterable[tuple[Object, str | None]]) -> Iterator[Document]:
    for paper, number in papers:
        kind = _KINDS.get(str(paper.get("contentType")), DocumentKind.OTHER)
        document = _paper(paper, kind, number if kind is DocumentKind.LABEL else None)
        if document:
            yield document


def _paper(paper: Object, kind: DocumentKind, number: str | None) -> Document | None:
    """A paper of a shipment that is bought, also without it."""
    return if_told(lambda: _document(paper.get("encodedLabel"), kind, number))


def _document(text: str | None, kind: DocumentKind, number: str | None) -> Document | None:
    if not text:
        return None
    content = decoded(text)
    return document(content, number, kind) if file_format(content) else None


def _of_parcels(numbers: Iterable[Any]) -> tuple[str, ...]:
    """The parcels' own numbers; of a single parcel it is the shipment's."""
    listed = tuple(str(number) for number in numbers)
    return listed if len(listed) > 1 else ()


def _number(result: Object) -> str:
    return str(result["trackingNumberInfo"]["trackingNumber"])


def _sequence(result: Object) -> int:
    text = str((result.get("packageDetails") or {}).get("sequenceNumber") or "")
    return int(text) if text.isdigit() else 1
