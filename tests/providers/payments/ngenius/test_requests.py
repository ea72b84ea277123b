"""What goes over the wire to N-Genius: orders, links that are followed or not, tokens; and what is refused before."""

from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.providers.payments.ngenius.wire import (
    API_KEY,
    CAPTURE,
    HOST,
    ID,
    ORDER_PATH,
    OUTLET,
    PAYMENT_PATH,
    REFUND,
    Wire,
    a_captured_order,
    a_part,
    a_payment_object,
    an_order,
    fils,
    link,
    ngenius,
)
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.money import Money
from workers.providers.payments.ngenius.links import OrderPlace
from workers.providers.payments.ngenius.manifest import CURRENCIES
from workers.providers.registry import open_connector

ORDERS = f"/transactions/outlets/{OUTLET}/orders"
OTHER_OUTLET = "445d36dc-2cca-4179-837a-cc4000f701d3"


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


def body_of(request: httpx.Request) -> Any:
    return orjson.loads(request.content)


async def test_a_hosted_payment_is_an_order() -> None:
    wire = Wire(an_order())
    request = a_checkout(
        customer={"name": "Sara Al Ali", "email": "sara@example.com", "phone": "+971500000001"},
        description="Two mugs",
        metadata={"channel": "app"},
    )
    await ngenius(wire, language="ar").create_payment(request)
    assert wire.lines == [f"POST {ORDERS}"]
    assert body_of(wire.requests[0]) == {
        "action": "SALE",
        "amount": fils(9900),
        "merchantOrderReference": str(request.payment_id),
        "language": "ar",
        "merchantAttributes": {
            "redirectUrl": "https://shop.example/thanks",
            "cancelUrl": "https://shop.example/cart",
            "skipConfirmationPage": True,
        },
        "merchantDefinedData": {
            "channel": "app",
            "description": "Two mugs",
            "reference": "order-1001",
            "wasl_payment_id": str(request.payment_id),
        },
        "emailAddress": "sara@example.com",
        "billingAddress": {"firstName": "Sara Al", "lastName": "Ali"},
        "phoneNumber": {"countryCode": "971", "subscriber": "500000001"},
    }
    headers = wire.requests[0].headers
    assert headers["Authorization"] == "Bearer token-1"
    assert headers["Content-Type"] == headers["Accept"] == "application/vnd.ni-payment.v2+json"


async def test_an_address_goes_with_the_payers_names_and_the_page_speaks_their_language() -> None:
    wire = Wire(an_order(), an_order())
    address = {"line1": "Marina Walk 4", "city": "Dubai", "state": "DU", "country": "AE"}
    request = a_checkout(customer={"name": "Sara Ali"}, billing_address=address, locale="ar")
    await ngenius(wire, language="en").create_payment(request)
    body = body_of(wire.requests[0])
    assert body["language"] == "ar"
    assert body["billingAddress"] == {
        "firstName": "Sara",
        "lastName": "Ali",
        "address1": "Marina Walk 4",
        "city": "Dubai",
        "stateCode": "DU",
        "countryCode": "AE",
    }
    await ngenius(wire, language="ar").create_payment(a_checkout(billing_address=address))
    body = body_of(wire.requests[1])
    assert (body["language"], "billingAddress" in body) == ("ar", False), "an address without names is refused"


async def test_a_method_of_the_page_is_no_limit_and_another_is_refused() -> None:
    wire = Wire(an_order())
    await ngenius(wire).create_payment(a_checkout(method="apple_pay"))
    assert not body_of(wire.requests[0]).keys() & {"paymentMethods", "method"}


@pytest.mark.parametrize(
    ("capture_method", "settings", "action"),
    [
        ("automatic", {}, "SALE"),
        ("automatic", {"sale_action": "PURCHASE"}, "PURCHASE"),
        ("manual", {"sale_action": "PURCHASE"}, "AUTH"),
    ],
)
async def test_the_action_follows_from_the_capture_method(capture_method: str, settings: Any, action: str) -> None:
    wire = Wire(an_order())
    await ngenius(wire, **settings).create_payment(a_checkout(capture_method=capture_method))
    assert body_of(wire.requests[0])["action"] == action


