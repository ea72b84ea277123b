"""What FedEx asks: by the larger of weight and volume, by how far it goes, and by how fast."""

from __future__ import annotations

from typing import Any, Final

from sandbox.shipping.fedex.bodies import services_between

Object = dict[str, Any]

_NEAR: Final = frozenset({"BH", "KW", "OM", "QA", "SA"})
_NAMES: Final = {
    "FIRST_OVERNIGHT": ("FedEx First Overnight", 1.6, "ONE_DAY"),
    "PRIORITY_OVERNIGHT": ("FedEx Priority Overnight", 1.25, "ONE_DAY"),
    "STANDARD_OVERNIGHT": ("FedEx Standard Overnight", 1.0, "ONE_DAY"),
    "FEDEX_INTERNATIONAL_PRIORITY_EXPRESS": ("FedEx International Priority Express", 1.3, "TWO_DAYS"),
    "FEDEX_INTERNATIONAL_PRIORITY": ("FedEx International Priority", 1.1, "THREE_DAYS"),
    "INTERNATIONAL_ECONOMY": ("FedEx International Economy", 0.9, "FIVE_DAYS"),
}
_PER_DIRHAM: Final = {"AED": 1.0, "EUR": 0.2512, "GBP": 0.2143, "KWD": 0.0836, "SAR": 1.0212, "USD": 0.2723}
_FUEL: Final = 0.12
_VAT: Final = 0.05


def name_of(service: str) -> str:
    """A service's name in full."""
    return _NAMES[service][0]


def net_charge(service: str, shipment: Object, origin: Object, destination: Object) -> Object:
    """A price in dirhams, in its parts."""
    home, there = origin["countryCode"], destination["countryCode"]
    first, per_kilogram = (20.0, 3.0) if home == there else (85.0, 14.0) if there in _NEAR else (140.0, 42.0)
    weight = sum(_billed(item) for item in shipment["requestedPackageLineItems"])
    base = round((first + per_kilogram * weight) * _NAMES[service][1], 2)
    fuel = round(base * _FUEL, 2)
    vat = round((base + fuel) * _VAT, 2) if home == there else 0.0
    return {"base": base, "fuel": fuel, "vat": vat, "net": round(base + fuel + vat, 2)}


def rate_details(shipment: Object) -> list[Object]:
    """The answer's details: each service of the route, in the account's currency and in the wished one."""
    origin, destination = shipment["shipper"]["address"], shipment["recipient"]["address"]
    services = services_between(origin, destination)
    wanted = shipment.get("serviceType")
    return [
        _detail(service, net_charge(service, shipment, origin, destination), shipment)
        for service in services
        if wanted in (None, service)
    ]


def _billed(item: Object) -> float:
    weight = float(item["weight"]["value"])
    if "dimensions" not in item:
        return weight
    length, width, height = (float(item["dimensions"][side]) for side in ("length", "width", "height"))
    return max(weight, length * width * height / 5000)


def _detail(service: str, price: Object, shipment: Object) -> Object:
    rated = [_rated("ACCOUNT", "DHS", price, 1.0)]
    wished = shipment.get("preferredCurrency")
    if wished in _PER_DIRHAM and "PREFERRED" in shipment.get("rateRequestType", ()):
        rated.append(_rated("PREFERRED_CURRENCY", wished, price, _PER_DIRHAM[wished]))
    name, _, days = _NAMES[service]
    return {
        "serviceType": service,
        "serviceName": name,
        "packagingType": shipment.get("packagingType", "YOUR_PACKAGING"),
        "ratedShipmentDetails": rated,
        "operationalDetail": {"transitTime": days, "ineligibleForMoneyBackGuarantee": False},
        "commit": {"transitDays": {"minimumTransitTime": days, "description": days.replace("_", " ").title()}},
    }


def _rated(kind: str, currency: str, price: Object, rate: float) -> Object:
    digits = 3 if currency == "KWD" else 2
    base, fuel, vat, net = (round(price[part] * rate, digits) for part in ("base", "fuel", "vat", "net"))
    return {
        "rateType": kind,
        "ratedWeightMethod": "ACTUAL",
        "currency": currency,
        "totalBaseCharge": base,
        "totalNetFedExCharge": base + fuel,
        "totalVatCharge": vat,
        "totalNetCharge": net,
        "totalNetChargeWithDutiesAndTaxes": net,
        "shipmentRateDetail": {
            "currency": currency,
            "surCharges": [{"type": "FUEL", "description": "Fuel Surcharge", "amount": fuel}],
        },
    }
