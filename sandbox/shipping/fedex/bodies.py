"""What FedEx refuses of a rate or ship request: checks that its schemas and its error lists describe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sandbox.shipping.fedex.errors import refused

Object = dict[str, Any]

HOME: Final = "AE"
NOT_SERVED: Final = frozenset({"CU", "IR", "KP", "SY"})
DOMESTIC: Final = ("FIRST_OVERNIGHT", "PRIORITY_OVERNIGHT", "STANDARD_OVERNIGHT")
INTERNATIONAL: Final = ("FEDEX_INTERNATIONAL_PRIORITY_EXPRESS", "FEDEX_INTERNATIONAL_PRIORITY", "INTERNATIONAL_ECONOMY")
_STATES: Final = frozenset({"AB", "AJ", "DU", "FU", "RA", "SH", "UM"})
_CURRENCIES: Final = frozenset({"BHD", "CAD", "DHS", "EGP", "EUR", "INR", "KUD", "SAR", "SFR", "UKL", "USD"})
_POSTAL_AWARE: Final = frozenset({"DE", "FR", "GB", "IN", "SA", "US"})
_LENGTHS: Final = {"CUSTOMER_REFERENCE": 40, "DEPARTMENT_NUMBER": 30, "INVOICE_NUMBER": 30, "P_O_NUMBER": 30}
_PICKUPS: Final = ("USE_SCHEDULED_PICKUP", "CONTACT_FEDEX_TO_SCHEDULE", "DROPOFF_AT_FEDEX_LOCATION")


def account_number(body: Object, name: str = "accountNumber") -> str:
    """The account number of a request."""
    number = str((body.get(name) or {}).get("value") or "")
    if len(number) != 9 or not number.isdigit():
        raise refused("ACCOUNTNUMBER.REGISTRATION.REQUIRED", "Please enter a valid 9-digit FedEx account number.")
    return number


def services_between(origin: Object, destination: Object) -> tuple[str, ...]:
    """The services of a route.

    :raises FedExError: there is none.
    """
    countries = (_country(origin), _country(destination))
    if NOT_SERVED.intersection(countries):
        raise refused("FEDEXSERVICE.NOT.AVAILABLE", "FedEx service is not currently available to this destination.")
    return DOMESTIC if countries[0] == countries[1] else INTERNATIONAL


def check_rate(shipment: Object) -> None:
    """:raises FedExError: FedEx would refuse the question."""
    origin, destination = shipment["shipper"]["address"], shipment["recipient"]["address"]
    _check_route(shipment, origin, destination)
    if origin["countryCode"] != destination["countryCode"] and not shipment.get("documentShipment"):
        _check_commodities((shipment.get("customsClearanceDetail") or {}).get("commodities") or ())


def check_shipment(shipment: Object) -> None:
    """:raises FedExError: FedEx would refuse the shipment."""
    sender, recipient = shipment["shipper"], shipment["recipients"][0]
    for who, someone in (("SHIPPER", sender), ("RECIPIENT", recipient)):
        _check_party(someone, who)
    _check_route(shipment, sender["address"], recipient["address"])
    if shipment["serviceType"] not in services_between(sender["address"], recipient["address"]):
        raise refused("SERVICETYPE.NOT.ALLOWED", "The service type is not allowed between the origin and destination.")
    image, stock = shipment["labelSpecification"]["imageType"], shipment["labelSpecification"]["labelStockType"]
    if image not in ("PDF", "PNG", "ZPLII") or not stock.startswith("STOCK" if image == "ZPLII" else "PAPER"):
        raise refused("LABEL.STOCKTYPE.INVALID", "Label stock type does not fit the image type.")
    domestic = sender["address"]["countryCode"] == recipient["address"]["countryCode"]
    for item in shipment["requestedPackageLineItems"]:
        if domestic and not item.get("itemDescriptionForClearance"):
            raise refused("ITEMDESCRIPTION.REQUIRED", "Item description for clearance is required.")
        for reference in item.get("customerReferences") or ():
            if len(reference["value"]) > _LENGTHS[reference["customerReferenceType"]]:
                raise refused("CUSTOMERREFERENCE.LENGTH.EXCEEDED", "Customer reference is too long.")
    if not domestic:
        _check_customs(shipment.get("customsClearanceDetail") or {})
    _check_special(shipment.get("shipmentSpecialServices") or {})


def _check_route(shipment: Object, origin: Object, destination: Object) -> None:
    services_between(origin, destination)
    for who, address in (("SHIPPER", origin), ("RECIPIENT", destination)):
        _check_address(address, who)
    if shipment.get("pickupType") not in _PICKUPS:
        raise refused("PICKUPTYPE.REQUIRED", "Pickup type is required.")
    for item in shipment["requestedPackageLineItems"]:
        _check_package(item)


def _check_package(item: Object) -> None:
    weight = item["weight"]
    if weight.get("units") != "KG" or not weight.get("value", 0) > 0:
        raise refused("PACKAGE.WEIGHT.INVALID", "Package weight is missing or invalid.")
    if weight["value"] > 68:
        raise refused("MAXIMUMWEIGHT.TYPE.ERROR", "Package weight exceeds the maximum of the service.")
    if "dimensions" in item:
        sides = [item["dimensions"].get(side) for side in ("length", "width", "height")]
        if not all(type(side) is int and 1 <= side <= 999 for side in sides):
            raise refused("PACKAGEDIMENSION.TYPE.ERROR", "Each dimension must be a whole number of at least 1.")
    if "declaredValue" in item:
        _check_money(item["declaredValue"])


def _check_address(address: Object, who: str) -> None:
    country = _country(address)
    if not address.get("city"):
        raise refused(f"{who}.CITY.REQUIRED", "City is required.")
    if country == HOME and address.get("postalCode"):
        raise refused(f"{who}.POSTALCODE.INVALID", "Postal code is not used in this country.")
    if country in _POSTAL_AWARE and not address.get("postalCode"):
        raise refused(f"{who}.POSTALCODE.REQUIRED", "Postal code is required for this country.")
    if country == HOME and address.get("stateOrProvinceCode", "DU") not in _STATES:
        raise refused(f"{who}.STATEORPROVINCECODE.INVALID", "State or province code is invalid.")


def _check_party(someone: Object, who: str) -> None:
    contact, lines = someone["contact"], someone["address"].get("streetLines") or ()
    phone = contact.get("phoneNumber") or ""
    if not phone.isdigit() or not 10 <= len(phone) <= 15:
        raise refused(f"{who}.PHONENUMBER.INVALID", "Phone number is missing or invalid.")
    if not contact.get("personName") and not contact.get("companyName"):
        raise refused(f"{who}.CONTACT.REQUIRED", "Person or company name is required.")
    if not 1 <= len(lines) <= 3 or any(not line or len(line) > 35 for line in lines):
        raise refused(f"{who}.STREETLINES.INVALID", "Street lines are missing or too long.")
    if not all(text.isascii() for text in _texts(someone)):
        raise refused(f"{who}.CHARACTERS.INVALID", "Only ASCII characters are allowed.")


def _check_customs(customs: Object) -> None:
    if not customs:
        raise refused("CUSTOMSCLEARANCEDETAIL.REQUIRED", "Customs clearance detail is required.")
    _check_commodities(customs["commodities"])
    payment = customs.get("dutiesPayment") or {}
    if payment.get("paymentType") not in ("SENDER", "RECIPIENT"):
        raise refused("DUTIESPAYMENT.TYPE.INVALID", "Duties payment type is invalid.")
    if payment["paymentType"] == "SENDER":
        account_number(payment["payor"]["responsibleParty"])
    if not customs["isDocumentOnly"] and "shipmentPurpose" not in customs["commercialInvoice"]:
        raise refused("COMMERCIALINVOICE.PURPOSE.REQUIRED", "Shipment purpose is required.")


def _check_commodities(commodities: Iterable[Object]) -> None:
    listed = list(commodities)
    if not listed:
        raise refused("COMMODITIES.REQUIRED", "At least one commodity is required.")
    for item in listed:
        if not item.get("description") or not item.get("countryOfManufacture"):
            raise refused("COMMODITY.DESCRIPTION.REQUIRED", "Commodity description and country are required.")
        _check_money(item["customsValue"])


def _check_money(money: Object) -> None:
    if money.get("currency") not in _CURRENCIES:
        raise refused("CURRENCY.TYPE.INVALID", "Currency type is missing or invalid.")


def _check_special(services: Object) -> None:
    is_return = "RETURN_SHIPMENT" in (services.get("specialServiceTypes") or ())
    if is_return and (services.get("returnShipmentDetail") or {}).get("returnType") != "PRINT_RETURN_LABEL":
        raise refused("RETURNTYPE.REQUIRED", "Return type is required for return shipments.")


def _country(address: Object) -> str:
    return str(address["countryCode"])


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []
