"""The functions beside the Data API, described by hand: tokens, webhooks, and the pages that people come by.

What they do is in supabase/functions; what they answer is tested in tests/functions.
"""

from __future__ import annotations

from typing import Any, Final

from workers.api_description.answers import json_answer
from workers.api_description.shapes import Json

_RETRY: Final = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
_OPEN: Final[list[Json]] = [{}]
"""Security: none."""


def _token_in_path(pattern: str, example: str) -> Json:
    schema = {"type": "string", "pattern": pattern, "examples": [example]}
    return {
        "name": "token",
        "in": "path",
        "required": True,
        "description": "The secret of the address.",
        "schema": schema,
    }


def _text(description: str, example: str, headers: Json | None = None) -> Json:
    content = {"text/plain": {"schema": {"type": "string"}, "example": example}}
    return {"description": description, "headers": headers or {}, "content": content}


def _refused(description: str, code: str, headers: Json | None = None) -> Json:
    schema = {"$ref": "#/components/schemas/FunctionError"}
    return json_answer(description, schema, {"code": code, "message": description}, headers)


def _oauth_error(description: str, error: str, headers: Json | None = None) -> Json:
    schema = {"$ref": "#/components/schemas/OAuthError"}
    return json_answer(description, schema, {"error": error, "error_description": description}, headers)


def _sent_on(description: str) -> Json:
    location = {"description": "The page to go to.", "schema": {"type": "string", "format": "uri"}}
    return {"description": description, "headers": {"Location": location}}


def _operation(name: str, tag: str, summary: str, description: str, answers: Json, **more: Any) -> Json:
    return {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "security": _OPEN,
        **more,
        "responses": answers,
    }


def _token() -> Json:
    fields = {
        "grant_type": {"type": "string", "const": "client_credentials", "examples": ["client_credentials"]},
        "client_secret": {"type": "string", "description": "The API key.", "examples": ["wasl_" + "A" * 43]},
        "client_id": {"type": "string", "description": "Not looked at.", "examples": [""]},
    }
    schema = {"type": "object", "required": ["grant_type", "client_secret"], "properties": fields}
    given = {"grant_type": "client_credentials", "client_secret": "wasl_" + "A" * 43}
    issued = {
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "scope"],
        "properties": {
            "access_token": {"type": "string", "examples": ["eyJhbGciOiJFUzI1NiJ9.e30.c2ln"]},
            "token_type": {"type": "string", "const": "bearer", "examples": ["bearer"]},
            "expires_in": {"type": "integer", "description": "Seconds.", "examples": [900]},
            "scope": {"type": "string", "examples": ["payments:* operations:read"]},
        },
    }
    example = {name: value["examples"][0] for name, value in issued["properties"].items()}  # type: ignore[attr-defined]
    media = ("application/x-www-form-urlencoded", "application/json")
    return _operation(
        "issue_token",
        "Tokens",
        "Trade an API key for an access token",
        "OAuth 2.0 client credentials (RFC 6749, section 4.4). The key may also come as the password of HTTP Basic. A "
        "token lasts fifteen minutes at most; it ends at once when its key is revoked.",
        {
            "200": json_answer("The token.", issued, example),
            "400": _oauth_error("The request is not as RFC 6749 has it.", "invalid_request"),
            "401": _oauth_error("The API key is unknown, expired or revoked.", "invalid_client"),
            "405": _oauth_error("Use POST.", "invalid_request"),
            "413": _oauth_error("The body is too large.", "invalid_request"),
            "503": _oauth_error("API keys cannot be checked right now.", "temporarily_unavailable", _RETRY),
        },
        requestBody={"required": True, "content": {each: {"schema": schema, "example": given} for each in media}},
    )


def _webhook() -> Json:
    body = {"schema": {}, "example": {"id": "evt_1", "type": "payment_intent.succeeded"}}
    return _operation(
        "receive_webhook",
        "Webhooks",
        "Take in a provider's webhook",
        "The address comes from create_webhook_endpoint. The exact bytes are kept, verified by the provider's "
        "signature, and answered once they are durable. A repeat is accepted and not processed twice.",
        {
            "200": json_answer(
                "It is kept, or was before.",
                {"type": "object", "properties": {"status": {"type": "string"}}},
                {"status": "accepted"},
            ),
            "400": _refused("It is malformed, or older than the endpoint tolerates.", "malformed"),
            "401": _refused("Its signature is not the provider's.", "bad_signature"),
            "404": _refused("Not found.", "not_found"),
            "405": _refused("Send webhooks with POST.", "method_not_allowed"),
            "413": _refused("The body is too large.", "body_too_large"),
            "422": _refused("The webhook holds a payment card's number.", "card_number_refused"),
            "429": _refused("Too many refused deliveries.", "too_many_requests", _RETRY),
            "503": _refused("The webhook was not kept. Send it again.", "unavailable", _RETRY),
        },
        parameters=[_token_in_path("^wh_[A-Za-z0-9_-]{43}$", "wh_" + "A" * 43)],
        requestBody={"required": True, "content": {"application/json": body, "*/*": {"schema": {}, "example": "a=b"}}},
    )


