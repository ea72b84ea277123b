"""Aramex's data contracts, as .NET reads them: a member of the wrong type, or a mandatory one that is missing, is no
request at all, and answered with a page of HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

Object = dict[str, Any]
_DATE: Final = re.compile(r"/Date\((-?[0-9]+)([+-][0-9]{4})?\)/")

# Each member as name:type; ! is mandatory, ? may be null, [] is a list of.
_CONTRACTS: Final = {
    "ClientInfo": "UserName!?:text Password!?:text Version!?:text AccountNumber!?:text AccountPin!?:text "
    "AccountEntity!?:text AccountCountryCode!?:text Source:int PreferredLanguageCode?:text",
    "Transaction": "Reference1!?:text Reference2!?:text Reference3!?:text Reference4!?:text Reference5!?:text",
    "Address": "Line1!?:text Line2!?:text Line3!?:text City!?:text StateOrProvinceCode?:text PostCode!?:text "
    "CountryCode!?:text Longitude:number Latitude:number",
    "Contact": "PersonName!?:text CompanyName?:text PhoneNumber1!?:text PhoneNumber2!?:text CellPhone?:text "
    "EmailAddress?:text Type!?:text",
    "Party": "Reference1?:text Reference2?:text AccountNumber?:text PartyAddress!?:Address Contact!?:Contact",
    "Dimensions": "Length!:number Width!:number Height!:number Unit!?:text",
    "Weight": "Unit!?:text Value!:number",
    "Volume": "Unit!?:text Value!:number",
    "Money": "CurrencyCode!?:text Value!:number",
    "ShipmentItem": "PackageType!?:text Quantity!:int Weight!?:Weight Comments?:text Reference?:text "
    "CommodityCode?:text GoodsDescription?:text CountryOfOrigin?:text CustomsValue?:Money",
    "AdditionalProperty": "CategoryName!?:text Name!?:text Value!?:text",
    "ShipmentDetails": "Dimensions!?:Dimensions ActualWeight!?:Weight ChargeableWeight!?:Weight "
    "DescriptionOfGoods!?:text GoodsOriginCountry!?:text NumberOfPieces!:int ProductGroup!?:text ProductType!?:text "
    "PaymentType!?:text PaymentOptions!?:text CustomsValueAmount?:Money CashOnDeliveryAmount?:Money "
    "InsuranceAmount?:Money CashAdditionalAmount?:Money CashAdditionalAmountDescription?:text CollectAmount?:Money "
    "Services?:text Items?:ShipmentItem[] AdditionalProperties?:AdditionalProperty[]",
    "Shipment": "Reference1?:text Reference2?:text Reference3?:text Shipper!?:Party Consignee!?:Party "
    "ThirdParty?:Party ShippingDateTime!:date DueDate:date Comments?:text PickupLocation?:text "
    "OperationsInstructions?:text AccountingInstrcutions?:text Details!?:ShipmentDetails ForeignHAWB?:text "
    "PickupGUID?:text Number?:text",
    "LabelInfo": "ReportID!:int ReportType!?:text",
    "PickupItemDetail": "ProductGroup!?:text ProductType!?:text NumberOfShipments!:int PackageType!?:text "
    "Payment!?:text ShipmentWeight!?:Weight ShipmentVolume!?:Volume NumberOfPieces!:int CashAmount!?:Money "
    "ExtraCharges!?:Money ShipmentDimensions!?:Dimensions Comments!?:text",
    "ExistingShipment": "Number!?:text OriginEntity!?:text ProductGroup!?:text",
    "Pickup": "PickupAddress!?:Address PickupContact!?:Contact PickupLocation!?:text PickupDate!:date ReadyTime!:date "
    "LastPickupTime!:date ClosingTime!:date Comments!?:text Reference1?:text Reference2?:text Vehicle!?:text "
    "PickupItems!?:PickupItemDetail[] Status?:text ExistingShipments?:ExistingShipment[]",
    "CalculateRate": "OriginAddress?:Address DestinationAddress?:Address ShipmentDetails?:ShipmentDetails "
    "PreferredCurrencyCode?:text",
    "CreateShipments": "Shipments?:Shipment[] LabelInfo?:LabelInfo",
    "PrintLabel": "ShipmentNumber?:text ProductGroup?:text OriginEntity?:text LabelInfo?:LabelInfo",
    "CreatePickup": "Pickup?:Pickup LabelInfo?:LabelInfo",
    "CancelPickup": "PickupGUID?:text Comments?:text",
    "TrackShipments": "Shipments?:text[] GetLastTrackingUpdateOnly:bool",
    "ValidateAddress": "Address?:Address",
    "FetchCities": "CountryCode?:text State?:text NameStartsWith?:text",
}
_EVERYWHERE: Final = "ClientInfo?:ClientInfo Transaction?:Transaction"


class Undeserializable(ValueError):
    """The body is not what the operation's contract wants."""


def read(operation: str, body: Any) -> Object:
    """A request, checked. :raises Undeserializable: naming the member."""
    return _object(body, f"{_CONTRACTS[operation]} {_EVERYWHERE}", operation)


def milliseconds(date: str) -> int:
    """The time of a date, since 1970 in UTC."""
    found = _DATE.fullmatch(date)
    return int(found[1]) if found else 0


def _object(value: Any, contract: str, path: str) -> Object:
    if not isinstance(value, Mapping):
        raise Undeserializable(f"{path} is not an object")
    known: dict[str, tuple[str, str]] = {}
    for member in contract.split():
        name, _, kind = member.partition(":")
        plain = name.rstrip("!?")
        known[plain] = (name[len(plain) :], kind)
    if unknown := sorted(set(value) - set(known)):
        raise Undeserializable(f"{path} has no member {unknown[0]}")
    for plain, (marks, kind) in known.items():
        if plain not in value:
            if "!" in marks:
                raise Undeserializable(f"{path} lacks {plain}")
        elif value[plain] is None:
            if "?" not in marks:
                raise Undeserializable(f"{path}.{plain} is null")
        else:
            _check(value[plain], kind, f"{path}.{plain}")
    return dict(value)


def _check(value: Any, kind: str, path: str) -> None:
    if kind.endswith("[]"):
        if not isinstance(value, list):
            raise Undeserializable(f"{path} is not a list")
        for number, each in enumerate(value):
            _check(each, kind[:-2], f"{path}[{number}]")
    elif kind in _CONTRACTS:
        _object(value, _CONTRACTS[kind], path)
    elif not _is(value, kind):
        raise Undeserializable(f"{path} is not of type {kind}")


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            return isinstance(value, str) and bool(_DATE.fullmatch(value))