@pytest.mark.parametrize(
    ("phone", "split"),
    [
        ("+971500000001", ("971", "500000001")),
        ("+12025550100", ("1", "2025550100")),
        ("+442071838750", ("44", "2071838750")),
        ("+201001234567", ("20", "1001234567")),
        ("+9647701234567", ("964", "7701234567")),
    ],
)
async def test_a_phone_number_is_split_at_its_calling_code(phone: str, split: tuple[str, str]) -> None:
    wire = Wire(an_order())
    await ngenius(wire).create_payment(a_checkout(customer={"phone": phone, "name": "Sara"}))
    body = body_of(wire.requests[0])
    assert body["phoneNumber"] == {"countryCode": split[0], "subscriber": split[1]}
    assert "billingAddress" not in body, "one name is no address"


@pytest.mark.parametrize(
    ("amount", "currency", "units"), [("1.500", "KWD", 1500), ("500", "JPY", 500), ("0.01", "AED", 1)]
)
async def test_amounts_are_minor_units(amount: str, currency: str, units: int) -> None:
    money = fils(units, currency)
    wire = Wire(an_order(amount=money, payment=a_payment_object(amount=money)))
    paid = await ngenius(wire).create_payment(a_checkout(money=Money.of(amount, currency)))
    assert body_of(wire.requests[0])["amount"] == money
    assert str(paid.money) == f"{currency} {amount}"


@given(value=st.integers(min_value=1, max_value=10**14), currency=st.sampled_from(CURRENCIES))
async def test_every_amount_survives_the_way_there_and_back(value: int, currency: str) -> None:
    money = Money.from_minor(value, currency)
    wire = Wire(an_order(amount=fils(value, currency), payment=a_payment_object(amount=fils(value, currency))))
    assert (await ngenius(wire).create_payment(a_checkout(money=money))).money == money
    assert body_of(wire.requests[0])["amount"] == fils(value, currency)


# Outlets and refusals before any call.


async def test_each_currency_goes_to_its_outlet() -> None:
    money = fils(1000, "USD")
    answer = an_order(outletId=OTHER_OUTLET, amount=money, payment=a_payment_object(amount=money))
    wire = Wire(answer)
    connector = ngenius(wire, outlets=f"AED={OUTLET}, USD={OTHER_OUTLET}")
    paid = await connector.create_payment(a_checkout(money=Money.of("10.00", "USD")))
    assert wire.lines == [f"POST /transactions/outlets/{OTHER_OUTLET}/orders"]
    assert paid.provider_payment_id.startswith(f"{OTHER_OUTLET}/")
    with pytest.raises(InvalidRequest, match="no outlet") as refused:
        await connector.create_payment(a_checkout(money=Money.of("10.00", "EUR")))
    assert refused.value.field == "money.currency"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"money": Money.of("10.00", "PKR")}, "money.currency"),
        ({"money": Money.of("10", "VND")}, "money.currency"),
        ({"method": "knet"}, "method"),
        ({"save_payment_method": True}, "save_payment_method"),
    ],
)
async def test_what_it_cannot_take_is_refused_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    request = a_checkout(**changes)
    for call in (ngenius(wire).create_payment(request), ngenius(wire).find_payment(request, attempted_at=now())):
        with pytest.raises(InvalidRequest) as refused:
            await call
        assert (refused.value.field, wire.requests, wire.exchanges) == (field, [], [])


async def test_there_are_no_direct_payments() -> None:
    wire = Wire()
    for call in (
        ngenius(wire).create_payment(a_payment()),
        ngenius(wire).find_payment(a_payment(), attempted_at=now()),
    ):
        with pytest.raises(InvalidRequest) as refused:
            await call
        assert refused.value.field == "mode"
    assert not wire.exchanges


