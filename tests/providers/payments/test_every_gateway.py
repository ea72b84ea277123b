"""What holds for every gateway, whatever lies between it and us: a proxy's word is not the gateway's."""

import importlib
import pkgutil
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_checkout, a_refund, now
from tests.support import gateways
from tests.support.gateways.base import Gateway
from workers.providers.errors import Declined, InvalidRequest, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.money import Money
from workers.providers.registry import open_connector

GATEWAYS: dict[str, Gateway] = {
    module.name: importlib.import_module(f"{gateways.__name__}.{module.name}").GATEWAY
    for module in pkgutil.iter_modules(gateways.__path__)
    if module.name != "base"
}
LONG_AGO = timedelta(days=60)
"""Longer than any gateway keeps an idempotency key: then it is only asked."""
TOKEN = {"access_token": "token", "expires_in": 3600, "token_type": "Bearer"}
PAYMENTS = {
    "aps": "018f7d9e-0000-7000-8000-000000000001/AED/10000",
    "checkout": "pay_abcdefghijklmnopqrstuvwxyz",
    "ngenius": f"{GATEWAYS['ngenius'].settings['outlets']}/6b2d0a3e-6cde-4a57-9b06-64b3ed56f8ad",
    "paypal": "5O190127TN364715T",
    "paytabs": "TST2214201095271",
    "stripe": "pi_1",
    "tabby": "018f7d9e-0000-7000-8000-000000000001",
    "tamara": "018f7d9e-0000-7000-8000-000000000001",
    "tap": "chg_TS01",
    "telr": "0" * 64,
    "ziina": "018f7d9e-0000-7000-8000-000000000001",
}

REFUSED_QUESTIONS = [
    (gateway, status)
    for gateway in GATEWAYS.values()
    for status in (400, 402, 404, 405, 409, 410, 422, 503)
    # Ziina answers 400 to an id that it does not know, and is asked by nothing but an id.
    if gateway.key != "ziina" or status in (402, 404, 503)
]


def connector_to(gateway: Gateway, answer: httpx.Response) -> Any:
    """A connector whose every call but for a token gets the same answer."""

    def respond(request: httpx.Request) -> httpx.Response:
        if "token" in request.url.path:
            return httpx.Response(200, json=TOKEN)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return open_connector(
        gateway.key,
        credentials=gateway.account(),
        settings=gateway.settings,
        base_url=None,
        transport=httpx.MockTransport(respond),
    )


def test_every_gateway_is_tried() -> None:
    assert PAYMENTS.keys() == GATEWAYS.keys()


@pytest.mark.parametrize(("gateway", "status"), REFUSED_QUESTIONS, ids=lambda part: str(getattr(part, "key", part)))
async def test_a_question_that_is_refused_settles_no_refund(gateway: Gateway, status: int) -> None:
    """Else a refund that was made would count as refused, or be made again."""
    request = a_refund(PAYMENTS[gateway.key], money=Money.of("40", gateway.currency))
    connector = connector_to(gateway, httpx.Response(status, html="<h1>proxy</h1>"))
    with pytest.raises(ProviderError) as unsettled:
        await connector.find_refund(request, attempted_at=now() - LONG_AGO)
    assert not isinstance(unsettled.value, Declined | InvalidRequest)


@pytest.mark.parametrize("gateway", GATEWAYS.values(), ids=list(GATEWAYS))
async def test_a_page_that_was_refused_for_now_may_be_opened_elsewhere(gateway: Gateway) -> None:
    """Should it have been opened all the same, nobody was told where."""
    answer = httpx.Response(503, headers={"Retry-After": "7"}, html="<h1>proxy</h1>")
    request = a_checkout(money=Money.of("100", gateway.currency), **gateway.payment)
    with pytest.raises(Unavailable) as refused:
        await connector_to(gateway, answer).create_payment(request)
    assert (refused.value.retry_after, refused.value.http_status) == (7, 503)


@pytest.mark.parametrize("gateway", GATEWAYS.values(), ids=list(GATEWAYS))
@pytest.mark.parametrize("status", [302, 408, 424, 500, 502, 504, 520])
async def test_a_page_that_may_have_been_opened_is_unknown(gateway: Gateway, status: int) -> None:
    request = a_checkout(money=Money.of("100", gateway.currency), **gateway.payment)
    with pytest.raises(OutcomeUnknown):
        await connector_to(gateway, httpx.Response(status, html="<h1>proxy</h1>")).create_payment(request)
