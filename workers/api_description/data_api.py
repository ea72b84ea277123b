"""The Data API's paths in OpenAPI 3.1, by PostgREST's description (Swagger 2.0) and what the database itself says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from workers.api_description.answers import READING, WRITING, json_answer, refusals
from workers.api_description.shapes import Enumerations, Json, example_of, first_sentence, in_words, schema_of

_PAGE_HEADERS: Final = {"Content-Range": {"$ref": "#/components/headers/Content-Range"}}
_COMMON_PARAMETERS: Final[Mapping[str, tuple[str, str, str]]] = {
    "select": ("query", "Which columns, such as `id,status`; all but computed ones if left out.", "id"),
    "order": ("query", "By what: `created_at.desc`.", "created_at.desc"),
    "limit": ("query", "How many rows at most.", "25"),
    "offset": ("query", "How many rows to leave out.", "0"),
    "prefer": ("header", "`count=exact` counts, `return=representation` answers with the rows written.", "count=exact"),
    "traceparent": (
        "header",
        "W3C Trace Context: what comes of the call is found under its trace id.",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ),
}
_COMPUTED_NOTE: Final = "Computed: it comes only when `select` names it, as in `select=*,{column}`."
_WRITABLE_NOTE: Final = "Written directly, under row-level security, by whoever the organization gave the role for it."


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says beyond PostgREST.

    :param writable: by table: the columns that may be inserted and updated, and whether rows may be deleted.
    :param results: by function: what it returns.
    :param computed: by table: its computed columns, with name, type and comment.
    :param domains: by table and column: the domain that is its type.
    """

    enumerations: Enumerations
    writable: Mapping[str, Mapping[str, Any]]
    results: Mapping[str, Mapping[str, Any]]
    computed: Mapping[str, Sequence[Mapping[str, Any]]]
    domains: Mapping[tuple[str, str], str]


def common_parameters(schemas: Json) -> Json:
    """The parameters that operations refer to.

    :param schemas: those of tables, whose columns are filters.
    """
    columns = sorted({column for schema in schemas.values() for column in _stored(schema)})
    return {f"filter.{column}": _filter(column) for column in columns} | {
        name: {
            "name": "Prefer" if name == "prefer" else name,
            "in": place,
            "required": False,
            "description": description,
            "schema": {"type": "string", "examples": [example]},
        }
        for name, (place, description, example) in _COMMON_PARAMETERS.items()
    }


def table_schemas(swagger: Json, facts: Facts) -> Json:
    """A schema for each table's row."""
    schemas = {}
    for table, definition in sorted(swagger["definitions"].items()):
        required = set(definition.get("required", ()))
        properties = {
            name: schema_of(
                facts.domains.get((table, name), column["format"]),
                name,
                facts.enumerations,
                described=in_words(column.get("description", "")),
                nullable=name not in required,
            )
            for name, column in definition["properties"].items()
        }
        properties |= {
            column["name"]: schema_of(
                column["type"],
                column["name"],
                facts.enumerations,
                described=f"{column['comment']} {_COMPUTED_NOTE.format(column=column['name'])}",
                nullable=True,
            )
            | {"readOnly": True}
            for column in facts.computed.get(table, ())
        }
        schemas[table] = {"type": "object", "description": definition["description"], "properties": properties}
    return schemas


def _stored(schema: Json) -> list[str]:
    """The columns that are no computed ones: by these a filter would have to compute every row."""
    return [name for name, column in schema["properties"].items() if not column.get("readOnly")]


def data_api_paths(swagger: Json, facts: Facts, schemas: Json) -> Json:
    """All paths below /rest/v1."""
    paths = {f"/rest/v1/{table}": _table(table, schemas[table], facts) for table in schemas}
    for path, methods in sorted(swagger["paths"].items()):
        name = path.removeprefix("/rpc/")
        # Computed columns are functions too, and columns here.
        if name in facts.results:
            paths[f"/rest/v1{path}"] = {"post": _function(name, methods["post"], facts, schemas)}
    return paths


