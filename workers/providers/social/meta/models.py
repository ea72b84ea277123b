"""Credentials and settings of a connection to one of Meta's networks."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field, SecretStr

from workers.providers.base import Credentials, Settings
from workers.providers.signatures import ChosenSecret

API_VERSION: Final = "v25.0"
"""Of 18 February 2026; each version lives for two years after the next one came out."""


def _fits_a_header(secret: SecretStr | None) -> SecretStr | None:
    text = secret.get_secret_value() if secret else "-"
    if not (text and len(text) <= 4096 and text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("is not one of Meta's: it has spaces, or letters that Meta uses nowhere")
    return secret


_Word = Annotated[SecretStr | None, AfterValidator(_fits_a_header)]


class MetaCredentials(Credentials):
    """An app of Meta's, and access to what somebody keeps there."""

    client_id: _Word = Field(
        default=None,
        title="App ID",
        description="Of your app at https://developers.facebook.com/apps > App settings > Basic. Needed to connect by "
        "consent, and to see until when access holds.",
    )
    client_secret: _Word = Field(
        default=None,
        title="App secret",
        description="From the same page. It also proves calls (appsecret_proof) and webhooks: without it no webhook is "
        "believed.",
    )
    access_token: _Word = Field(
        default=None,
        title="Access token",
        description="Comes by the consent. Or paste one: a long-lived user token, or a system user's from Business "
        "settings, which does not run out.",
        json_schema_extra={"by_consent": True},
    )
    webhook_verify_token: ChosenSecret = Field(
        default=None,
        title="Verify token of the webhook",
        description="At least 16 characters, chosen by you: the same as in the app's dashboard, where Meta asks for it "
        "when the webhook is set up.",
    )


class MetaSettings(Settings):
    """How a connection uses the Graph API."""

    api_version: str = Field(
        default=API_VERSION,
        pattern=r"^v[1-9][0-9]\.[0-9]$",
        title="Graph API version",
        description="Such as v25.0. Raise it when Meta retires the one in use.",
    )
