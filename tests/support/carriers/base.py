"""What a suite that runs over every carrier has to know of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

State = dict[str, Any]
"""What the sandbox's ``GET /_state?provider=…&shipment_id=…`` shows of one shipment."""


async def advance_by_number(
    http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], number: str, step: str
) -> None:
    """Move a parcel on by the control that every twin has."""
    answer = await http.post(f"{url}/_test/shipments/{number}/advance", json={"to": step})
    assert answer.status_code == 200, answer.text


def shipments_of(state: State) -> int:
    """How many shipments there are."""
    return len(state["shipments"])


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier and its twin in the sandbox.

    Calls are written as method and path pattern below ``/{key}``, such as ``POST /mydhlapi/shipments``.

    :param account: credentials of a new account of the twin.
    :param advance: moves a parcel on, to a step of `sandbox.shipping.journey`; given a client, the twin's URL (with the
        key, without a slash at the end), the account's credentials, the tracking number and the step.
    :param bought: how many labels the merchant has bought for one shipment of ours, cancelled ones included.
    :param create_call: the request that buys a label. :param rate_call: the one that asks for prices, if any.
    :param track_call: the one that tracks, if any.
    :param domestic: fields of a `ShipmentRequest` within the Emirates that it insists on beyond the usual; None where
        it does not deliver there. :param international: likewise for one to London.
    :param service: what to ask for within the Emirates; None: the connector's default.
    """

    key: str
    account: Callable[[], dict[str, str]]
    create_call: str
    advance: Callable[[httpx.AsyncClient, str, Mapping[str, str], str, str], Awaitable[None]] = advance_by_number
    bought: Callable[[State], int] = shipments_of
    rate_call: str | None = None
    track_call: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    domestic: Mapping[str, Any] | None = field(default_factory=dict)
    international: Mapping[str, Any] | None = None
    service: str | None = None
