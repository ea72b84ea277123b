"""The function `forms` takes in what visitors write, tells no more of them than is needed, and lets them confirm it."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.functions.standin import Hub, StandIn, stand_in

TOKEN = "lf_" + "a" * 32
FORM = f"/forms/{TOKEN}"
CONFIRM = "/forms/confirm/" + "c" * 43
SITE = "https://shop.example"
DEFINITION = {
    "name": "Newsletter",
    "fields": [{"name": "email", "type": "email", "required": True}],
    "consent_text": "I want news.",
    "origins": [SITE],
    "redirect_url": f"{SITE}/thanks",
}
ANSWERS = {"email": "mona@example.com", "name": "منى"}
PAGE = {"accept": "text/html,application/xhtml+xml"}
ARABIC = re.compile("[\u0600-\u06ff]")


@pytest.fixture(autouse=True)
def form(hub: Hub) -> Iterator[None]:
    """A form that takes what comes."""
    hub.answers("lead_form", DEFINITION)
    hub.answers("capture_lead", {"status": "captured", "redirect_url": None})
    hub.answers("confirm_lead", {"status": "confirmed", "redirect_url": None})
    yield


def captured(hub: Hub) -> dict[str, Any]:
    """What the database was given of the only submission."""
    [given] = hub.inputs("capture_lead")
    return given


def says(answer: httpx.Response, status: int, english: str) -> None:
    """The answer is this text, in Arabic too."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8"), answer.text
    assert english in answer.text
    assert ARABIC.search(answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def is_refused(answer: httpx.Response, status: int, code: str, field: str | None = None) -> None:
    """The answer tells a script this."""
    body = answer.json()
    assert (answer.status_code, body["code"], body.get("field")) == (status, code, field), body
    assert body["message"]


async def test_a_script_is_shown_the_form(visitor: httpx.AsyncClient, hub: Hub) -> None:
    answer = await visitor.get(FORM, headers={"origin": SITE})

    assert answer.json() == {name: value for name, value in DEFINITION.items() if name != "origins"}
    assert answer.headers["access-control-allow-origin"] == SITE
    assert answer.headers["vary"] == "origin"
    assert hub.inputs("lead_form") == [{"token": TOKEN}]


@pytest.mark.parametrize(
    "body",
    [
        {"json": ANSWERS},
        {"data": ANSWERS},
        {"files": {name: (None, value) for name, value in ANSWERS.items()}},
    ],
    ids=["json", "urlencoded", "multipart"],
)
async def test_what_was_written_is_taken_in_however_it_is_sent(
    visitor: httpx.AsyncClient, hub: Hub, body: dict[str, Any]
) -> None:
    answer = await visitor.post(FORM, headers={"origin": SITE}, **body)

    assert answer.json() == {"status": "captured", "redirect_url": None}
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, SITE)
    given = captured(hub)
    assert (given["token"], given["answers"]) == (TOKEN, ANSWERS)
    assert (given["context"]["origin"], given["context"]["honeypot"]) == (SITE, False)


async def test_values_of_a_script(visitor: httpx.AsyncClient, hub: Hub) -> None:
    await visitor.post(FORM, json={"consent": True, "age": 30, "name": None, "__proto__": "x"})
    assert captured(hub)["answers"] == {"consent": True, "age": "30", "name": None, "__proto__": "x"}


async def test_of_a_field_that_comes_twice_the_last_one_counts(visitor: httpx.AsyncClient, hub: Hub) -> None:
    await visitor.post(FORM, data={"consent": ["0", "on"]})
    assert captured(hub)["answers"] == {"consent": "on"}


@pytest.mark.parametrize(
    ("content_type", "content", "status", "code"),
    [
        ("application/json", b"[1]", 400, "invalid_answers"),
        ("application/json", b"{", 400, "invalid_answers"),
        ("application/json", b'{"a": {"b": 1}}', 400, "invalid_answers"),
        ("application/json", b'{"a": "\xff"}', 400, "invalid_answers"),
        ("multipart/form-data; boundary=x", b"nonsense", 400, "invalid_answers"),
        ("multipart/form-data", b"", 400, "invalid_answers"),
        ("text/plain", b"a=b", 415, "unsupported_type"),
        ("application/json", b'"' + b"x" * 65_536 + b'"', 413, "body_too_large"),
        ("application/json", json.dumps({f"f{n}": "" for n in range(101)}).encode(), 400, "invalid_answers"),
        ("application/json", json.dumps({"f" * 201: ""}).encode(), 400, "invalid_answers"),
    ],
    ids=[
        "list",
        "not JSON",
        "nested",
        "not UTF-8",
        "no parts",
        "no boundary",
        "text",
        "too large",
        "many",
        "long name",
    ],
)
async def test_what_is_no_form_is_refused(
    visitor: httpx.AsyncClient, hub: Hub, content_type: str, content: bytes, status: int, code: str
) -> None:
    answer = await visitor.post(FORM, content=content, headers={"content-type": content_type, "origin": SITE})
    is_refused(answer, status, code)
    assert answer.headers["access-control-allow-origin"] == SITE
    assert hub.asked == []


