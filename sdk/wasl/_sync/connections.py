# Made by `wasl sdk sync` from wasl/_async/connections.py: do not edit.
"""`hub.connections`: an organization's accounts at providers, and the secrets that open them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from wasl import _answers
from wasl._credentials import STALE_KEY, sealed
from wasl._requests import Id, given, id_text
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl._sync.keys import active_key
from wasl._sync.operations import Operations
from wasl.errors import Conflict
from wasl.marketing_models import Authorization, Grant
from wasl.models import Connection, Credential, NewWebhookEndpoint, Operation
from wasl.rows import ConnectionStatus, Environment

Credentials: TypeAlias = list[Credential]


class Connections:
    """Connections of the organizations that the caller belongs to."""

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def create(
        self,
        provider: str,
        *,
        environment: Environment = "sandbox",
        name: str | None = None,
        settings: Mapping[str, Any] | None = None,
        organization_id: Id | None = None,
    ) -> Connection:
        """Create a connection, still without credentials: `set_credentials` comes next.

        Args:
            provider: its key in `hub.providers`, such as ``stripe``.
            environment: ``sandbox`` or ``live``, for ever.
            name: unique among the organization's connections to that provider; the provider's own if left out.
            settings: what is not secret, as the provider's `settings_fields` say.

        Raises:
            NotFound: there is no such provider.
            Conflict: there is a connection of that name.
        """
        arguments = given(
            provider=provider,
            environment=environment,
            name=name,
            settings=settings,
            organization_id=self._api.organization(organization_id),
        )
        return self._api.call(Connection, "create_connection", arguments)

    def get(self, connection_id: Id) -> Connection:
        """Return one connection; raises NotFound."""
        return self._api.one(Connection, "integration_connections", connection_id, "connection_id")

    def list(
        self,
        *,
        provider: str | None = None,
        environment: Environment | None = None,
        status: ConnectionStatus | Sequence[ConnectionStatus] | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Connection]:
        """Yield connections, newest first."""
        equal = {
            "provider_key": provider,
            "environment": environment,
            "status": status,
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Connection, "integration_connections", equal, limit=limit)

    def update(
        self,
        connection_id: Id,
        *,
        name: str | None = None,
        settings: Mapping[str, Any] | None = None,
        health_interval_seconds: int | None = None,
        paused: bool | None = None,
    ) -> Connection:
        """Change a connection; what is left out stays as it is.

        Args:
            settings: all of them: they replace the former ones.
            health_interval_seconds: between two health checks, 10 to 86400.
            paused: True stops its use, False resumes it.
        """
        arguments = given(
            connection_id=id_text(connection_id, "connection_id"),
            name=name,
            settings=settings,
            health_interval_seconds=health_interval_seconds,
            paused=paused,
        )
        return self._api.call(Connection, "update_connection", arguments, repeatable=True)

    def disconnect(self, connection_id: Id) -> Connection:
        """Erase a connection's credentials and stop its use; its history stays."""
        arguments = {"connection_id": id_text(connection_id, "connection_id")}
        return self._api.call(Connection, "disconnect_connection", arguments, repeatable=True)

    def set_credentials(self, connection_id: Id, credentials: Mapping[str, str]) -> Sequence[Credential]:
        """Seal secrets on this machine and store them, all or none; the hub never sees them in the clear.

        Args:
            credentials: secrets by name, as the provider's `credential_fields` say.

        Raises:
            InvalidRequest: the provider has no credential of that name.
            Conflict: the connection has been disconnected, or the hub has no active encryption key.
            TypeError: a secret is no str.
            ValueError: a secret is longer than 64 KiB.
        """
        connection = self.get(connection_id)
        try:
            return self._set_credentials(connection, credentials)
        except Conflict as error:
            if error.code != STALE_KEY:
                raise
            return self._set_credentials(connection, credentials)  # the key was rotated in between

    def credentials(self, connection_id: Id) -> Sequence[Credential]:
        """Return what may be known of a connection's credentials: names, hints, versions; never a secret."""
        query = self._api.table("api_credentials", columns_of(Credential))
        query = query.eq("connection_id", id_text(connection_id, "connection_id")).order("name")
        return self._api.fetch(Credential, query)

    def test(self, connection_id: Id, *, wait: float | None = None) -> Operation:
        """Have a worker check the credentials at the provider; returns the operation that does so.

        Args:
            wait: seconds to wait for the provider's answer; None returns at once.

        Raises:
            OperationFailed: with `wait`: the provider refuses the credentials, or is out of order.
            WaitTimeout: with `wait`: there is no answer yet.
        """
        arguments = {"connection_id": id_text(connection_id, "connection_id")}
        operation = self._api.call(Operation, "test_connection", arguments, repeatable=True)
        return self._operations.follow(operation, wait)

    def authorize(
        self,
        connection_id: Id,
        *,
        scopes: Sequence[str] | None = None,
        return_url: str | None = None,
        wait: float = 30.0,
    ) -> Authorization:
        """Begin the consent of a connection by OAuth: send whoever manages the account to the answer's address.

        The connection's ``client_id`` and ``client_secret`` have to be set before. When the person comes back, the
        connection becomes active by itself, and `grant` tells what was granted.

        Args:
            scopes: what to ask for; what the provider's catalog entry says if left out.
            return_url: where the person goes after that, with `connection_id` and `status` added.

        Raises:
            Conflict: the provider is not connected by consent, or the client's id or secret is missing.
            OperationFailed: the hub cannot make the address.
            WaitTimeout: no worker has answered yet.
        """
        arguments = given(
            connection_id=id_text(connection_id, "connection_id"),
            scopes=None if scopes is None else list(scopes),
            return_url=return_url,
        )
        operation = self._api.call(Operation, "start_oauth", arguments)
        done = self._operations.follow(operation, wait)
        return _answers.parse(Authorization, done.result)

    def grant(self, connection_id: Id) -> Grant:
        """Return what somebody who consented has granted, and until when; raises NotFound when nobody has."""
        query = self._api.table("connection_grants", columns_of(Grant))
        query = query.eq("connection_id", id_text(connection_id, "connection_id"))
        return _answers.only(self._api.fetch(Grant, query), what="grant", identifier=str(connection_id))

    def create_webhook_endpoint(self, connection_id: Id, *, description: str = "") -> NewWebhookEndpoint:
        """Make an address for the provider's webhooks. It is in this answer and nowhere else."""
        arguments = {"connection_id": id_text(connection_id, "connection_id"), "description": description}
        answer = self._api.call(dict[str, Any], "create_webhook_endpoint", arguments)
        return _answers.parse(NewWebhookEndpoint, answer | {"url": f"{self._api.url}{answer.get('path')}"})

    def _set_credentials(self, connection: Connection, credentials: Mapping[str, str]) -> Sequence[Credential]:
        key = active_key(self._api, connection.organization_id)
        arguments = {"connection_id": str(connection.id), "credentials": sealed(key, connection, credentials)}
        return self._api.call(Credentials, "set_credentials", arguments)
