"""What the hub asks of its description beyond being valid OpenAPI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workers.api_description.shapes import Json

METHODS: Final = ("get", "post", "put", "patch", "delete")
_LONGEST_SUMMARY: Final = 160


def complaints(document: Json) -> list[str]:
    """What is missing or wrong, one line each; nothing when all is well."""
    found = list(_same_names(document))
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                found += [f"{method.upper()} {path}: {each}" for each in _of_operation(methods[method], document)]
    for name, schema in document["components"]["schemas"].items():
        if not schema.get("description"):
            found.append(f"schema {name}: no description")
        found += [
            f"schema {name}.{column}: no example"
            for column, each in schema["properties"].items()
            if "examples" not in each
        ]
    return found


def _of_operation(operation: Json, document: Json) -> Iterator[str]:
    summary = operation.get("summary", "")
    if not summary or summary.endswith(".") or len(summary) > _LONGEST_SUMMARY:
        yield "the summary is missing, a whole sentence, or long"
    if len(operation.get("description", "")) < 15:
        yield "no description"
    if not operation.get("tags"):
        yield "no tag"
    for parameter in (_followed(each, document) for each in operation.get("parameters", ())):
        if not parameter.get("description"):
            yield f"parameter {parameter['name']} is not described"
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        if "example" not in content:
            yield f"no example of a request in {media}"
    yield from _of_answers(operation["responses"], document)


def _of_answers(answers: Json, document: Json) -> Iterator[str]:
    statuses = set(answers)
    if not any(status.startswith(("2", "3")) for status in statuses):
        yield "no success"
    if not any(status.startswith("4") for status in statuses) or "503" not in statuses:
        yield "no errors"
    for status, answer in answers.items():
        said = _followed(answer, document)
        if not said.get("description"):
            yield f"answer {status} is not described"
        for media, content in said.get("content", {}).items():
            if "example" not in content:
                yield f"no example of answer {status} in {media}"
        if status == "429" and "Retry-After" not in said.get("headers", {}):
            yield "429 does not say when to try again"


def _same_names(document: Json) -> Iterator[str]:
    names: list[str] = [
        methods[method]["operationId"]
        for methods in document["paths"].values()
        for method in METHODS
        if method in methods
    ]
    yield from (f"operationId {name}: used twice" for name in sorted(set(names)) if names.count(name) > 1)


def _followed(item: Json, document: Json) -> Json:
    """The item itself, or what it refers to."""
    if "$ref" not in item:
        return item
    found = document
    for part in item["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found
