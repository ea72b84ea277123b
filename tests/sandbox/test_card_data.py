"""Every gateway against a twin that tells card numbers and security codes wherever it tells anything: none is repeated
to whoever asked, and none is left in what is recorded of the call."""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.sandbox.test_gateways import GATEWAYS, Shop
from tests.support.card_data import CODE, NUMBERS, found_in
from workers.providers.errors import ProviderError
from workers.providers.registry import open_connector
from workers.transport.redaction import redact_body

NUMBER = NUMBERS["Visa"]
Spoil = Callable[[str], Any]
# Instead of what was told, and beside it.
SPOILS: list[Spoil] = [lambda told: NUMBER, lambda told: f"{told} {NUMBER} (cvv: {CODE})", lambda told: {"cvc": CODE}]


def spoiled(value: Any, spoil: Spoil) -> Iterator[Any]:
    """A JSON value with each of its texts spoiled in turn."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from ({**value, name: bad} for bad in spoiled(each, spoil))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from ([*value[:place], bad, *value[place + 1 :]] for bad in spoiled(each, spoil))
    elif isinstance(value, str):
        yield spoil(value)


def spoiled_bodies(body: bytes) -> list[bytes]:
    """An answer with each text in it spoiled in turn, in each way."""
    try:
        document = json.loads(body)
    except ValueError:
        texts = list(re.finditer(rb"(?<=>)[^<>]+(?=<)", body))
        return [body[: each.start()] + NUMBER.encode() + body[each.end() :] for each in texts]
    return [json.dumps(bad).encode() for spoil in SPOILS for bad in spoiled(document, spoil)]


@dataclass
class Talkative(httpx.AsyncBaseTransport):
    """Passes on what the twin answers; while it ``tells``, with one answer replaced.

    :param heard: the answers so far.
    :param tells: which answer, counted from the next, and what instead.
    """

    inner: httpx.AsyncBaseTransport = field(default_factory=lambda: httpx.AsyncHTTPTransport(verify=False))
    heard: list[httpx.Response] = field(default_factory=list)
    tells: tuple[int, bytes] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        body = await response.aread()
        if self.tells is not None and len(self.heard) == self.tells[0]:
            body = self.tells[1]
        kind = response.headers.get("content-type", "application/json")
        answer = httpx.Response(response.status_code, headers={"content-type": kind}, content=body)
        self.heard.append(answer)
        return answer

    async def aclose(self) -> None:
        await self.inner.aclose()


@pytest.fixture
def transport() -> Talkative:
    """Between the connector and the twin."""
    return Talkative()


@pytest.fixture(params=GATEWAYS)
async def shop(
    request: pytest.FixtureRequest, sandbox_url: str, http: httpx.AsyncClient, transport: Talkative
) -> AsyncIterator[Shop]:
    """A new account of a gateway that is overheard."""
    gateway = GATEWAYS[request.param]
    credentials = gateway.account()
    connector = open_connector(
        gateway.key,
        credentials=credentials,
        settings=gateway.settings,
        base_url=f"{sandbox_url}/{gateway.key}",
        transport=transport,
    )
    async with connector:
        yield Shop(gateway, sandbox_url, http, credentials, connector)


async def test_what_a_gateway_should_not_tell_is_not_repeated(shop: Shop, transport: Talkative) -> None:
    request = shop.payment("100")
    payment_id = (await shop.paid(request)).provider_payment_id
    transport.heard.clear()
    await shop.connector.get_payment(payment_id)
    answers = list(transport.heard)

    tried, repeated = 0, []
    for place, answer in enumerate(answers):
        for body in spoiled_bodies(answer.content):
            tried += 1
            transport.heard.clear()
            transport.tells = (place, body)
            try:
                said = (await shop.connector.get_payment(payment_id)).model_dump_json()
            except ProviderError as error:
                said = f"{error} {error!r} {json.dumps(error.as_dict())}"
            kept = redact_body(body, answer.headers["content-type"])
            if found_in(said.encode()) or found_in((kept or "").encode()):
                repeated.append((body, said, kept))
    assert tried > 5
    assert repeated == []


async def test_a_refusal_with_it_is_not_repeated(shop: Shop, transport: Talkative) -> None:
    told = {"message": f"{NUMBER} cvv: {CODE}", "code": NUMBER, "description": NUMBER, "type": NUMBER, "param": NUMBER}
    for body in ({"error": told}, {"errors": [told]}, told, {**told, "details": [told]}, [told]):
        for status in (400, 402, 404, 422, 500):
            transport.inner = httpx.MockTransport(lambda request: httpx.Response(status, json=body))  # noqa: B023
            with pytest.raises(ProviderError) as refused:
                await shop.connector.create_payment(shop.payment("100"))
            error = refused.value
            assert found_in(f"{error} {error!r} {json.dumps(error.as_dict())}".encode()) == ()
