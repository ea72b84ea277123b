"""The whole document, put together."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

import httpx
import psycopg
from psycopg.rows import dict_row

from workers.api_description.answers import HEADERS, SCHEMAS, responses
from workers.api_description.data_api import Facts, common_parameters, data_api_paths, table_schemas
from workers.api_description.functions import function_paths
from workers.api_description.shapes import Json
from workers.store.queries import load_queries

_ABOUT: Final = """\
Wasl connects a business to its payment gateways, carriers, social networks and marketing tools.

Reading is done on tables, with filters; whatever has an effect outside is a function (`/rest/v1/rpc/…`), idempotent by
its `idempotency_key`, that answers at once with the row to watch while a worker carries it out. Amounts are decimal
strings in major units, times are UTC. Every request carries the project's publishable key in `apikey`, and in
`Authorization` a user's token or one that an API key was traded for. An API key makes so many requests a minute
(429 and `Retry-After` beyond that), and may be bound to one environment, sandbox or live."""

_SECURITY: Final[Json] = {
    "publishable_key": {
        "type": "apiKey",
        "in": "header",
        "name": "apikey",
        "description": "The project's publishable key. It proves nothing of the caller.",
    },
    "user": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A signed-in user's access token, by Supabase auth.",
    },
    "api_key": {
        "type": "oauth2",
        "description": "A machine's token, traded for its `wasl_…` key.",
        "flows": {"clientCredentials": {"tokenUrl": "/functions/v1/token", "scopes": {}}},
    },
}
_TAGS: Final = {
    "Tokens": "Proving who one is, for machines.",
    "Functions": "What has an effect: each is a transaction of its own.",
    "Tables": "What there is, and plain configuration.",
    "Webhooks": "What providers send.",
    "Pages": "What people open in a browser.",
}


async def facts_of(database_url: str) -> Facts:
    """What the database says of itself."""
    found = {}
    async with await psycopg.AsyncConnection.connect(database_url, row_factory=dict_row) as connection:
        for name, query in load_queries("api_page").items():
            found[name] = await (await connection.execute(query)).fetchall()
    computed: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found["computed_columns"]:
        computed[row["table_name"]].append(row)
    return Facts(
        {row["name"]: row["labels"] for row in found["enumerations"]},
        {row["table_name"]: row for row in found["writable_columns"]},
        {row["name"]: row for row in found["results"]},
        computed,
        {(row["table_name"], row["column_name"]): row["type"] for row in found["domains"]},
    )


async def swagger_of(postgrest_url: str, token: str) -> Json:
    """PostgREST's own description, as it is for the token's role.

    :raises httpx.HTTPError: it does not answer, or not with a description.
    """
    async with httpx.AsyncClient() as http:
        answer = await http.get(postgrest_url, headers={"Authorization": f"Bearer {token}"})
    described: Json = answer.raise_for_status().json()
    return described


def describe(swagger: Json, facts: Facts, *, version: str) -> Json:
    """The hub's public surface as an OpenAPI 3.1 document."""
    schemas = table_schemas(swagger, facts)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wasl",
            "version": version,
            "summary": "An integrations hub for businesses in the UAE.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {
                "url": "{hub}",
                "description": "The Supabase project.",
                "variables": {"hub": {"default": "http://127.0.0.1:54321", "description": "The project's address."}},
            }
        ],
        "security": [{"publishable_key": [], "user": []}, {"publishable_key": [], "api_key": []}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": {**function_paths(), **data_api_paths(swagger, facts, schemas)},
        "components": {
            "schemas": {**SCHEMAS, **schemas},
            "responses": responses(),
            "parameters": common_parameters(schemas),
            "headers": HEADERS,
            "securitySchemes": _SECURITY,
        },
    }