async def test_a_field_for_files_may_be_left_empty(visitor: httpx.AsyncClient, hub: Hub) -> None:
    parts = ['name="name"\r\n\r\nmona', 'name="cv"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n']
    content = "".join(f"--x\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--x--\r\n"
    await visitor.post(FORM, content=content, headers={"content-type": "multipart/form-data; boundary=x"})
    assert captured(hub)["answers"] == {"name": "mona"}


async def test_files_are_not_taken(visitor: httpx.AsyncClient, hub: Hub) -> None:
    is_refused(await visitor.post(FORM, files={"cv": ("cv.pdf", b"%PDF")}), 415, "files_not_taken")
    says(await visitor.post(FORM, files={"cv": ("cv.pdf", b"%PDF")}, headers=PAGE), 415, "without files")
    assert hub.asked == []


@pytest.mark.parametrize("trap", ["website", "_gotcha"])
async def test_whoever_fills_in_what_nobody_sees_is_told_of_to_the_database(
    visitor: httpx.AsyncClient, hub: Hub, trap: str
) -> None:
    await visitor.post(FORM, data={**ANSWERS, trap: "https://spam.example"})
    assert (captured(hub)["answers"], captured(hub)["context"]["honeypot"]) == (ANSWERS, True)


@pytest.mark.parametrize("value", ["", " ", None, False])
async def test_a_trap_that_was_left_alone_is_none(visitor: httpx.AsyncClient, hub: Hub, value: object) -> None:
    await visitor.post(FORM, json={**ANSWERS, "website": value})
    assert (captured(hub)["answers"], captured(hub)["context"]["honeypot"]) == (ANSWERS, False)


async def test_what_is_known_of_the_visitor(visitor: httpx.AsyncClient, hub: Hub) -> None:
    page = f"{SITE}/offer?utm_source=mail&utm_medium=email&gclid=g1&session=secret"
    asides = {
        "_t": str(int(time.time() * 1000) - 5000),
        "_page": page,
        "_referrer": "https://search.example/",
        "_client_id": "1.2",
    }
    await visitor.post(f"{FORM}?utm_source=poster&x=y", data={**ANSWERS, **asides}, headers={"origin": SITE})

    context = captured(hub)["context"]
    assert captured(hub)["answers"] == ANSWERS
    assert 5000 <= context.pop("elapsed_ms") < 15_000
    assert re.fullmatch("[0-9a-f]{64}", context.pop("ip_hash", "0" * 64))
    assert context.pop("user_agent").startswith("Mozilla/5.0 (iPhone")
    assert context == {
        "origin": SITE,
        "page": page,
        "referrer": "https://search.example/",
        "client_id": "1.2",
        "query": {"utm_source": "poster", "utm_medium": "email", "gclid": "g1"},
        "honeypot": False,
    }


@pytest.mark.parametrize("shown_at", ["soon", "", "0", "99999999999999"])
async def test_a_time_that_cannot_be_is_left_out(visitor: httpx.AsyncClient, hub: Hub, shown_at: str) -> None:
    await visitor.post(FORM, data={**ANSWERS, "_t": shown_at})
    assert "elapsed_ms" not in captured(hub)["context"]


async def test_the_page_is_told_by_the_browser_if_by_nobody_else(visitor: httpx.AsyncClient, hub: Hub) -> None:
    await visitor.post(FORM, data=ANSWERS, headers={"referer": f"{SITE}/offer?fbclid=f1"})
    context = captured(hub)["context"]
    assert (context["page"], context["query"]) == (f"{SITE}/offer?fbclid=f1", {"fbclid": "f1"})


async def hashes(visitor: httpx.AsyncClient, hub: Hub, *headers: dict[str, str]) -> list[str]:
    """As whom the database knows those who send these headers."""
    for each in headers:
        await visitor.post(FORM, data=ANSWERS, headers=each)
    return [given["context"].get("ip_hash", "") for given in hub.inputs("capture_lead")]


async def test_visitors_are_told_apart_by_what_the_nearest_proxy_says(visitor: httpx.AsyncClient, hub: Hub) -> None:
    one, same, other, forged, unknown = await hashes(
        visitor,
        hub,
        {"x-forwarded-for": "94.200.0.1"},
        {"x-forwarded-for": "6.6.6.6, 94.200.0.1", "cf-connecting-ip": "7.7.7.7", "x-real-ip": "8.8.8.8"},
        {"x-forwarded-for": "94.200.0.2"},
        {"x-forwarded-for": "94.200.0.1, 6.6.6.6"},
        {},
    )
    assert re.fullmatch("[0-9a-f]{64}", one)
    assert one == same
    assert len({one, other, forged, unknown}) == 4
    assert unknown == ""


async def test_of_ipv6_the_network_is_the_visitor(visitor: httpx.AsyncClient, hub: Hub) -> None:
    addresses = ["2001:db8:0:1::1", "2001:DB8::1:ffff:0:0:2", "2001:0db8:0000:0001:a:b:c:d", "2001:db8:0:2::1"]
    one, same, also, other = await hashes(visitor, hub, *({"x-forwarded-for": address} for address in addresses))
    assert one == same == also != other


async def test_on_hosted_supabase_the_visitor_is_whom_cloudflare_names(tmp_path: Path) -> None:
    async with (
        stand_in(tmp_path, SB_REGION="ap-south-1") as hosted,
        httpx.AsyncClient(base_url=hosted.url, timeout=30) as visitor,
    ):
        hosted.hub.answers("capture_lead", {"status": "captured", "redirect_url": None})
        one, same, other = await hashes(
            visitor,
            hosted.hub,
            {"cf-connecting-ip": "94.200.0.1", "x-forwarded-for": "94.200.0.1"},
            {"cf-connecting-ip": "94.200.0.1", "x-forwarded-for": "6.6.6.6"},
            {"cf-connecting-ip": "94.200.0.2", "x-forwarded-for": "94.200.0.1"},
        )
    assert one == same != other


async def test_neither_address_nor_answers_are_kept_or_logged(
    visitor: httpx.AsyncClient, hub: Hub, functions: StandIn
) -> None:
    hub.refuses("capture_lead", 500, "XX000")
    await visitor.post(FORM, data=ANSWERS, headers={"x-forwarded-for": "94.200.0.77"})
    assert "94.200.0.77" not in json.dumps(captured(hub))
    logged = functions.log.read_text()
    assert "capture_lead answered 500 XX000" in logged
    assert "mona@example.com" not in logged
    assert "94.200.0.77" not in logged


async def test_a_plain_form_is_sent_on_to_the_merchants_page(visitor: httpx.AsyncClient, hub: Hub) -> None:
    hub.answers("capture_lead", {"status": "captured", "redirect_url": f"{SITE}/thanks"})
    answer = await visitor.post(FORM, data=ANSWERS, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{SITE}/thanks")


@pytest.mark.parametrize(("status", "english"), [("captured", "We have received it"), ("confirm", "open the mail")])
async def test_without_such_a_page_a_text_says_thanks(
    visitor: httpx.AsyncClient, hub: Hub, status: str, english: str
) -> None:
    hub.answers("capture_lead", {"status": status, "redirect_url": None})
    says(await visitor.post(FORM, data=ANSWERS, headers=PAGE), 200, english)


@pytest.mark.parametrize(
    ("status", "code", "details", "field", "english"),
    [
        (404, "form_not_found", "token", None, "no such form"),
        (403, "origin_not_allowed", "context.origin", None, "cannot be used from that page"),
        (400, "invalid_answers", "answers.email", "email", "correct “email”: Told by capture_lead."),
        (400, "consent_required", "answers.consent", "consent", "correct “consent”"),
        (422, "card_number_refused", "answers.name", "name", "correct “name”"),
    ],
)
async def test_what_the_database_refuses_is_passed_on(
    visitor: httpx.AsyncClient, hub: Hub, status: int, code: str, details: str, field: str | None, english: str
) -> None:
    hub.refuses("capture_lead", status, code, details)
    answer = await visitor.post(FORM, json=ANSWERS, headers={"origin": SITE})
    is_refused(answer, status, code, field)
    assert ("access-control-allow-origin" in answer.headers) == (status not in (403, 404))
    says(await visitor.post(FORM, data=ANSWERS, headers=PAGE), 400 if status == 422 else status, english)


async def test_too_many_are_asked_to_wait(visitor: httpx.AsyncClient, hub: Hub) -> None:
    hub.refuses("capture_lead", 429, "too_many_submissions", retry_after="17")
    answer = await visitor.post(FORM, json=ANSWERS)
    is_refused(answer, 429, "too_many_submissions")
    page = await visitor.post(FORM, data=ANSWERS, headers=PAGE)
    says(page, 429, "Wait a minute")
    assert answer.headers["retry-after"] == page.headers["retry-after"] == "17"


@pytest.mark.parametrize(("status", "code"), [(500, "XX000"), (404, "PGRST202"), (400, "PGRST100"), (401, "42501")])
async def test_what_the_visitor_cannot_mend_is_not_told(
    visitor: httpx.AsyncClient, hub: Hub, status: int, code: str
) -> None:
    hub.refuses("capture_lead", status, code)
    answer = await visitor.post(FORM, json=ANSWERS)
    is_refused(answer, 503, "unavailable")
    assert "Told by" not in answer.text
    says(await visitor.post(FORM, data=ANSWERS, headers=PAGE), 503, "cannot be taken right now")


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        ([SITE], SITE, True),
        ([SITE], "https://evil.example", False),
        ([SITE], "null", False),
        ([], "https://any.example", True),
        ([SITE], f"{SITE}.evil.example", False),
    ],
)
async def test_scripts_of_other_sites_are_let_in_by_the_forms_origins(
    visitor: httpx.AsyncClient, hub: Hub, origins: list[str], origin: str, allowed: bool
) -> None:
    hub.answers("lead_form", {**DEFINITION, "origins": origins})
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    answer = await visitor.options(FORM, headers=asked)

    assert answer.status_code == (204 if allowed else 403)
    assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
    assert answer.headers["vary"] == "origin"
    if allowed:
        assert answer.headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
        assert answer.headers["access-control-allow-headers"] == "content-type"
    shown = await visitor.get(FORM, headers={"origin": origin})
    assert shown.headers.get("access-control-allow-origin") == (origin if allowed else None)
    assert "access-control-allow-credentials" not in answer.headers