@pytest.mark.parametrize(
    ("connection", "field"),
    [
        ({"credentials": {}}, "credentials.api_key"),
        ({"credentials": {"api_key": "not base64!"}}, "credentials.api_key"),
        ({"credentials": {"api_key": API_KEY, "webhook_secret": "short"}}, "credentials.webhook_secret"),
        ({"credentials": {"api_key": API_KEY, "webhook_secret": "with a space in it"}}, "credentials.webhook_secret"),
        ({"settings": {}}, "settings.outlets"),
        ({"settings": {"outlets": ""}}, "settings.outlets"),
        ({"settings": {"outlets": "AED="}}, "settings.outlets"),
        ({"settings": {"outlets": "XXX=abc"}}, "settings.outlets"),
        ({"settings": {"outlets": "../admin"}}, "settings.outlets"),
        ({"settings": {"outlets": "AED=a AED=b"}}, "settings.outlets"),
        ({"settings": {"outlets": "a b"}}, "settings.outlets"),
        ({"settings": {"outlets": OUTLET, "sale_action": "REFUND"}}, "settings.sale_action"),
        ({"settings": {"outlets": OUTLET, "webhook_header": "X Y"}}, "settings.webhook_header"),
        ({"settings": {"outlets": OUTLET, "webhook_header": "Authorization"}}, "settings.webhook_header"),
    ],
)
def test_a_connection_that_cannot_work_is_refused_by_field(connection: dict[str, Any], field: str) -> None:
    given = {"credentials": {"api_key": API_KEY}, "settings": {"outlets": OUTLET}, **connection}
    with pytest.raises(InvalidRequest) as refused:
        open_connector("ngenius", **given)
    assert refused.value.field == field
    assert API_KEY not in f"{refused.value.as_dict()} {refused.value!r}"


