"""Checking requests and answers against a provider's published OpenAPI document."""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import yaml
from jsonschema import Draft202012Validator

Json = Any


class OpenApi:
    """A published document of OpenAPI 3.0.

    :param path: the YAML file.
    """

    def __init__(self, path: Path) -> None:
        self.document: dict[str, Json] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)

    def operation(self, method: str, path: str) -> dict[str, Json]:
        """The operation that a request is.

        :raises AssertionError: there is none.
        """
        for pattern, template in self._paths:
            if pattern.fullmatch(path) and method.lower() in self.document["paths"][template]:
                found: dict[str, Json] = self.document["paths"][template][method.lower()]
                return found
        raise AssertionError(f"{method} {path} is not in the published document")

    def faults_of_form(self, request: httpx.Request, prefix: str = "") -> list[str]:
        """What is wrong with a request's form."""
        operation = self.operation(request.method, request.url.path.removeprefix(prefix))
        schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        return self.faults(schema, typed(form_tree(request.content.decode()), schema))

    def faults_of_query(
        self, request: httpx.Request, also: frozenset[str] = frozenset(), prefix: str = ""
    ) -> list[str]:
        """Which parameters of a request's query are not published.

        :param also: parameters that were added after the document.
        """
        operation = self.operation(request.method, request.url.path.removeprefix(prefix))
        known = {parameter["name"] for parameter in operation.get("parameters", ())} | also
        sent = {name.split("[", 1)[0] for name, _ in parse_qsl(request.url.query.decode())}
        return sorted(sent - known)

    def faults_of_answer(self, response: httpx.Response, path: str) -> list[str]:
        """What is wrong with the JSON that answered a request."""
        answers = self.operation(response.request.method, path)["responses"]
        answer = answers.get(str(response.status_code)) or answers["default"]
        return self.faults(answer["content"]["application/json"]["schema"], response.json())

    def faults_of_object(self, name: str, value: Json) -> list[str]:
        """What is wrong with an object of the document's named schemas."""
        return self.faults({"$ref": f"#/components/schemas/{name}"}, value)

    def faults(self, schema: Json, value: Json) -> list[str]:
        """What is wrong with a value, each fault with its place."""
        whole = {**as_json_schema(schema), "components": {"schemas": self._schemas}}
        return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(whole).iter_errors(value)]

    @cached_property
    def _schemas(self) -> dict[str, Json]:
        return {name: as_json_schema(schema) for name, schema in self.document["components"]["schemas"].items()}

    @cached_property
    def _paths(self) -> list[tuple[re.Pattern[str], str]]:
        templates = sorted(self.document["paths"], key=lambda template: template.count("{"))
        return [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template)), template) for template in templates]


def as_json_schema(schema: Json) -> Json:
    """OpenAPI 3.0's dialect as JSON Schema: what may be null says so, and prose that looks like keywords goes."""
    if isinstance(schema, list):
        return [as_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    converted = {name: as_json_schema(value) for name, value in schema.items() if name not in ("nullable", "example")}
    return {"anyOf": [converted, {"type": "null"}]} if schema.get("nullable") is True else converted


def form_tree(encoded: str) -> Json:
    """A form with brackets as nested data."""
    tree: dict[str, Json] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        head, *rest = re.findall(r"[^\[\]]+", name)
        node = tree
        path = [head, *rest]
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value
    return _with_lists(tree)


def _with_lists(node: Json) -> Json:
    if not isinstance(node, dict):
        return node
    if node and all(name.isdigit() for name in node):
        return [_with_lists(node[name]) for name in sorted(node, key=int)]
    return {name: _with_lists(value) for name, value in node.items()}


def typed(value: Json, schema: Json) -> Json:
    """Texts of a form in the types that the schema wants, where they are such."""
    for candidate in _alternatives(schema):
        kind = candidate.get("type")
        if kind == "object" and isinstance(value, dict):
            properties, others = candidate.get("properties", {}), candidate.get("additionalProperties")
            return {
                name: typed(item, properties.get(name, others if isinstance(others, dict) else {}))
                for name, item in value.items()
            }
        if kind == "array" and isinstance(value, list):
            return [typed(item, candidate.get("items", {})) for item in value]
        if kind == "integer" and isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value):
            return int(value)
        if kind == "boolean" and value in ("true", "false"):
            return value == "true"
    return value


def _alternatives(schema: Json) -> Iterator[dict[str, Json]]:
    if isinstance(schema, dict):
        yield schema
        for alternative in schema.get("anyOf", ()):
            yield from _alternatives(alternative)
