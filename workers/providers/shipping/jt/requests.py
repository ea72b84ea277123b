"""What J&T is asked: the contents of calls, before they are signed.

Lengths are those of the open platform's tables. Of an address, ``street`` (Egypt) and ``address`` (Saudi Arabia) carry
the same. Provinces, cities and areas have to be J&T's own names, whose list only accounts with the right to it can
fetch; Wasl sends the emirate, the city and the area as they stand. Wasl's own reference is the customer's order number,
which J&T takes once only; the merchant's goes into the remark, which stands on the waybill.
"""

from __future__ import annotations

import textwrap
from datetime import timedelta
from decimal import ROUND_UP, Decimal
from typing import Any, Final

from workers.providers.shipping.fields import address_lines, phone_parts, told, whole
from workers.providers.shipping.jt.manifest import MANIFEST, MARKETS, JTSettings, MarketFacts
from workers.providers.shipping.models import ExistingShipment, Parcel, Party, ShipmentRequest
from workers.providers.shipping.places import EMIRATE_NAMES
from workers.providers.shipping.suitability import unsuitable

STREET_CHARS: Final = 150
REMARK_CHARS: Final = 200
DESCRIPTION_CHARS: Final = 100
ITEM_NAME_CHARS: Final = 30
AMOUNT_CHARS: Final = 12
_PICKUP_WINDOW: Final = timedelta(hours=4)
_TIME: Final = "%Y-%m-%d %H:%M:%S"
_BY_CONTRACT: Final = "2"


def fault(request: ShipmentRequest, settings: JTSettings) -> tuple[str, str] | None:
    """What J&T cannot take of a shipment: the field and why; None when it can be sent."""
    for end, party in (("sender", request.sender), ("recipient", request.recipient)):
        if wrong := _party_fault(end, party, settings):
            return wrong
    if request.is_return:
        return "is_return", "J&T's documentation has no returns"
    if wrong := unsuitable(request, MANIFEST):
        return wrong
    if request.signature_required:
        return "signature_required", "J&T's API cannot ask for a signature"
    if len(request.description) > DESCRIPTION_CHARS:
        return "description", f"J&T takes at most {DESCRIPTION_CHARS} characters"
    if len(_remark(request)) > REMARK_CHARS:
        return "instructions", f"with the reference they are longer than J&T's {REMARK_CHARS} characters"
    return _money_fault(request, MARKETS[settings.market])


def order_content(request: ShipmentRequest, settings: JTSettings) -> dict[str, Any]:
    """A shipment, for ``order/addOrder``."""
    market = MARKETS[settings.market]
    from_time = request.ships_at.astimezone(market.zone)
    content = {
        "txlogisticId": request.own_reference,
        "expressType": request.service or settings.express_type,
        "orderType": _BY_CONTRACT,
        "serviceType": settings.service_type.value,
        "deliveryType": "04",  # to the door
        "payType": settings.pay_type.value,
        "goodsType": settings.goods_type,
        "operateType": 1,  # add
        "sender": _party(request.sender, market),
        "receiver": _party(request.recipient, market),
        "sendStartTime": from_time.strftime(_TIME),
        "sendEndTime": (from_time + _PICKUP_WINDOW).strftime(_TIME),
        "weight": _weight(request.weight_kg),
        **_size(request.parcels[0]),
        "totalQuantity": 1,
        "items": [_item(request, settings)],
        "remark": _remark(request),
    }
    if cash := request.cash_on_delivery:
        content |= {"itemsValue": str(cash.amount), "priceCurrency": cash.currency}
    if insured := request.insured_value:
        content |= {"offerFee": str(insured.amount)}
    return content


def cancel_content(shipment: ExistingShipment) -> dict[str, Any]:
    """For ``order/cancelOrder``, which wants the order number, not the waybill's."""
    return {"txlogisticId": shipment.own_reference, "orderType": _BY_CONTRACT, "reason": "Cancelled by the merchant"}


def print_content(shipment: ExistingShipment) -> dict[str, Any]:
    """For ``order/printOrder``."""
    return {"billCode": shipment.tracking_number, "printSize": 0, "printCod": 1, "showCustomerOrderId": 0}


def query_content(own_reference: str) -> dict[str, Any]:
    """For ``order/getOrders``, by the customer's order number."""
    return {"command": 1, "serialNumber": [own_reference]}


def _party(party: Party, market: MarketFacts) -> dict[str, Any]:
    street, number = _street(party), _local_number(party, market)
    facts = {
        "name": party.name,
        "company": party.company,
        "mobile": number,
        "phone": number,
        "mailBox": party.email,
        "countryCode": market.country,
        "prov": _province(party),
        "city": party.city,
        "area": party.area,
        "street": street,
        "address": street,
        "postCode": party.postal_code,
        "longitude": party.longitude,
        "latitude": party.latitude,
    }
    return told(facts)


def _local_number(party: Party, market: MarketFacts) -> str:
    """As it is dialled within the country, such as 0501110001: eleven digits are all there is room for."""
    code, number = phone_parts(party.phone)
    if code != market.dialling_code:
        raise ValueError(f"J&T takes numbers of its own country only (+{market.dialling_code})")
    return f"0{number}"


def _province(party: Party) -> str | None:
    return EMIRATE_NAMES[party.emirate] if party.emirate else party.state


def _street(party: Party) -> str:
    return address_lines(party, width=STREET_CHARS, count=1)[0]


def _item(request: ShipmentRequest, settings: JTSettings) -> dict[str, Any]:
    value = request.value
    worth = {"itemValue": str(value.amount), "priceCurrency": value.currency} if value else {}
    name = textwrap.shorten(request.description, ITEM_NAME_CHARS, placeholder="…") or request.description[:1]
    return {"itemType": settings.goods_type, "itemName": name, "number": 1, "desc": request.description, **worth}


def _remark(request: ShipmentRequest) -> str:
    return ", ".join(text for text in (request.reference, request.instructions) if text)


def _weight(kilograms: Decimal) -> str:
    return str(kilograms.quantize(Decimal("0.01"), ROUND_UP))


def _size(parcel: Parcel) -> dict[str, int]:
    sides = {"length": parcel.length_cm, "width": parcel.width_cm, "height": parcel.height_cm}
    known = {name: whole(side) for name, side in sides.items() if side is not None}
    return known if len(known) == len(sides) else {}


def _party_fault(end: str, party: Party, settings: JTSettings) -> tuple[str, str] | None:
    if party.country != settings.market.value:
        return f"{end}.country", f"this connection is with J&T in {settings.market.value}, which carries within it"
    if not party.area:
        return f"{end}.area", "J&T needs the area, in its own words"
    if _province(party) is None:
        return f"{end}.{'emirate' if party.is_in_emirates else 'state'}", "J&T needs it, in its own words"
    if len(party.name) > 50 or len(party.company or "") > 100:
        return f"{end}.name", "J&T takes at most 50 characters for the name and 100 for the company"
    try:
        _local_number(party, MARKETS[settings.market])
    except ValueError as error:
        return f"{end}.phone", str(error)
    try:
        _street(party)
    except ValueError as error:
        return f"{end}.line1", str(error)
    return None


def _money_fault(request: ShipmentRequest, market: MarketFacts) -> tuple[str, str] | None:
    for field in ("cash_on_delivery", "insured_value"):
        money = getattr(request, field)
        if money is None:
            continue
        if money.currency != market.currency:
            return f"{field}.currency", f"J&T takes {market.currency} there"
        if len(str(money.amount)) > AMOUNT_CHARS:
            return f"{field}.amount", "is more than J&T's form has room for"
    return None
