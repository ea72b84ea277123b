"""A provider that answers every request with the same payment, as fast as one core allows.

Run as ``python -m benchmarks.stub_server [PORT]``; it prints its address once it listens. The answer is a 1.5 KB
Stripe PaymentIntent with the headers Stripe sends, so a client parses and records what it would in earnest.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any, cast

import uvloop

REQUEST_ID = "req_bench0000000"


def payment_intent() -> dict[str, Any]:
    """Return the body that every request is answered with (shape: Stripe API, PaymentIntent)."""
    return {
        "id": "pi_3PbenchmarkAAAAAAAAAAAAAA",
        "object": "payment_intent",
        "amount": 9900,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 9900,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": "pi_3PbenchmarkAAAAAAAAAAAAAA_secret_BBBBBBBBBBBBBBBBBBBBBBBBB",
        "confirmation_method": "automatic",
        "created": 1763935200,
        "currency": "aed",
        "customer": "cus_benchmark000001",
        "description": "Order 1001, two coffees and a croissant",
        "latest_charge": "ch_3PbenchmarkCCCCCCCCCCCCCC",
        "livemode": False,
        "metadata": {"wasl_payment_id": "019ab3f4-5e60-7c1d-9a55-2f1f0d6f2b7a"},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": "pm_1PbenchmarkDDDDDDDDDDDDDD",
        "payment_method_configuration_details": {"id": "pmc_1Pbenchmark", "parent": None},
        "payment_method_options": {
            "card": {"installments": None, "mandate_options": None, "network": None, "request_three_d_secure": "any"}
        },
        "payment_method_types": ["card", "link"],
        "processing": None,
        "receipt_email": "buyer@example.com",
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": "WASL DEMO",
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }


def fixed_answer() -> bytes:
    """Return the complete HTTP/1.1 response, head and body."""
    body = json.dumps(payment_intent(), indent=1).encode()
    head = (
        "HTTP/1.1 200 OK\r\nServer: stub\r\nDate: Mon, 23 Nov 2026 18:00:00 GMT\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: keep-alive\r\n"
        "Cache-Control: no-cache, no-store\r\nIdempotency-Key: bench\r\n"
        f"Request-Id: {REQUEST_ID}\r\nStripe-Version: 2025-10-29.clover\r\nVary: Origin\r\n\r\n"
    )
    return head.encode() + body


class StubProtocol(asyncio.Protocol):
    """Counts complete requests in what arrives and writes one fixed answer for each."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._buffer = b""
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; it is a socket's, so it can be written to."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is now complete."""
        self._buffer += data
        while (end := self._request_end()) is not None:
            self._buffer = self._buffer[end:]
            self._transport.write(self._answer)

    def _request_end(self) -> int | None:
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return None
        length = 0
        marker = self._buffer[:head_end].lower().find(b"content-length:")
        if marker >= 0:
            length = int(self._buffer[marker + 15 : self._buffer.index(b"\r\n", marker)])
        end = head_end + 4 + length
        return end if len(self._buffer) >= end else None


async def serve(port: int) -> None:
    """Answer on 127.0.0.1:``port``, or any free port for 0, until cancelled."""
    answer = fixed_answer()
    server = await asyncio.get_running_loop().create_server(lambda: StubProtocol(answer), "127.0.0.1", port)
    async with server:
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()


def main() -> None:
    """Serve until terminated."""
    uvloop.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))


if __name__ == "__main__":
    main()
