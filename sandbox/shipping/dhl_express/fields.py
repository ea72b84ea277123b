"""Reading request bodies as strictly as MyDHL's document is written: no key missing, none too many, none too long."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Object = dict[str, Any]
Check = Callable[[Any], bool]
Shape = Any
"""A check; a mapping of names to shapes, those with an exclamation mark being required; or a list of one shape."""


def text(least: int = 1, most: int = 255, pattern: str = "") -> Check:
    """A text of some length."""
    return lambda value: (
        isinstance(value, str) and least <= len(value) <= most and (not pattern or bool(re.search(pattern, value)))
    )


def one_of(*values: Any) -> Check:
    """One of some values."""
    return lambda value: value in values


def amount(least: float = 0) -> Check:
    """A number."""
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value >= least


def flag(value: Any) -> bool:
    """True or false."""
    return isinstance(value, bool)


def whole(value: Any) -> bool:
    """A whole number of at least one."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


_TIME = text(1, 29, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d ?GMT[+-]\d\d:\d\d$")
_CURRENCY = text(3, 3)
_PLACE: Mapping[str, Shape] = {
    "postalCode!": text(0, 12),
    "cityName!": text(1, 45),
    "countryCode!": text(2, 2),
    "provinceCode": text(2, 35),
    "addressLine1": text(1, 45),
    "addressLine2": text(1, 45),
    "addressLine3": text(1, 45),
    "countyName": text(1, 45),
}
_ADDRESS = {**{name: shape for name, shape in _PLACE.items() if name != "addressLine1"}, "addressLine1!": text(1, 45)}
_CONTACT = {
    "email": text(1, 70),
    "phone!": text(1, 70),
    "mobilePhone": text(1, 70),
    "companyName!": text(1, 100),
    "fullName!": text(1, 255),
}
_REGISTRATION = {"typeCode!": text(1, 3), "number!": text(1, 35), "issuerCountryCode!": text(2, 2)}
_PARTY = {
    "postalAddress!": _ADDRESS,
    "contactInformation!": _CONTACT,
    "registrationNumbers": [_REGISTRATION],
    "typeCode": one_of("business", "direct_consumer", "government", "other", "private", "reseller"),
}
_ACCOUNT = {"typeCode!": one_of("shipper", "payer", "duties-taxes"), "number!": text(1, 12)}
_SERVICE = {"serviceCode!": text(1, 6), "value": amount(), "currency": _CURRENCY}
_SIDES = {"length!": amount(0.001), "width!": amount(0.001), "height!": amount(0.001)}
_PACKAGE = {"weight!": amount(0.001), "dimensions": _SIDES}
_REFERENCE = {"value!": text(1, 35), "typeCode": text(2, 3)}
_PURPOSE = one_of(
    *("permanent", "temporary", "return", "commercial_purpose_or_sale", "personal_belongings_or_personal_use"),
    *("sample", "gift", "return_to_origin", "warranty_replacement"),
)
_LINE = {
    "number!": whole,
    "description!": text(1, 512),
    "price!": amount(),
    "quantity!": {"value!": whole, "unitOfMeasurement!": text(1, 4)},
    "commodityCodes": [{"typeCode!": one_of("outbound", "inbound"), "value!": text(2, 18)}],
    "exportReasonType": _PURPOSE,
    "manufacturerCountry!": text(2, 2),
    "weight!": {"netValue": amount(), "grossValue": amount()},
}
_EXPORT = {
    "lineItems!": [_LINE],
    "invoice": {"number!": text(1, 35), "date!": text(10, 10, r"^\d{4}-\d\d-\d\d$")},
    "exportReference": text(0, 40),
    "exportReasonType": _PURPOSE,
    "shipmentType": one_of("personal", "commercial"),
}
_IMAGE = {
    "typeCode!": one_of("label", "waybillDoc", "invoice", "qr-code", "shipmentReceipt"),
    "templateName": text(1, 25),
    "isRequested": flag,
    "invoiceType": one_of("commercial", "proforma", "returns"),
    "languageCode": text(3, 3),
}
_OUTPUT = {
    "encodingFormat": one_of("pdf", "zpl", "lp2", "epl"),
    "imageOptions": [_IMAGE],
    "splitTransportAndWaybillDocLabels": flag,
    "splitInvoiceAndReceipt": flag,
    "allDocumentsInOneImage": flag,
}
_CONTENT = {
    "packages!": [{**_PACKAGE, "customerReferences": [_REFERENCE], "description": text(1, 70)}],
    "isCustomsDeclarable!": flag,
    "declaredValue": amount(),
    "declaredValueCurrency": _CURRENCY,
    "exportDeclaration": _EXPORT,
    "description!": text(1, 70, r"^\S"),
    "incoterm!": one_of("EXW", "FCA", "CPT", "CIP", "DPU", "DAP", "DDP"),
    "unitOfMeasurement!": one_of("metric", "imperial"),
}

RATE: Mapping[str, Shape] = {
    "customerDetails!": {"shipperDetails!": _PLACE, "receiverDetails!": _PLACE},
    "accounts": [_ACCOUNT],
    "valueAddedServices": [_SERVICE],
    "plannedShippingDateAndTime!": _TIME,
    "unitOfMeasurement!": one_of("metric", "imperial"),
    "isCustomsDeclarable!": flag,
    "monetaryAmount": [
        {"typeCode!": one_of("declaredValue", "insuredValue"), "value!": amount(), "currency!": _CURRENCY}
    ],
    "packages!": [_PACKAGE],
}
SHIPMENT: Mapping[str, Shape] = {
    "plannedShippingDateAndTime!": _TIME,
    "pickup!": {"isRequested!": flag},
    "productCode!": text(1, 6),
    "localProductCode": text(1, 3),
    "getRateEstimates": flag,
    "accounts!": [_ACCOUNT],
    "valueAddedServices": [_SERVICE],
    "outputImageProperties": _OUTPUT,
    "customerReferences": [_REFERENCE],
    "customerDetails!": {"shipperDetails!": _PARTY, "receiverDetails!": _PARTY},
    "content!": _CONTENT,
    "estimatedDeliveryDate": {"isRequested!": flag, "typeCode": one_of("QDDC", "QDDF")},
}
PICKUP: Mapping[str, Shape] = {
    "plannedPickupDateAndTime!": _TIME,
    "closeTime": text(5, 5, r"^([01]\d|2[0-3]):[0-5]\d$"),
    "location": text(0, 80),
    "locationType": one_of("business", "residence"),
    "accounts!": [_ACCOUNT],
    "specialInstructions": [{"value!": text(0, 80)}],
    "remark": text(0, 255),
    "customerDetails!": {"shipperDetails!": {"postalAddress!": _ADDRESS, "contactInformation!": _CONTACT}},
    "shipmentDetails!": [
        {
            "productCode!": text(1, 6),
            "isCustomsDeclarable!": flag,
            "unitOfMeasurement!": one_of("metric", "imperial"),
            "shipmentTrackingNumber": text(),
            "packages!": [_PACKAGE],
        }
    ],
}


def faults(value: Any, shape: Shape, path: str = "#") -> Iterator[str]:
    """What is wrong with a body, in MyDHL's words."""
    if isinstance(shape, Mapping):
        yield from _faults_of_object(value, shape, path)
    elif isinstance(shape, list):
        if not isinstance(value, list) or not value:
            yield f"{path}: expected minimum item count: 1"
            return
        for index, item in enumerate(value):
            yield from faults(item, shape[0], f"{path}/{index}")
    elif not shape(value):
        yield f"{path}: not a valid value"


def _faults_of_object(value: Any, shape: Mapping[str, Shape], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: expected type: JSONObject"
        return
    known = {name.rstrip("!"): each for name, each in shape.items()}
    for name in shape:
        if name.endswith("!") and name[:-1] not in value:
            yield f"{path}: required key [{name[:-1]}] not found"
    for name, item in value.items():
        if name not in known:
            yield f"{path}: extraneous key [{name}] is not permitted"
        else:
            yield from faults(item, known[name], f"{path}/{name}")
