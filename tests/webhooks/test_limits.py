"""What the ingress cannot take now it puts off, before reading it, and says so."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.support.webhooks import an_event, signature
from tests.webhooks.nowhere import SECRET, TOKEN, Headers, Nowhere, ask
from workers.webhooks.ingress import PATH_PREFIX, Ingress

BODY = an_event("x.y", {})


def signed(body: bytes, *, announced: bool = True) -> Headers:
    """The headers of a delivery."""
    length = [(b"content-length", str(len(body)).encode())] if announced else []
    return [(b"stripe-signature", signature(body, SECRET).encode()), *length]


async def deliver(app: Ingress, headers: Headers, *pieces: dict[str, Any]) -> int:
    """Send the body, or the pieces given."""
    return await ask(
        app, "POST", PATH_PREFIX + TOKEN, b"", headers, [*pieces] or [{"type": "http.request", "body": BODY}]
    )


@pytest.mark.parametrize("limits", [{"most_in_flight": 3}, {"most_bytes_in_flight": 3 * len(BODY)}])
async def test_beyond_its_limits_senders_are_put_off(limits: dict[str, int]) -> None:
    nowhere = Nowhere()
    async with nowhere.ingress(**limits) as app:
        nowhere.gate.clear()
        begun = [asyncio.create_task(deliver(app, signed(BODY))) for _ in range(3)]
        await asyncio.sleep(0)
        assert await deliver(app, signed(BODY)) == 503
        nowhere.gate.set()
        assert await asyncio.gather(*begun) == [200] * 3
        assert await deliver(app, signed(BODY)) == 200


async def test_a_body_of_unknown_length_counts_as_the_largest() -> None:
    nowhere = Nowhere()
    async with nowhere.ingress(most_bytes_in_flight=nowhere.row.max_body_bytes - 1) as app:
        assert await deliver(app, signed(BODY, announced=False)) == 503
        assert await deliver(app, signed(BODY)) == 200


async def test_a_refused_delivery_frees_its_place() -> None:
    nowhere = Nowhere()
    async with nowhere.ingress(most_in_flight=1) as app:
        for headers in ([], signed(b"other"), signed(BODY, announced=False)):
            await deliver(app, headers)
        gone = {"type": "http.disconnect"}
        assert await deliver(app, signed(BODY), {"type": "http.request", "body": BODY, "more_body": True}, gone) == 0
        assert await deliver(app, signed(BODY)) == 200


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async with Nowhere().ingress(body_timeout_seconds=0.02, most_in_flight=1) as app:
        assert await deliver(app, signed(BODY), {"type": "http.request", "body": BODY[:9], "more_body": True}) == 408
        assert await deliver(app, signed(BODY)) == 200


async def test_when_nobody_can_say_whose_address_it_is_senders_are_put_off() -> None:
    nowhere = Nowhere()
    nowhere.fault = OSError("no database")
    async with nowhere.ingress() as app:
        assert await deliver(app, signed(BODY)) == 503


async def test_a_fault_of_ours_is_not_blamed_on_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Nowhere().ingress() as app:
        monkeypatch.setattr("workers.webhooks.deliveries.new_event", lambda *_: 1 / 0)
        assert await deliver(app, signed(BODY)) == 500


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-5a29e601", 503),
        ("https://paypal.example/v1/notifications/certs/CERT-360caa42-fca2a594-5a29e601", 401),
    ],
)
async def test_without_the_certificate_nothing_is_known_of_a_delivery(address: str, status: int) -> None:
    """Of one that names a certificate of the provider's, that is; another one is no proof of anything."""
    nowhere = Nowhere()
    nowhere.row = replace(nowhere.row, provider_key="paypal")
    async with nowhere.ingress() as app:
        assert await deliver(app, [(b"paypal-cert-url", address.encode())]) == status
    assert nowhere.kept == []
