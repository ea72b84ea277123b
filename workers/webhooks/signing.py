"""Signing what is sent to subscriptions, as Standard Webhooks has it (https://www.standardwebhooks.com)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from standardwebhooks import Webhook
from wasl.webhooks import PREFIX, key_of

from workers.store.deliveries import PostgresDeliveries, SubscriptionRow
from workers.vault.credentials import CredentialVault

_SECRET_BYTES: Final = range(24, 65)


class SecretFault(Exception):
    """A subscription's secret that cannot sign; says why, without the secret."""


class Signers:
    """Opens the secrets of subscriptions, and remembers a bounded number of them: the secret of an id never changes.

    :param remember: how many at most.
    """

    def __init__(self, store: PostgresDeliveries, vault: CredentialVault, *, remember: int = 2_000) -> None:
        self._store = store
        self._vault = vault
        self._remember = remember
        self._opened: OrderedDict[UUID, Webhook] = OrderedDict()

    async def of(self, row: SubscriptionRow) -> list[Webhook]:
        """Whatever signs a subscription's deliveries now, the present secret first; empty when it has none.

        :raises SecretFault: one of them is no secret.
        :raises workers.vault.errors.VaultError: one cannot be opened.
        """
        signers = []
        for secret_id, sealed in await self._store.secrets(row.subscription_id):
            signer = self._opened.get(secret_id)
            if signer is None:
                secret = await self._vault.open_value(row.organization_id, row.subscription_id, sealed)
                signer = self._opened[secret_id] = Webhook(_key(secret))
            self._opened.move_to_end(secret_id)
            signers.append(signer)
        while len(self._opened) > self._remember:
            self._opened.popitem(last=False)
        return signers


def _key(secret: str) -> bytes:
    try:
        key = key_of(secret) if secret.startswith(PREFIX) else b""
    except ValueError:
        key = b""
    if len(key) not in _SECRET_BYTES:
        raise SecretFault(f"It is {PREFIX} and base64 of {_SECRET_BYTES[0]} to {_SECRET_BYTES[-1]} random bytes.")
    return key


def signed_headers(signers: Sequence[Webhook], message_id: str, body: str, traceparent: str | None) -> dict[str, str]:
    """The headers that a message is sent with, signed now with each secret.

    :param traceparent: of the trace that it belongs to; it is not signed.
    """
    now = datetime.now(UTC)
    headers = {} if traceparent is None else {"traceparent": traceparent}
    return headers | {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signer.sign(message_id, now, body) for signer in signers),
    }