@pytest.mark.parametrize("wrong", ["", "x", f"{OUTLET}/", f"{ID}/x", "../../admin", f"{OTHER_OUTLET}/abc", f"{ID}?a=b"])
async def test_an_id_that_is_no_order_here_is_refused_before_any_call(wrong: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await ngenius(wire).get_payment(wrong)
    assert (refused.value.field, wire.exchanges) == ("provider_payment_id", [])
    with pytest.raises(InvalidRequest):
        await ngenius(wire).get_refund(f"{wrong}?")


# Links.


async def test_a_capture_follows_its_link_and_takes_what_is_left() -> None:
    authorised = a_payment_object("AUTHORISED", _links={"cnp:capture": link(f"{PAYMENT_PATH}/captures-here")})
    done = a_payment_object("CAPTURED", _embedded={"cnp:capture": [a_part(CAPTURE, 9900, "captures")]})
    wire = Wire(an_order(payment=authorised), done)
    taken = await ngenius(wire).capture_payment(a_capture(ID))
    assert wire.lines == [f"GET {ORDER_PATH}", f"POST {PAYMENT_PATH}/captures-here"]
    assert body_of(wire.requests[1]) == {"amount": fils(9900)}
    assert (taken.status, str(taken.amount_captured), str(taken.payment_id)) == (
        "captured",
        "99.00",
        "00000000-0000-0000-0000-000000000007",
    )


async def test_without_a_link_the_path_is_built() -> None:
    done = a_payment_object("PARTIALLY_CAPTURED", _embedded={"cnp:capture": [a_part(CAPTURE, 4000, "captures")]})
    wire = Wire(an_order("AUTHORISED"), done)
    taken = await ngenius(wire).capture_payment(a_capture(ID, money=aed("40.00")))
    assert wire.lines[1] == f"POST {PAYMENT_PATH}/captures"
    assert (taken.status, str(taken.amount_captured)) == ("partially_captured", "40.00")


@pytest.mark.parametrize(
    "href",
    [
        "https://evil.example/steal",
        f"https://evil.example{ORDER_PATH}x/payments/p/captures",
        f"{HOST}/transactions/outlets/{OTHER_OUTLET}/orders/abc/payments/p/captures",
        f"{HOST}{ORDER_PATH}/../../../admin",
        f"{HOST}{ORDER_PATH}/payments/p/captures?to=me",
        "",
        None,
        7,
    ],
)
async def test_a_link_that_leads_elsewhere_is_not_followed(href: Any) -> None:
    links = {"cnp:capture": {"href": href}}
    wire = Wire(an_order(payment=a_payment_object("AUTHORISED", _links=links)))
    with pytest.raises(NotFound):
        await ngenius(wire).capture_payment(a_capture(ID))
    assert wire.lines[1] == f"POST {PAYMENT_PATH}/captures"


async def test_a_link_never_takes_the_token_to_another_host() -> None:
    links = {"cnp:capture": {"href": f"https://evil.example{PAYMENT_PATH}/captures"}}
    wire = Wire(an_order(payment=a_payment_object("AUTHORISED", _links=links)))
    with pytest.raises(NotFound):
        await ngenius(wire).capture_payment(a_capture(ID))
    assert {request.url.host for request in wire.requests} == {"api-gateway.sandbox.ngenius-payments.com"}


@given(st.text(max_size=80))
def test_no_text_makes_a_path_outside_the_order(text: str) -> None:
    place = OrderPlace("outlet-1", "order-1")
    for href in (text, place.path + text, f"{HOST}{place.path}/{text}"):
        path = place.below(href)
        assert path is None or path == place.path or path.startswith(f"{place.path}/")
        assert path is None or not set("?#.%\\ ") & set(path)


@pytest.mark.parametrize(
    ("order", "money", "field"),
    [
        (an_order("STARTED"), None, "provider_payment_id"),
        (a_captured_order(), None, "provider_payment_id"),
        (an_order("SUBLIMATED"), None, "provider_payment_id"),
        (an_order("AUTHORISED"), aed("99.01"), "money.amount"),
        (an_order("AUTHORISED"), Money.of("9.00", "USD"), "money.currency"),
    ],
)
async def test_a_capture_that_cannot_be_is_not_sent(order: Any, money: Money | None, field: str) -> None:
    wire = Wire(order)
    with pytest.raises(InvalidRequest) as refused:
        await ngenius(wire).capture_payment(a_capture(ID, money=money))
    assert (refused.value.field, len(wire.requests)) == (field, 1)


async def test_a_reservation_is_reversed() -> None:
    authorised = a_payment_object("AUTHORISED", _links={"cnp:cancel": link(f"{PAYMENT_PATH}/cancel")})
    for before in (authorised, a_payment_object("AUTHORISED")):
        wire = Wire(an_order(payment=before, action="AUTH"), a_payment_object("REVERSED"))
        given_up = await ngenius(wire).cancel_payment(a_cancellation(ID))
        assert wire.lines[1] == f"PUT {PAYMENT_PATH}/cancel"
        assert (given_up.status, str(given_up.amount_captured)) == ("cancelled", "0.00")


async def test_an_order_that_nobody_paid_is_closed() -> None:
    links = {"cancel": link(f"{ORDER_PATH}/cancel"), "payment": {"href": "https://paypage.example/?code=1"}}
    for order in (an_order(_links=links), an_order()):
        wire = Wire(order, an_order("CANCELLED"))
        closed = await ngenius(wire).cancel_payment(a_cancellation(ID))
        assert wire.lines[1] == f"PUT {ORDER_PATH}/cancel"
        assert (closed.status, closed.checkout_url, closed.next_action) == ("cancelled", None, None)


@pytest.mark.parametrize("state", ["CANCELLED", "FAILED", "REVERSED"])
async def test_what_is_given_up_is_not_given_up_again(state: str) -> None:
    wire = Wire(an_order(state, action="AUTH"))
    assert (await ngenius(wire).cancel_payment(a_cancellation(ID))).status in ("cancelled", "failed")
    assert len(wire.requests) == 1


@pytest.mark.parametrize("state", ["CAPTURED", "PURCHASED", "PARTIALLY_CAPTURED", "REFUNDED", "SUBLIMATED"])
async def test_taken_money_is_never_reversed_by_a_cancellation(state: str) -> None:
    payment = a_payment_object(state, _links={"cnp:cancel": link(f"{PAYMENT_PATH}/cancel")})
    wire = Wire(an_order(payment=payment, action="PURCHASE"))
    with pytest.raises(InvalidRequest):
        await ngenius(wire).cancel_payment(a_cancellation(ID))
    assert len(wire.requests) == 1


async def test_a_refund_follows_the_captures_link() -> None:
    refund = a_part(REFUND, 3000, "refunds")
    wire = Wire(a_captured_order(), a_captured_order(refunds=[refund])["_embedded"]["payment"][0])
    made = await ngenius(wire).refund_payment(a_refund(ID, money=aed("30.00")))
    assert wire.lines[1] == f"POST {PAYMENT_PATH}/captures/{CAPTURE}/refund"
    assert body_of(wire.requests[1]) == {"amount": fils(3000)}
    assert (made.provider_refund_id, made.status, str(made.money)) == (f"{ID}/{REFUND}", "succeeded", "AED 30.00")


async def test_without_its_link_a_refund_goes_below_the_capture_and_takes_what_is_left() -> None:
    earlier = a_part("earlier", 1000, "refunds")
    before = a_captured_order(refunds=[earlier])
    del before["_embedded"]["payment"][0]["_embedded"]["cnp:capture"][0]["_links"]["cnp:refund"]
    after = a_captured_order(refunds=[earlier, a_part(REFUND, 8900, "refunds", "REQUESTED")])
    wire = Wire(before, after["_embedded"]["payment"][0])
    made = await ngenius(wire).refund_payment(a_refund(ID))
    assert wire.lines[1] == f"POST {PAYMENT_PATH}/captures/{CAPTURE}/refund"
    assert (made.provider_refund_id, made.status, str(made.money)) == (f"{ID}/{REFUND}", "pending", "AED 89.00")


def a_purchase(*refunds: dict[str, Any], reversible: bool = True) -> dict[str, Any]:
    purchase = a_part("purchase-1", 9900, "purchases")
    purchase["_links"]["cnp:refund"] = link(f"{PAYMENT_PATH}/purchases/purchase-1/refund")
    links = {"cnp:cancel": link(f"{PAYMENT_PATH}/cancel")} if reversible else {}
    embedded = {"cnp:purchase": [purchase], **({"cnp:refund": list(refunds)} if refunds else {})}
    return an_order(payment=a_payment_object("PURCHASED", _links=links, _embedded=embedded), action="PURCHASE")


async def test_a_whole_purchase_of_today_is_reversed() -> None:
    wire = Wire(a_purchase(), a_payment_object("REVERSED"))
    made = await ngenius(wire).refund_payment(a_refund(ID, money=aed("99.00")))
    assert wire.lines[1] == f"PUT {PAYMENT_PATH}/cancel"
    assert wire.requests[1].content == b""
    assert (made.provider_refund_id, made.status, str(made.money)) == (f"{ID}/reversal", "succeeded", "AED 99.00")
    again = Wire(an_order("REVERSED", action="PURCHASE"))
    assert (await ngenius(again).get_refund(made.provider_refund_id)).status == "succeeded"


async def test_a_part_of_a_purchase_is_refunded() -> None:
    after = a_purchase(a_part(REFUND, 1000, "refunds"))["_embedded"]["payment"][0]
    wire = Wire(a_purchase(), after)
    await ngenius(wire).refund_payment(a_refund(ID, money=aed("10.00")))
    assert wire.lines[1] == f"POST {PAYMENT_PATH}/purchases/purchase-1/refund"


async def test_a_refused_way_is_followed_by_the_next() -> None:
    refund = a_part(REFUND, 9900, "refunds")
    refusal = httpx.Response(409, json={"errors": [{"message": "too late"}]})
    wire = Wire(a_purchase(), refusal, a_purchase(refund)["_embedded"]["payment"][0])
    made = await ngenius(wire).refund_payment(a_refund(ID, money=aed("99.00")))
    assert wire.lines[1:] == [f"PUT {PAYMENT_PATH}/cancel", f"POST {PAYMENT_PATH}/purchases/purchase-1/refund"]
    assert made.status == "succeeded"


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("slow"), httpx.Response(500), httpx.Response(503)])
async def test_after_anything_but_a_refusal_no_other_way_is_tried(failure: Any) -> None:
    wire = Wire(a_purchase(), failure)
    with pytest.raises((OutcomeUnknown, Unavailable)):
        await ngenius(wire).refund_payment(a_refund(ID, money=aed("99.00")))
    assert len(wire.requests) == 2