def _table(table: str, schema: Json, facts: Facts) -> Json:
    writable, described = facts.writable[table], schema["description"]
    row = {"$ref": f"#/components/schemas/{table}"}
    filters = [_common(f"filter.{name}") for name in _stored(schema)]
    words = table.replace("_", " ")

    def operation(verb: str, does: str, more: str, parameters: list[Json], answers: Json) -> Json:
        return {
            "operationId": f"{verb}_{table}",
            "tags": ["Tables"],
            "summary": f"{does} {words}",
            "description": f"{described} {more}".strip(),
            "parameters": parameters,
            "responses": answers,
        }

    listing = [_common(name) for name in ("select", "order", "limit", "offset", "prefer")]
    example = [example_of(schema)]
    rows = json_answer("The rows that the caller may see.", {"type": "array", "items": row}, example, _PAGE_HEADERS)
    part = {**rows, "description": "Part of the rows, where the range or limit asked for part."}
    methods = {
        "get": operation(
            "list",
            "List",
            "Each column is also a filter.",
            filters + listing,
            {"200": rows, "206": part, **refusals(READING)},
        )
    }
    done = {"description": "Done.", "content": {}}
    changed = {"200": rows, "204": done, **refusals(WRITING)}
    writing = [_common("select"), _common("prefer"), _common("traceparent")]
    if writable["insertable"]:
        made = operation(
            "add", "Add", _WRITABLE_NOTE, writing, {"201": {"description": "Added."}, "200": rows, **refusals(WRITING)}
        )
        methods["post"] = made | {"requestBody": _body(schema, writable["insertable"])}
    if writable["updatable"]:
        made = operation(
            "change", "Change", f"The rows that the filters find. {_WRITABLE_NOTE}", filters + writing, changed
        )
        methods["patch"] = made | {"requestBody": _body(schema, writable["updatable"])}
    if writable["deletable"]:
        told = f"The rows that the filters find. {_WRITABLE_NOTE}"
        methods["delete"] = operation("remove", "Remove", told, filters + writing, changed)
    return methods


def _filter(column: str) -> Json:
    return {
        "name": column,
        "in": "query",
        "required": False,
        "description": f"A filter by {column}: `eq.`, `neq.`, `gt.`, `lt.`, `in.(…)`, `is.null` and a value.",
        "schema": {"type": "string", "examples": ["is.null"]},
    }


def _common(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}


def _body(schema: Json, columns: list[str]) -> Json:
    properties = {name: schema["properties"][name] for name in columns}
    body = {"type": "object", "properties": properties, "minProperties": 1, "additionalProperties": False}
    return {"required": True, "content": {"application/json": {"schema": body, "example": example_of(body)}}}


def _function(name: str, described: Json, facts: Facts, schemas: Json) -> Json:
    [body] = [each for each in described["parameters"] if each.get("in") == "body"]
    given, comment = body["schema"], described["summary"]
    required = given.get("required", [])
    properties = {
        argument: schema_of(shape["format"], argument, facts.enumerations, nullable=argument not in required)
        for argument, shape in given.get("properties", {}).items()
    }
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    example = {argument: properties[argument]["examples"][0] for argument in required}
    answers_row = facts.results[name]["is_row"]
    operation = {
        "operationId": name,
        "tags": ["Functions"],
        "summary": first_sentence(comment),
        "description": comment,
        "parameters": [_common(each) for each in ("select", "traceparent") if each != "select" or answers_row],
        "requestBody": {
            "required": bool(required),
            "content": {"application/json": {"schema": schema, "example": example}},
        },
        "responses": {**_result(facts.results[name], facts, schemas), **refusals(WRITING)},
    }
    # What anybody may call needs no token.
    return operation | ({"security": [{"publishable_key": []}]} if name == "track_parcel" else {})


def _result(result: Mapping[str, Any], facts: Facts, schemas: Json) -> Json:
    if result["type"] == "void":
        return {"204": {"description": "Done."}}
    if result["is_row"]:
        shape: Json = {"$ref": f"#/components/schemas/{result['type']}"}
        example = example_of(schemas[result["type"]])
    elif result["columns"]:
        columns = {
            name: schema_of(kind, name, facts.enumerations, nullable=True) for name, kind in result["columns"].items()
        }
        shape = {"type": "object", "properties": columns}
        example = example_of(shape)
    else:
        shape = schema_of(result["type"], "", facts.enumerations)
        example = shape["examples"][0]
    if result["many"]:
        shape, example = {"type": "array", "items": shape}, [example]
    return {"200": json_answer("What came of it.", shape, example)}
