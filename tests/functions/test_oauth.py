"""The function `oauth` brings whoever comes back from a provider to where the consent was begun, and hides the code."""

import re
import uuid

import httpx
import pytest

from tests.functions.standin import Hub, StandIn

CALLBACK = "/oauth/callback"
OPERATION, CONNECTION = str(uuid.uuid4()), str(uuid.uuid4())
RETURN_URL = "https://app.example/connect?tab=2"
CODE = "AQB-secret.code_1"
ARABIC = re.compile("[\u0600-\u06ff]")


def outcome(status: str, code: str | None = None) -> dict[str, object]:
    """What the database tells of a consent."""
    error = {"code": code, "message": "Merchant 123 was refused."} if code else None
    return {"status": status, "error": error, "return_url": RETURN_URL, "connection_id": CONNECTION}


def begun(hub: Hub, *outcomes: dict[str, object], return_url: str | None = RETURN_URL) -> None:
    """A consent is under way, and ends like this."""
    hub.answers("finish_oauth", {"operation_id": OPERATION, "return_url": return_url})
    hub.answers("oauth_outcome", *outcomes)


def is_kept(answer: httpx.Response) -> None:
    """Nothing of the answer is kept, or passed on to the page that follows."""
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert CODE not in str(answer.headers) + answer.text


def says(answer: httpx.Response, status: int, english: str) -> None:
    """The answer is this text, in Arabic too."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8"), answer.text
    assert english in answer.text
    assert ARABIC.search(answer.text)
    is_kept(answer)


async def test_whoever_agreed_is_sent_back_connected(visitor: httpx.AsyncClient, hub: Hub) -> None:
    begun(hub, outcome("pending"), outcome("pending"), outcome("succeeded"))
    answer = await visitor.get(CALLBACK, params={"state": "s1", "code": CODE})

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{RETURN_URL}&connection_id={CONNECTION}&status=connected"
    is_kept(answer)
    assert hub.inputs("finish_oauth") == [{"state": "s1", "code": CODE, "error": None}]
    assert hub.inputs("oauth_outcome") == [{"operation_id": OPERATION}] * 3


async def test_whoever_did_not_agree_is_sent_back_with_the_reason(visitor: httpx.AsyncClient, hub: Hub) -> None:
    begun(hub, outcome("failed", "consent_declined"))
    refused = {"state": "s1", "error": "access_denied", "error_description": "The user said no", "code": CODE}
    answer = await visitor.get(CALLBACK, params=refused)

    expected = f"{RETURN_URL}&connection_id={CONNECTION}&status=failed&code=consent_declined"
    assert (answer.status_code, answer.headers["location"]) == (303, expected)
    assert hub.inputs("finish_oauth") == [{"state": "s1", "code": None, "error": "access_denied: The user said no"}]


@pytest.mark.parametrize("status", ["failed", "dead", "cancelled"])
async def test_an_exchange_that_failed_says_so(visitor: httpx.AsyncClient, hub: Hub, status: str) -> None:
    begun(hub, outcome(status, "authentication_failed"))
    answer = await visitor.get(CALLBACK, params={"state": "s1", "code": CODE})

    assert answer.headers["location"].endswith("&status=failed&code=authentication_failed")
    assert "123" not in str(answer.headers) + answer.text


async def test_an_exchange_that_takes_long_is_pending(visitor: httpx.AsyncClient, hub: Hub) -> None:
    begun(hub, outcome("pending"))
    answer = await visitor.get(CALLBACK, params={"state": "s1", "code": CODE})

    assert answer.headers["location"] == f"{RETURN_URL}&connection_id={CONNECTION}&status=pending"
    assert 9 <= answer.elapsed.total_seconds() <= 12


@pytest.mark.parametrize(
    ("told", "english"),
    [(outcome("succeeded"), "Connected. You can close"), (outcome("failed", "invalid_request"), "Not connected.")],
    ids=["connected", "failed"],
)
async def test_without_a_way_back_a_text_says_how_it_went(
    visitor: httpx.AsyncClient, hub: Hub, told: dict[str, object], english: str
) -> None:
    begun(hub, told, return_url=None)
    says(await visitor.get(CALLBACK, params={"state": "s1", "code": CODE}), 200, english)


@pytest.mark.parametrize(
    ("status", "code", "shown", "english"),
    [
        (404, "oauth_state_not_found", 404, "begin again"),
        (410, "oauth_state_used", 410, "finished already"),
        (500, "XX000", 503, "cannot be finished right now"),
        (404, "PGRST202", 503, "cannot be finished right now"),
    ],
)
async def test_a_state_that_is_not_good_says_why(
    visitor: httpx.AsyncClient, hub: Hub, status: int, code: str, shown: int, english: str
) -> None:
    hub.refuses("finish_oauth", status, code)
    says(await visitor.get(CALLBACK, params={"state": "s1", "code": CODE}), shown, english)
    assert hub.inputs("oauth_outcome") == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "state=s1",
        "code=c",
        "state=&code=c",
        "state=s1&code=",
        "state=s1&state=s2&code=c",
        "state=s1&code=c&code=d",
        f"state={'s' * 1025}&code=c",
    ],
)
async def test_what_is_no_coming_back_reaches_nobody(visitor: httpx.AsyncClient, hub: Hub, query: str) -> None:
    says(await visitor.get(f"{CALLBACK}?{query}"), 404, "not known")
    assert hub.asked == []


async def test_other_addresses_and_methods_are_none(visitor: httpx.AsyncClient, hub: Hub) -> None:
    for path in ("/oauth", "/oauth/", "/oauth/callback/x", "/oauth/x"):
        says(await visitor.get(path, params={"state": "s1", "code": CODE}), 404, "not known")
    posted = await visitor.post(CALLBACK, params={"state": "s1", "code": CODE})
    assert (posted.status_code, posted.headers["allow"]) == (405, "GET, HEAD")
    assert hub.asked == []


async def test_no_preview_spends_the_state(visitor: httpx.AsyncClient, hub: Hub) -> None:
    coming = {"state": "s1", "code": CODE}
    assert (await visitor.head(CALLBACK, params=coming)).status_code == 200
    says(await visitor.get(CALLBACK, params=coming, headers={"user-agent": "WhatsApp/2.23"}), 200, "Open this address")
    says(await visitor.get(CALLBACK, params=coming, headers={"sec-purpose": "prefetch"}), 503, "Open this address")
    assert hub.asked == []


async def test_no_code_is_in_the_log(visitor: httpx.AsyncClient, hub: Hub, functions: StandIn) -> None:
    hub.refuses("finish_oauth", 500, "XX000")
    await visitor.get(CALLBACK, params={"state": "logged-state", "code": CODE})
    begun(hub, outcome("failed", "authentication_failed"))
    await visitor.get(CALLBACK, params={"state": "logged-state", "code": CODE})
    logged = functions.log.read_text()
    assert "finish_oauth answered 500 XX000" in logged
    assert CODE not in logged
    assert "logged-state" not in logged
