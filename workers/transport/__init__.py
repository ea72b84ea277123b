"""The outbound HTTP pipeline: every request to a provider goes through here.

::

    connector -> OutboundTransport.handle_async_request(request)
                   breaker.py         is the provider in order?      state shared through store/breakers.py
                   rate_limit.py      is there a token?              buckets shared through store/rate_limits.py
                   aiohttp_transport  send, within one deadline
                   body.py            read, within one size limit
                   judgement.py       done, refused, or unknown?
                   limit_headers.py   what did the provider say of its limit?
                   recording.py       redact and keep it             batches written by store/call_log.py
                   retry.py           once more?

Addresses that users give are another matter: `guarded_client.py` reaches the public internet only, as `guard.py` says.
"""

from workers.transport.aiohttp_transport import AiohttpTransport, HttpLimits, open_aiohttp_transport
from workers.transport.breaker import BreakerState, CircuitStore, InMemoryCircuits, SharedBreakers
from workers.transport.calls import CallContext, CallInfo, Outcome
from workers.transport.circuit import BreakerPolicy
from workers.transport.errors import (
    BreakerOpen,
    DeadlineExceeded,
    NotSent,
    ResponseTooLarge,
    StateUnavailable,
    Throttled,
)
from workers.transport.guard import AddressPolicy, AddressRefused, Refusal
from workers.transport.guarded_client import Answer, GuardedClient, open_guarded_client
from workers.transport.pipeline import OutboundPipeline, OutboundTransport, PipelinePolicy
from workers.transport.rate_limit import BucketStore, InMemoryBuckets, LeasedBudget, RateBudget
from workers.transport.recording import BatchRecorder, CallRecord, CallRecorder, CallSink, InMemoryRecorder
from workers.transport.retry import RetryPolicy

__all__ = [
    "AddressPolicy",
    "AddressRefused",
    "AiohttpTransport",
    "Answer",
    "BatchRecorder",
    "BreakerOpen",
    "BreakerPolicy",
    "BreakerState",
    "BucketStore",
    "CallContext",
    "CallInfo",
    "CallRecord",
    "CallRecorder",
    "CallSink",
    "CircuitStore",
    "DeadlineExceeded",
    "GuardedClient",
    "HttpLimits",
    "InMemoryBuckets",
    "InMemoryCircuits",
    "InMemoryRecorder",
    "LeasedBudget",
    "NotSent",
    "OutboundPipeline",
    "OutboundTransport",
    "Outcome",
    "PipelinePolicy",
    "RateBudget",
    "Refusal",
    "ResponseTooLarge",
    "RetryPolicy",
    "SharedBreakers",
    "StateUnavailable",
    "Throttled",
    "open_aiohttp_transport",
    "open_guarded_client",
]
