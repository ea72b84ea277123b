"""Delivering webhooks: signed at each try, tried again a bounded number of times, with faults on demand."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

import httpx

from sandbox.faults import FaultBook, FaultKind

RETRY_PAUSES_SECONDS = (0.25, 0.5, 1.0, 2.0, 4.0)
TIMEOUT_SECONDS = 10.0
CONCURRENT_DELIVERIES = 32
REMEMBERED_DELIVERIES = 10_000

Sign = Callable[[bytes], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one endpoint.

    :param sign: makes the headers that prove the sender, anew for each try.
    :param retried: False for a provider that sends each event once and never again.
    :param sign_query: makes what is added to the address's query, for providers that prove themselves there.
    :param forgery: what a forger would send in place of the body, where the signature is part of it.
    """

    provider: str
    event_id: str
    event_type: str
    url: str
    body: bytes
    sign: Sign
    retried: bool = True
    forgery: bytes | None = None
    sign_query: Sign | None = None


@dataclass
class DeliveryRecord:
    """How a delivery went: one entry per try, a status or the name of an error.

    :param number: counts the deliveries from 1. :param sent_at: when it was taken on, in seconds since 1970.
    """

    provider: str
    event_id: str
    event_type: str
    url: str
    number: int = 0
    sent_at: float = 0.0
    tries: list[int | str] = field(default_factory=list)
    delivered: bool = False
    done: bool = False


class Deliveries:
    """Sends webhooks in the background.

    :param book: the planned faults.
    :param transport: how to reach the endpoints; httpx's own by default.
    :param retry_pauses_seconds: how long to wait before each further try.
    """

    def __init__(
        self,
        book: FaultBook,
        transport: httpx.AsyncBaseTransport | None = None,
        retry_pauses_seconds: tuple[float, ...] = RETRY_PAUSES_SECONDS,
    ) -> None:
        self.records: deque[DeliveryRecord] = deque(maxlen=REMEMBERED_DELIVERIES)
        self._sent: dict[int, Delivery] = {}
        self._numbers = count(1)
        self._book = book
        self._client = httpx.AsyncClient(transport=transport, timeout=TIMEOUT_SECONDS, trust_env=False)
        self._pauses = retry_pauses_seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(CONCURRENT_DELIVERIES)
        self._held: list[Delivery] = []

    def send(self, delivery: Delivery) -> None:
        """Take a delivery on; it is on its way when this returns."""
        fault = self._book.for_event(delivery.provider, delivery.event_type)
        match fault.kind if fault else None:
            case FaultKind.WEBHOOK_LOST:
                return
            case FaultKind.WEBHOOK_REORDERED:
                self._held.append(delivery)
                return
            case FaultKind.WEBHOOK_DUPLICATED:
                self._start(delivery)
                self._start(delivery)
            case FaultKind.WEBHOOK_LATE:
                self._start(delivery, delay_seconds=fault.seconds if fault else 0)
            case FaultKind.WEBHOOK_FORGED:
                self._start(delivery, forged=True)
            case _:
                self._start(delivery)
        held, self._held = self._held, []
        for earlier in held:
            self._start(earlier, delay_seconds=0.05)

    def send_again(self, number: int, *, forged: bool) -> int | None:
        """Send an earlier delivery once more, signed anew, past all faults.

        :param number: the earlier one's. :param forged: whether its signature is to be wrong.
        :returns: the number of the new one; None if the earlier one is not remembered.
        """
        earlier = self._sent.get(number)
        return None if earlier is None else self._start(earlier, forged=forged)

    async def drained(self) -> None:
        """Wait until nothing is on its way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def aclose(self) -> None:
        """Give up what is on its way, and close the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def as_dicts(self) -> list[dict[str, Any]]:
        """Every delivery so far, oldest first."""
        return [asdict(record) for record in self.records]

    def sent_to(self, part: str) -> list[dict[str, Any]]:
        """The deliveries whose address contains a text, newest first, without the address: it may hold a secret."""
        found = [asdict(record) for record in reversed(self.records) if part in record.url]
        return [{name: value for name, value in each.items() if name != "url"} for each in found]

    def _start(self, delivery: Delivery, *, delay_seconds: float = 0.0, forged: bool = False) -> int:
        number = next(self._numbers)
        record = DeliveryRecord(
            delivery.provider, delivery.event_id, delivery.event_type, delivery.url, number, time.time()
        )
        self.records.append(record)
        self._sent[number] = delivery
        self._sent.pop(number - REMEMBERED_DELIVERIES, None)
        task = asyncio.create_task(self._deliver(delivery, record, delay_seconds, forged))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return number

    async def _deliver(self, delivery: Delivery, record: DeliveryRecord, delay_seconds: float, forged: bool) -> None:
        await asyncio.sleep(delay_seconds)
        for pause in (*(self._pauses if delivery.retried else ()), None):
            async with self._slots:
                record.tries.append(await self._try(delivery, forged))
            record.delivered = isinstance(record.tries[-1], int) and 200 <= record.tries[-1] < 300
            if record.delivered or pause is None:
                break
            await asyncio.sleep(pause)
        record.done = True

    async def _try(self, delivery: Delivery, forged: bool) -> int | str:
        signed_body = b"another body" if forged else delivery.body
        headers = {"content-type": "application/json; charset=utf-8", **delivery.sign(signed_body)}
        body = delivery.forgery if forged and delivery.forgery else delivery.body
        url = httpx.URL(delivery.url)
        if delivery.sign_query:
            url = url.copy_merge_params(delivery.sign_query(signed_body))
        try:
            response = await self._client.post(url, content=body, headers=headers)
        except httpx.HTTPError as error:
            return type(error).__name__
        return response.status_code