async def test_a_refund_comes_out_of_one_capture() -> None:
    captures = [a_part("first", 3000, "captures"), a_part("second", 5000, "captures")]
    order = an_order(payment=a_payment_object("CAPTURED", _embedded={"cnp:capture": captures}))
    with pytest.raises(InvalidRequest, match="capture by capture") as refused:
        await ngenius(Wire(order)).refund_payment(a_refund(ID, money=aed("60.00")))
    assert refused.value.field == "money.amount"
    wire = Wire(order)
    with pytest.raises(NotFound):
        await ngenius(wire).refund_payment(a_refund(ID, money=aed("40.00")))
    assert wire.lines[1] == f"POST {PAYMENT_PATH}/captures/second/refund"


@pytest.mark.parametrize(
    ("order", "money", "field"),
    [
        (an_order("AUTHORISED"), aed("1.00"), "money.amount"),
        (a_captured_order(), aed("99.01"), "money.amount"),
        (a_captured_order(), Money.of("9.00", "USD"), "money.currency"),
        (a_captured_order(refunds=[a_part(REFUND, 9000, "refunds", "REQUESTED")]), aed("9.01"), "money.amount"),
        (an_order("REVERSED", action="PURCHASE"), aed("1.00"), "money.amount"),
    ],
)
async def test_more_than_is_left_is_never_sent(order: Any, money: Money, field: str) -> None:
    wire = Wire(order)
    with pytest.raises(InvalidRequest) as refused:
        await ngenius(wire).refund_payment(a_refund(ID, money=money))
    assert (refused.value.field, len(wire.requests)) == (field, 1)


