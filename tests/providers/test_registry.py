"""Opening a connection: what cannot be right is refused before any call, and by name."""

from typing import Any

import httpx
import pytest

from workers.providers.errors import InvalidRequest
from workers.providers.registry import CONNECTORS, catalog, connector_class, open_connector

KEY = {"secret_key": "sk_test_51abcdef"}


def test_every_connector_is_known_by_its_key() -> None:
    assert all(kind.manifest.key == key for key, kind in CONNECTORS.items())
    assert [entry.manifest.key for entry in catalog()] == sorted(CONNECTORS)


def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="'paypaul' is not one of") as refused:
        connector_class("paypaul")
    assert refused.value.field == "provider"


@pytest.mark.parametrize(
    ("connection", "field"),
    [
        ({"credentials": {}}, "credentials.secret_key"),
        ({"credentials": {"secret_key": "pk_test_51abcdef"}}, "credentials.secret_key"),
        ({"credentials": {"secret_key": "sk_test_51ab cdef"}}, "credentials.secret_key"),
        ({"credentials": {"secret_key": "sk_test_51abcdef\n"}}, "credentials.secret_key"),
        ({"credentials": {**KEY, "webhook_secret": "nonsense"}}, "credentials.webhook_secret"),
        ({"credentials": {**KEY, "password": "hunter2"}}, "credentials.password"),
        ({"credentials": {"secret_key": "sk_live_51abcdef"}}, "credentials.secret_key"),
        ({"credentials": KEY, "environment": "live"}, "credentials.secret_key"),
        ({"credentials": KEY, "settings": {"api_version": "latest"}}, "settings.api_version"),
        ({"credentials": KEY, "settings": {"account": "cus_1"}}, "settings.account"),
        ({"credentials": KEY, "settings": {"colour": "green"}}, "settings.colour"),
    ],
)
def test_a_connection_that_cannot_work_is_refused_by_field(connection: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        open_connector("stripe", **connection)
    assert refused.value.field == field
    shown = f"{refused.value.as_dict()} {refused.value!r}"
    assert not any(secret in shown for secret in ("51abcdef", "hunter2", "nonsense"))
    assert refused.value.__cause__ is None


def test_secrets_do_not_show_in_representations() -> None:
    connector = open_connector("stripe", credentials={**KEY, "webhook_secret": "whsec_abcdef"})
    assert "51abcdef" not in f"{connector.credentials!r} {connector!r} {connector.credentials.model_dump_json()}"


def test_during_a_rotation_a_connection_has_two_webhook_secrets() -> None:
    open_connector("stripe", credentials={**KEY, "webhook_secret": "whsec_former\nwhsec_newest\n"})
    with pytest.raises(InvalidRequest):
        open_connector("stripe", credentials={**KEY, "webhook_secret": "whsec_former\nnonsense"})


async def test_a_connector_closes_the_transport_it_was_given_to_own() -> None:
    closed: list[bool] = []

    class Transport(httpx.AsyncBaseTransport):
        async def aclose(self) -> None:
            closed.append(True)

    async with open_connector("stripe", credentials=KEY, transport=Transport()):
        assert not closed
    assert closed