def _consent() -> Json:
    def parameter(name: str, required: bool, description: str, example: str) -> Json:
        schema = {"type": "string", "examples": [example]}
        return {"name": name, "in": "query", "required": required, "description": description, "schema": schema}

    return _operation(
        "finish_consent",
        "Pages",
        "Come back from a provider's consent page",
        "Where a provider sends people who were asked whether the hub may act for them. The state is good once.",
        {
            "200": _text("How it ended, where no page was named when it began.", "Connected."),
            "303": _sent_on("Back to where the consent was begun, with `connection_id` and `status`."),
            "404": _text("There is no such consent.", "This link is not known."),
            "405": _text("Open it in a browser.", "Open this link in a browser."),
            "410": _text("It was used already.", "This link was used already."),
            "503": _text("Not now.", "Try again in a moment.", _RETRY),
        },
        parameters=[
            parameter("state", True, "As start_oauth gave it to the provider.", "st_1"),
            parameter("code", False, "To be traded for access.", "code_1"),
            parameter("error", False, "Why the person said no.", "access_denied"),
            parameter("error_description", False, "The same in words.", "The user denied access"),
        ],
    )


def _payment_link(method: str) -> Json:
    schema = {"type": "string", "format": "uuid"}
    return _operation(
        f"follow_payment_link_{method}",
        "Pages",
        "Follow a payment link" if method == "get" else "Come back from a gateway with a form",
        "Sends whoever opens it on to the gateway's page, and tells them how it went when they come back (`back`).",
        {
            "200": _text("How the payment stands.", "Thank you: 99.00 AED is paid."),
            "303": _sent_on("The gateway's page."),
            "404": _text("There is no such link.", "This payment link is not known."),
            "405": _text("Open it in a browser.", "Open this link in a browser."),
            "410": _text("It is paid, expired or disabled.", "This payment link is paid already."),
            "429": _text("Too many attempts.", "Try again in a minute.", _RETRY),
            "502": _text("The gateway gave no page.", "The payment could not be begun."),
            "503": _text("Not now, or not yet.", "One moment, please.", _RETRY),
        },
        parameters=[
            _token_in_path("^pl_[A-Za-z0-9_-]{32}$", "pl_" + "A" * 32),
            {
                "name": "back",
                "in": "query",
                "required": method == "post",
                "description": "The payment that the payer comes back from.",
                "schema": schema,
            },
            {
                "name": "payment",
                "in": "query",
                "required": False,
                "description": "The payment to go on with.",
                "schema": schema,
            },
        ],
    )


def _form(method: str) -> Json:
    shown = {"type": "object", "properties": {"name": {"type": "string"}, "fields": {"type": "array", "items": {}}}}
    taken = {
        "type": "object",
        "properties": {"status": {"enum": ["captured", "confirm"]}, "redirect_url": {"type": ["string", "null"]}},
    }
    answers: Json = {
        "200": json_answer("The form.", shown, {"name": "Newsletter", "fields": []})
        if method == "get"
        else json_answer("It is taken.", taken, {"status": "captured", "redirect_url": None}),
        "403": _refused("The page that the form is on may not hold it.", "origin_refused"),
        "404": _refused("There is no such form.", "form_not_found"),
        "405": _refused("Use GET or POST.", "method_not_allowed"),
        "429": _refused("Too many answers from there.", "too_many_submissions", _RETRY),
        "503": _refused("Not now.", "unavailable", _RETRY),
    }
    more: Json = {"parameters": [_token_in_path("^lf_[A-Za-z0-9_-]{32}$", "lf_" + "A" * 32)]}
    if method == "post":
        answers |= {
            "303": _sent_on("The form's own page of thanks, for browsers."),
            "400": _refused("An answer is wrong: `field` names it.", "invalid_answer"),
            "413": _refused("The form has more than 64 KB.", "body_too_large"),
            "415": _refused("Neither JSON nor a form.", "unsupported_media_type"),
            "422": _refused("It holds a payment card's number.", "card_number_refused"),
        }
        media = ("application/json", "application/x-www-form-urlencoded")
        content = {each: {"schema": {"type": "object"}, "example": {"email": "sara@example.ae"}} for each in media}
        more["requestBody"] = {"required": True, "content": content}
    return _operation(
        f"{'show' if method == 'get' else 'answer'}_lead_form",
        "Pages",
        "Show a lead form" if method == "get" else "Answer a lead form",
        "For the script of a merchant's page, or a plain HTML form; no key is needed, the address is the form's own.",
        answers,
        **more,
    )


def _confirmation(method: str) -> Json:
    return _operation(
        f"confirm_lead_{method}",
        "Pages",
        "Confirm a lead form's answer",
        "The link of the mail that asks whether it was really this person who wrote.",
        {
            "200": _text("It is confirmed.", "Thank you."),
            "303": _sent_on("The form's own page."),
            "404": _text("There is nothing to confirm.", "There is nothing to confirm."),
            "405": _text("Open it in a browser.", "Open this link in a browser."),
            "503": _text("Not now.", "Try again later.", _RETRY),
        },
        parameters=[_token_in_path("^[A-Za-z0-9_-]{16,128}$", "A" * 32)],
    )


def function_paths() -> Json:
    """The paths below /functions/v1."""
    return {
        "/functions/v1/token": {"post": _token()},
        "/functions/v1/webhooks/{token}": {"post": _webhook()},
        "/functions/v1/oauth/callback": {"get": _consent()},
        "/functions/v1/pay/{token}": {each: _payment_link(each) for each in ("get", "post")},
        "/functions/v1/forms/{token}": {each: _form(each) for each in ("get", "post")},
        "/functions/v1/forms/confirm/{token}": {each: _confirmation(each) for each in ("get", "post")},
    }
