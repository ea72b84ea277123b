"""The Supabase functions under the real Deno, behind the gateway, and workers that take up what they leave."""

from tests.webhooks.conftest import (
    client,
    ingress,
    keyring,
    make_receiver,
    other_receiver,
    pool,
    processor,
    receiver,
    vault,
)

__all__ = [
    "client",
    "ingress",
    "keyring",
    "make_receiver",
    "other_receiver",
    "pool",
    "processor",
    "receiver",
    "vault",
]
