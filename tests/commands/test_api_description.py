"""docs/openapi.json: fresh, valid, complete; and what it says is what the hub does, however it is asked."""

import copy
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from stack import Stack
from tests.support.callers import Row, add_providers, new_workspace, remove_providers
from workers.api_description.rules import complaints
from workers.commands.docs import API, api_document

DOCUMENT: dict[str, Any] = json.loads(API.read_text())
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


async def test_the_description_is_up_to_date(stack: Stack) -> None:
    assert API.read_text() == await api_document(stack), "run `wasl docs api`"


def test_it_is_valid_openapi_and_complete() -> None:
    validate(DOCUMENT)
    assert complaints(DOCUMENT) == []


@pytest.mark.parametrize(
    ("path", "removed", "complaint"),
    [
        ("/rest/v1/rpc/create_payment", "summary", "the summary is missing, a whole sentence, or long"),
        ("/rest/v1/rpc/create_payment", "description", "no description"),
        ("/rest/v1/rpc/create_payment", "tags", "no tag"),
        ("/functions/v1/token", "operationId", None),
    ],
)
def test_what_is_missing_is_told(path: str, removed: str, complaint: str | None) -> None:
    document = copy.deepcopy(DOCUMENT)
    del document["paths"][path]["post"][removed]
    if complaint is None:
        with pytest.raises(KeyError, match=removed):
            complaints(document)
    else:
        assert complaints(document) == [f"POST {path}: {complaint}"]


def test_missing_examples_errors_and_waits_are_told() -> None:
    document = copy.deepcopy(DOCUMENT)
    operation = document["paths"]["/rest/v1/rpc/create_payment"]["post"]
    del operation["requestBody"]["content"]["application/json"]["example"]
    del operation["responses"]["503"]
    document["components"]["responses"]["TooManyRequests"]["headers"] = {}
    document["components"]["schemas"]["payments"]["description"] = ""

    found = complaints(document)

    assert "POST /rest/v1/rpc/create_payment: no example of a request in application/json" in found
    assert "POST /rest/v1/rpc/create_payment: no errors" in found
    assert "GET /rest/v1/payments: 429 does not say when to try again" in found
    assert "schema payments: no description" in found


@pytest.fixture(scope="module")
async def known(stack: Stack, http: httpx.AsyncClient, database: psycopg.AsyncConnection[Row]) -> AsyncIterator[Row]:
    """The headers of somebody with an organization, and the ids of what is in it, by the names of arguments."""
    await add_providers(database)
    workspace = await new_workspace(stack, http, database)
    connection, payment, lead = await workspace.connection(), await workspace.payment(), await workspace.lead()
    [operation] = await workspace.owner.rows("operations?select=id&kind=eq.payment.create")
    yield {
        "headers": workspace.owner.headers | {"apikey": stack.publishable_key},
        "organization_id": workspace.id,
        "connection_id": connection["id"],
        "payment_id": payment["id"],
        "lead_id": lead["id"],
        "operation_id": operation["id"],
    }
    await remove_providers(database)


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_attacked_it_answers_as_described(stack: Stack, known: Row, label: str) -> None:
    """What is sent is made up by the description, half of it about what there is."""
    operation, turn = OPERATIONS[label], 0

    @settings(
        max_examples=1 if label.startswith("GET /rest/v1/") else 2,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(case=operation.as_strategy())
    def attack(case: Any) -> None:
        nonlocal turn
        turn += 1
        if turn % 2 == 0 and isinstance(case.body, dict):
            case.body |= {name: value for name, value in known.items() if name in case.body and name != "headers"}
        answer = case.call(base_url=stack.url, headers=known["headers"], allow_redirects=False)
        case.validate_response(answer, checks=CHECKS)

    attack()
