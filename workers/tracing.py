"""The trace that a piece of work belongs to, and its spans.

A trace's id is 32 hexadecimal digits (W3C Trace Context). It is made by the client or the hub's RPC, lies in the rows
of operations, jobs, events, webhooks and call logs, and shows in every log line. Spans are made only where an OTLP
endpoint is set; without one a span is a context manager that does nothing, and OpenTelemetry is not even imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from opentelemetry.context import Context
    from opentelemetry.trace import Tracer

Attributes: TypeAlias = Mapping[str, str | int | float | bool]

_current: ContextVar[str | None] = ContextVar("wasl_trace_id", default=None)
_NOTHING: Final = nullcontext()


def current_trace_id() -> str | None:
    """The trace of the work that goes on here; None outside of any."""
    return _current.get()


@contextmanager
def following(trace_id: str | None) -> Iterator[None]:
    """Let what goes on in the block, its log lines included, belong to a trace."""
    token = _current.set(trace_id)
    try:
        with structlog.contextvars.bound_contextvars(**({} if trace_id is None else {"trace_id": trace_id})):
            yield
    finally:
        _current.reset(token)


class Tracing:
    """Makes spans.

    :param tracer: OpenTelemetry's; without it nothing is made.
    """

    __slots__ = ("_tracer",)

    def __init__(self, tracer: Tracer | None = None) -> None:
        self._tracer = tracer

    def span(self, name: str, attributes: Attributes | None = None) -> AbstractContextManager[object]:
        """A span around what goes on in the block, in the current trace and below the span that is open, if one is."""
        tracer = self._tracer
        if tracer is None:
            return _NOTHING
        return tracer.start_as_current_span(name, context=_context(current_trace_id()), attributes=attributes)

    def note(self, attributes: Attributes, *, error: str | None = None) -> None:
        """Add to the span that is open. :param error: what went wrong in it, as a code."""
        if self._tracer is not None:
            from opentelemetry import trace  # noqa: PLC0415

            span = trace.get_current_span()
            span.set_attributes(attributes)
            if error is not None:
                span.set_attribute("error.type", error)
                span.set_status(trace.StatusCode.ERROR)

    def traceparent(self) -> str | None:
        """The header that lets a receiver go on with the current trace (https://www.w3.org/TR/trace-context/); None
        outside of any. It names the open span; where no spans are made, one that nobody keeps, and says so."""
        trace_id = current_trace_id()
        if trace_id is None:
            return None
        if self._tracer is None:
            return f"00-{trace_id}-{os.urandom(8).hex()}-00"
        from opentelemetry import trace  # noqa: PLC0415

        span = trace.get_current_span().get_span_context()
        return f"00-{trace_id}-{span.span_id:016x}-{span.trace_flags:02x}"

    def past(self, name: str, began: float, ended: float, attributes: Attributes | None = None) -> None:
        """A span of what is over, in the current trace.

        :param began: Unix seconds, as ``ended``.
        """
        if self._tracer is not None:
            context = _context(current_trace_id())
            span = self._tracer.start_span(name, context=context, attributes=attributes, start_time=round(began * 1e9))
            span.end(round(ended * 1e9))


def _context(trace_id: str | None) -> Context | None:
    """The open span's own context; where none of this trace is open, that of the client's span, of which only the
    trace's id was kept."""
    from opentelemetry import trace  # noqa: PLC0415 - only where spans are made

    if trace_id is None or trace.get_current_span().get_span_context().trace_id == int(trace_id, 16):
        return None
    parent = trace.SpanContext(int(trace_id, 16), int(trace_id[16:], 16) or 1, True, trace.TraceFlags(1))
    return trace.set_span_in_context(trace.NonRecordingSpan(parent))


@asynccontextmanager
async def open_tracing(endpoint: str | None, *, service: str) -> AsyncIterator[Tracing]:
    """Send spans for the length of an ``async with`` block; what is gathered at its end is sent then.

    :param endpoint: where OTLP is taken over HTTP, such as ``http://collector:4318``; None makes no spans.
    :param service: the process's name in traces.
    """
    if endpoint is None:
        yield Tracing()
        return
    import asyncio  # noqa: PLC0415

    provider: Any = _provider(endpoint, service)
    try:
        yield Tracing(provider.get_tracer("wasl"))
    finally:
        await asyncio.to_thread(provider.shutdown)  # it waits for the network


def _provider(endpoint: str, service: str) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{endpoint}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1_000))
    return provider
