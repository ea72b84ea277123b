"""Consent by OAuth: addresses and forms as RFC 6749 and RFC 7636 write them; and no token where it could be read."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from pydantic import ValidationError

from workers.providers.oauth import (
    CodeExchange,
    ConsentRequest,
    ConsentScheme,
    TokenFacts,
    TokenGrant,
    code_form,
    consent_url,
    expiry,
    refresh_form,
    scopes_of,
)

PLAIN = ConsentScheme(scopes=("read", "write"), pkce=False, refreshes=False)
PKCE = ConsentScheme(scopes=("read", "write"), pkce=True, refreshes=True, parameters={"access_type": "offline"})
# The example of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
ASKED = ConsentRequest(state="s&=1", redirect_uri="https://hub.example/back?a=1", code_verifier=VERIFIER)
CAME_BACK = CodeExchange(code="c/o+d=e", redirect_uri="https://hub.example/back?a=1", code_verifier=VERIFIER)


def query_of(
    scheme: ConsentScheme, request: ConsentRequest, address: str = "https://id.example/auth"
) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(consent_url(scheme, address, "client 1", request)).query))


def form_of(form: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(form, strict_parsing=True).items()}


def test_a_consent_page_is_asked_for_what_the_scheme_says() -> None:
    assert query_of(PLAIN, ASKED) == {
        "response_type": "code",
        "client_id": "client 1",
        "redirect_uri": "https://hub.example/back?a=1",
        "scope": "read write",
        "state": "s&=1",
    }
    assert consent_url(PLAIN, "https://id.example/auth", "c", ASKED).startswith("https://id.example/auth?")


def test_an_address_keeps_what_it_has_already() -> None:
    query = query_of(PLAIN, ASKED, "https://id.example/auth?prompt=login")
    assert (query["prompt"], query["client_id"]) == ("login", "client 1")


def test_a_challenge_is_sent_where_the_provider_takes_one() -> None:
    query = query_of(PKCE, ASKED)
    assert (query["code_challenge"], query["code_challenge_method"]) == (CHALLENGE, "S256")
    assert query["access_type"] == "offline"
    assert VERIFIER not in query.values()
    without = query_of(PKCE, ConsentRequest(state="s", redirect_uri="https://hub.example"))
    assert "code_challenge" not in without
    assert not query_of(PLAIN, ASKED).keys() & {"code_challenge", "code_challenge_method", "code_verifier"}


def test_the_challenge_is_the_hash_of_the_verifier() -> None:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == CHALLENGE


def test_other_scopes_are_asked_for_in_the_providers_writing() -> None:
    asked = ConsentRequest(state="s", redirect_uri="https://hub.example", scopes=("a", "b"))
    assert query_of(PLAIN.model_copy(update={"scope_separator": ","}), asked)["scope"] == "a,b"
    assert "scope" not in query_of(ConsentScheme(scopes=(), pkce=False, refreshes=False), ASKED)


def test_a_code_is_traded_with_its_verifier() -> None:
    form = form_of(code_form(PKCE, CAME_BACK, client_id="c", client_secret="s"))
    assert form == {
        "grant_type": "authorization_code",
        "code": "c/o+d=e",
        "redirect_uri": "https://hub.example/back?a=1",
        "client_id": "c",
        "client_secret": "s",
        "code_verifier": VERIFIER,
    }
    assert "code_verifier" not in form_of(code_form(PLAIN, CAME_BACK))
    lost = CodeExchange(code="c", redirect_uri="https://hub.example")
    assert "code_verifier" not in form_of(code_form(PKCE, lost))


def test_access_is_renewed() -> None:
    form = form_of(refresh_form("r/1+", client_id="c"))
    assert form == {"grant_type": "refresh_token", "refresh_token": "r/1+", "client_id": "c"}


NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "ends"),
    [
        (3600, NOW + timedelta(hours=1)),
        ("3600", NOW + timedelta(hours=1)),
        (0.5, NOW + timedelta(milliseconds=500)),
        (0, None),
        ("0", None),
        (-1, None),
        (None, None),
        (True, None),
    ],
)
def test_when_a_token_runs_out(seconds: Any, ends: datetime | None) -> None:
    assert expiry(seconds, NOW) == ends


def test_a_token_of_so_many_seconds_is_counted_from_now() -> None:
    ends = expiry(60)
    assert ends is not None
    assert timedelta(seconds=59) < ends - datetime.now(UTC) <= timedelta(seconds=60)


@pytest.mark.parametrize("seconds", ["soon", "", "1h"])
def test_what_is_no_number_of_seconds_is_told(seconds: str) -> None:
    with pytest.raises(ValueError):
        expiry(seconds)


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("b a", ("a", "b")),
        ("b,a", ("a", "b")),
        ("a, b\n a", ("a", "b")),
        ("", None),
        ("  ", None),
        (None, None),
        (["a"], None),
    ],
)
def test_scopes_however_they_are_separated(text: Any, scopes: tuple[str, ...] | None) -> None:
    assert scopes_of(text) == scopes


def test_codes_and_tokens_do_not_show() -> None:
    grant = TokenGrant({"access_token": "a-secret-token"}, TokenFacts(subject_name="Mariam"))
    shown = f"{ASKED!r} {CAME_BACK!r} {grant!r}"
    for secret in (VERIFIER, "c/o+d=e", "a-secret-token"):
        assert secret not in shown
    assert "Mariam" in shown


def test_a_scheme_is_complete() -> None:
    with pytest.raises(ValidationError):
        ConsentScheme(scopes=("a",), pkce=True)  # type: ignore[call-arg]
    assert (PLAIN.scope_separator, PLAIN.parameters, PLAIN.access_days) == (" ", {}, None)