async def test_an_unknown_address_is_none(visitor: httpx.AsyncClient, hub: Hub) -> None:
    for path in (FORM[:-1], FORM + "a", FORM + "/x", "/forms", "/forms/", "/forms/lf_%27or+true--", "/forms/confirm/x"):
        is_refused(await visitor.post(path, json=ANSWERS), 404, "form_not_found")
        says(await visitor.post(path, data=ANSWERS, headers=PAGE), 404, "no such form")
    assert hub.asked == []


async def test_other_methods_are_refused(visitor: httpx.AsyncClient, hub: Hub) -> None:
    for method in ("PUT", "DELETE", "HEAD"):
        answer = await visitor.request(method, FORM)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, OPTIONS")
    answer = await visitor.request("PUT", CONFIRM)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert hub.asked == []


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_person_confirms_by_following_the_link(visitor: httpx.AsyncClient, hub: Hub, method: str) -> None:
    says(await visitor.request(method, CONFIRM), 200, "Your address is confirmed")
    hub.answers("confirm_lead", {"status": "confirmed", "redirect_url": f"{SITE}/welcome"})
    answer = await visitor.request(method, CONFIRM)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{SITE}/welcome")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert hub.inputs("confirm_lead") == [{"token": "c" * 43}] * 2


async def test_no_preview_confirms(visitor: httpx.AsyncClient, hub: Hub) -> None:
    assert (await visitor.head(CONFIRM)).status_code == 200
    says(
        await visitor.get(CONFIRM, headers={"user-agent": "Slackbot-LinkExpanding 1.0"}), 200, "to confirm your address"
    )
    says(await visitor.get(CONFIRM, headers={"purpose": "prefetch"}), 503, "to confirm your address")
    assert hub.asked == []


async def test_a_link_that_confirms_nothing_says_so(visitor: httpx.AsyncClient, hub: Hub) -> None:
    hub.refuses("confirm_lead", 404, "confirmation_not_found", "token")
    says(await visitor.get(CONFIRM), 404, "nothing to confirm")
    hub.refuses("confirm_lead", 503, "57P03")
    says(await visitor.get(CONFIRM), 503, "cannot be taken right now")