# Tokens.


async def test_the_api_key_is_traded_as_it_is_and_the_token_kept() -> None:
    wire = Wire(an_order(), an_order())
    connector = ngenius(wire)
    for _ in range(2):
        await connector.get_payment(ID)
    (exchange,) = wire.exchanges
    assert exchange.method == "POST"
    assert str(exchange.url) == f"{HOST}/identity/auth/access-token"
    assert exchange.headers["Authorization"] == f"Basic {API_KEY}"
    assert exchange.headers["Content-Type"] == "application/vnd.ni-identity.v1+json"
    assert exchange.content == b""


async def test_a_realm_is_sent_along_where_there_is_one() -> None:
    wire = Wire(an_order())
    await ngenius(wire, realm="networkinternational").get_payment(ID)
    assert body_of(wire.exchanges[0]) == {"realmName": "networkinternational"}


async def test_a_token_about_to_run_out_is_renewed() -> None:
    wire = Wire(an_order(), an_order())
    wire.lifetime_seconds = 40
    connector = ngenius(wire)
    for _ in range(2):
        await connector.get_payment(ID)
    assert len(wire.exchanges) == 2


async def test_a_refused_token_is_renewed_once() -> None:
    expired = httpx.Response(401, json={"message": "expired"})
    wire = Wire(expired, an_order())
    assert (await ngenius(wire).create_payment(a_checkout())).status == "requires_action"
    assert [request.headers["Authorization"] for request in wire.requests] == ["Bearer token-1", "Bearer token-2"]
    wire = Wire(expired, expired, an_order())
    with pytest.raises(AuthenticationFailed):
        await ngenius(wire).create_payment(a_checkout())
    assert (len(wire.requests), len(wire.exchanges)) == (2, 2)


async def test_a_forbidden_outlet_is_not_asked_twice() -> None:
    wire = Wire(httpx.Response(403, json={"message": "Access denied"}))
    with pytest.raises(AuthenticationFailed):
        await ngenius(wire).create_payment(a_checkout())
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(400, json={"message": "invalid_client"}), AuthenticationFailed),
        (httpx.Response(401, json={"message": "no"}), AuthenticationFailed),
        (httpx.Response(404), AuthenticationFailed),
        (httpx.Response(429, headers={"Retry-After": "7"}), RateLimited),
        (httpx.Response(500), Unavailable),
        (httpx.Response(200, json={}), Unavailable),
        (httpx.Response(200, json={"access_token": "a\nb"}), Unavailable),
        (httpx.Response(200, json={"access_token": "t", "expires_in": "soon"}), Unavailable),
        (httpx.Response(200, text="<html>"), Unavailable),
        (httpx.ReadTimeout("slow"), Unavailable),
    ],
)
async def test_without_a_token_it_is_certain_that_nothing_happened(answer: Any, kind: type[ProviderError]) -> None:
    seen: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, httpx.Response)
        return answer

    with pytest.raises(ProviderError) as raised:
        await ngenius(respond).create_payment(a_checkout())
    assert type(raised.value) is kind
    assert raised.value.operation == "create_payment"
    assert seen == ["/identity/auth/access-token"]
    report = await ngenius(respond).check_health()
    assert (report.ok, report.code) == (False, kind.code)
    assert API_KEY not in f"{raised.value.as_dict()} {report}"


async def test_health_is_a_token() -> None:
    wire = Wire()
    report = await ngenius(wire).check_health()
    assert (report.ok, len(wire.exchanges), wire.requests) == (True, 1, [])
