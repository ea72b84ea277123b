"""Answers that operations have in common: how the hub says no, and with which headers."""

from __future__ import annotations

from typing import Any, Final

from workers.api_description.shapes import Json

_RETRY_AFTER: Final = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}

SCHEMAS: Final[Json] = {
    "Error": {
        "type": "object",
        "description": "How the Data API refuses. `code` is stable and meant for programs.",
        "required": ["code", "message", "details", "hint"],
        "properties": {
            "code": {
                "type": "string",
                "description": "The hub's own (`invalid_amount`), PostgREST's (`PGRST…`) or an SQLSTATE.",
                "examples": ["invalid_amount"],
            },
            "message": {
                "type": "string",
                "description": "One sentence for people.",
                "examples": ["AED has two decimals."],
            },
            "details": {
                "description": "The argument or field at fault, as a string; null where there is none.",
                "examples": ["amount"],
            },
            "hint": {"type": ["string", "null"], "examples": [None]},
        },
    },
    "OAuthError": {
        "type": "object",
        "description": "RFC 6749, section 5.2.",
        "required": ["error", "error_description"],
        "properties": {
            "error": {"type": "string", "examples": ["invalid_client"]},
            "error_description": {"type": "string", "examples": ["The API key is unknown, expired or revoked."]},
        },
    },
    "FunctionError": {
        "type": "object",
        "description": "How the functions for people and providers refuse.",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "examples": ["form_not_found"]},
            "message": {"type": "string", "examples": ["There is no such form."]},
            "field": {"type": "string", "examples": ["email"]},
        },
    },
}

HEADERS: Final[Json] = {
    "Retry-After": {
        "description": "In how many seconds to try again.",
        "schema": {"type": "integer", "minimum": 0, "examples": [12]},
    },
    "Content-Range": {
        "description": "Which rows these are, and of how many when `Prefer: count=exact` asked: `0-24/57`.",
        "schema": {"type": "string", "examples": ["0-24/*"]},
    },
    "WWW-Authenticate": {
        "description": "How to prove who one is.",
        "schema": {"type": "string", "examples": ["Bearer"]},
    },
}

_ERRORS: Final[dict[str, tuple[str, str, str, Json]]] = {
    "400": ("BadRequest", "An argument, filter or body is wrong: `details` names it.", "invalid_amount", {}),
    "401": (
        "Unauthorized",
        "No token, or one that is expired, forged or of a revoked API key.",
        "invalid_api_key",
        {"WWW-Authenticate": {"$ref": "#/components/headers/WWW-Authenticate"}},
    ),
    "403": (
        "Forbidden",
        "The caller's role or scope is not enough, or its key is for the other environment.",
        "forbidden",
        {},
    ),
    "404": ("NotFound", "There is no such thing, or it is not the caller's.", "payment_not_found", {}),
    "405": ("NotAllowed", "Not with this method.", "PGRST101", {}),
    "406": ("NotAcceptable", "Not to be had in the media type or form that `Accept` asks for.", "PGRST107", {}),
    "409": (
        "Conflict",
        "As things stand it cannot be done: wrong state, taken, or used already.",
        "idempotency_key_reused",
        {},
    ),
    "413": ("TooLarge", "The body is too large.", "body_too_large", {}),
    "415": ("UnsupportedMediaType", "Not in the media type of `Content-Type`.", "PGRST102", {}),
    "416": ("RangeNotSatisfiable", "There are fewer rows than the range begins at.", "PGRST103", {}),
    "422": (
        "Unprocessable",
        "It holds what the hub never takes: a payment card's number or security code.",
        "card_number_refused",
        {},
    ),
    "429": (
        "TooManyRequests",
        "The API key's rate limit or a monthly quota is used up.",
        "too_many_requests",
        _RETRY_AFTER,
    ),
    "503": ("Unavailable", "The hub or its database cannot do it now.", "PGRST001", _RETRY_AFTER),
}

READING: Final = ("400", "401", "403", "404", "406", "416", "429", "503")
WRITING: Final = ("400", "401", "403", "404", "406", "409", "415", "422", "429", "503")


def responses() -> Json:
    """The components that `refusals` refers to."""
    return {
        name: {
            "description": description,
            "headers": headers,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/Error"},
                    "example": {"code": code, "message": description, "details": None, "hint": None},
                }
            },
        }
        for name, description, code, headers in _ERRORS.values()
    }


def refusals(statuses: tuple[str, ...]) -> Json:
    """How an operation of the Data API can refuse."""
    return {status: {"$ref": f"#/components/responses/{_ERRORS[status][0]}"} for status in statuses}


def json_answer(description: str, schema: Json, example: Any, headers: Json | None = None) -> Json:
    """An answer with a JSON body."""
    return {
        "description": description,
        "headers": headers or {},
        "content": {"application/json": {"schema": schema, "example": example}},
    }
