"""What the call log keeps of a shipment: neither who it is for nor where they live, whoever carries it."""

import importlib
import pkgutil
from contextlib import suppress

import httpx
import pytest

import tests.support.carriers
from tests.support.carriers.base import Carrier
from tests.support.carriers.parcels import ABU_DHABI, domestic
from workers.providers.errors import ProviderError
from workers.providers.registry import open_connector
from workers.transport.redaction import redact_body, redact_url

TOKEN = {"access_token": "a-token", "expires_in": 3600, "code": "200", "data": {"accessToken": "a-token"}}
RECIPIENT = ABU_DHABI.model_copy(update={"name": "Khadija Bint", "line1": "Tower 77", "email": "khadija@home.example"})
PERSONAL = ("Khadija", "Tower 77", "501110002", "khadija@home.example", "Sara Khan", "Warehouse 4")


def carriers() -> list[Carrier]:
    """Every carrier that has a twin in the sandbox and delivers in the Emirates."""
    package = tests.support.carriers
    names = [f"{package.__name__}.{each.name}" for each in pkgutil.iter_modules(package.__path__)]
    modules = [importlib.import_module(name) for name in names]
    found = [module.CARRIER for module in modules if hasattr(module, "CARRIER")]
    return [carrier for carrier in found if carrier.domestic is not None]


@pytest.mark.parametrize("carrier", carriers(), ids=lambda carrier: carrier.key)
async def test_a_request_for_a_label_is_kept_without_people(carrier: Carrier) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=TOKEN)

    connector = open_connector(
        carrier.key, credentials=carrier.account(), settings=carrier.settings, transport=httpx.MockTransport(answer)
    )
    request = domestic(recipient=RECIPIENT, service=carrier.service, **(carrier.domestic or {}))
    with suppress(ProviderError):
        await connector.create_shipment(request)
    sent = b" ".join(each.content for each in asked).decode()
    assert "Khadija" in sent
    sensitive = connector.sensitive_fields
    kept = [redact_body(each.content, each.headers.get("content-type", ""), sensitive) for each in asked]
    kept += [redact_url(str(each.url), sensitive) for each in asked]
    told = " ".join(text for text in kept if text)
    assert [fact for fact in PERSONAL if fact in told] == []
