"""A consent on its way: begun by a client, finished by whoever has the state, once and in time."""

import hashlib
import uuid
from typing import Any

import pytest

from tests.support.callers import GATEWAY, Caller, Refusal
from tests.support.newsroom import Newsroom, Row

REDIRECT = "https://hub.example/functions/v1/oauth/callback"
BACK = "https://shop.example/settings?tab=social"


async def started(newsroom: Newsroom, **arguments: Any) -> Row:
    """A consent that a client has begun."""
    row: Row = await newsroom.owner.call("start_oauth", connection_id=newsroom.connection_id, **arguments)
    return row


async def sent_away(newsroom: Newsroom, **arguments: Any) -> str:
    """The state with which somebody has been sent to the provider."""
    operation, state = await started(newsroom, **arguments), uuid.uuid4().hex
    query = "select private.keep_oauth_state(%s, %s, %s) - now() as left_over"
    kept = newsroom.as_worker(query, operation["id"], hashlib.sha256(state.encode()).digest(), REDIRECT)
    assert 9.9 * 60 < kept["left_over"].total_seconds() <= 600
    return state


def state_row(newsroom: Newsroom, state: str) -> Row:
    """What is kept of a consent."""
    query = "select * from private.oauth_states where state_hash = %s"
    return newsroom.one(newsroom.database, query, [hashlib.sha256(state.encode()).digest()])


async def test_a_consent_is_begun_by_an_operation(newsroom: Newsroom) -> None:
    operation = await started(newsroom, scopes=["posts", "pages:read"], return_url=BACK)

    assert (operation["kind"], operation["subject_type"]) == ("oauth.start", "connection")
    assert operation["subject_id"] == operation["connection_id"] == newsroom.connection_id
    assert operation["input"] == {"scopes": ["posts", "pages:read"], "return_url": BACK}
    assert (await started(newsroom))["input"] == {}


@pytest.mark.parametrize(
    "return_url",
    [
        "http://shop.example/",
        "https://shop.example/#top",
        "https://",
        "https://user@shop.example/",
        "javascript:alert(1)",
        "//shop.example/",
        "http://localhost.example/",
        "https://shop.example/a b",
        "https://shop.example\\@evil.example/",
        f"https://shop.example/{'a' * 2048}",
    ],
)
async def test_people_are_sent_back_to_safe_places_only(newsroom: Newsroom, return_url: str) -> None:
    refusal = await newsroom.owner.refused(
        "start_oauth", connection_id=newsroom.connection_id, scopes=None, return_url=return_url
    )
    assert refusal == Refusal(400, "invalid_return_url", "return_url")


@pytest.mark.parametrize("return_url", ["http://localhost:3000/a", "http://127.0.0.1/", "https://shop.example?x=@"])
async def test_developers_may_come_back_to_their_own_machine(newsroom: Newsroom, return_url: str) -> None:
    assert (await started(newsroom, return_url=return_url))["input"] == {"return_url": return_url}


@pytest.mark.parametrize("scopes", [[], ["a b"], [""], [None], ["a"] * 51, ["صلاحية"]])
async def test_scopes_are_words(newsroom: Newsroom, scopes: list[str | None]) -> None:
    refusal = await newsroom.owner.refused("start_oauth", connection_id=newsroom.connection_id, scopes=scopes)
    assert refusal == Refusal(400, "invalid_scopes", "scopes")


async def test_only_what_is_connected_by_consent_can_be(newsroom: Newsroom) -> None:
    gateway = await newsroom.workspace.connection(GATEWAY)
    refusal = await newsroom.owner.refused("start_oauth", connection_id=gateway["id"])
    assert refusal == Refusal(409, "no_consent", "connection_id")


async def test_the_clients_credentials_come_first(newsroom: Newsroom) -> None:
    bare = await newsroom.workspace.connection("probe_network", active=False)
    answer = await newsroom.owner.request("POST", "rpc/start_oauth", json={"connection_id": bare["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "client_missing")
    assert "client_id and client_secret" in answer.json()["message"]

    await newsroom.workspace.set_credentials(bare["id"], "client_id", "client_secret")
    assert (await newsroom.owner.call("start_oauth", connection_id=bare["id"]))["status"] == "pending"
    await newsroom.owner.call("disconnect_connection", connection_id=bare["id"])
    refusal = await newsroom.owner.refused("start_oauth", connection_id=bare["id"])
    assert refusal == Refusal(409, "connection_disconnected", "connection_id")


async def test_whoever_comes_back_with_a_code_has_it_exchanged(newsroom: Newsroom, server: Caller) -> None:
    state = await sent_away(newsroom, return_url=BACK, scopes=["posts"])
    assert state_row(newsroom, state)["state"] is None, "before it comes back nobody can read it"

    answer = await server.call("finish_oauth", state=state, code="c0de")

    assert answer["return_url"] == BACK
    operation = newsroom.row("public.operations", answer["operation_id"])
    assert (operation["kind"], operation["status"]) == ("oauth.finish", "pending")
    assert operation["created_by"] == f"user:{newsroom.owner.user_id}"
    job = newsroom.row("private.jobs", answer["operation_id"])
    assert (job["kind"], job["max_attempts"]) == ("oauth.finish", 3)
    outcome = {"status": "pending", "error": None, "return_url": BACK, "connection_id": newsroom.connection_id}
    assert await server.call("oauth_outcome", operation_id=answer["operation_id"]) == outcome

    exchange = newsroom.as_worker("select * from private.oauth_exchange(%s)", answer["operation_id"])
    assert str(exchange.pop("connection_id")) == newsroom.connection_id
    assert exchange == {"state": state, "code": "c0de", "redirect_uri": REDIRECT}
    newsroom.as_worker("select private.forget_oauth_code(%s)", answer["operation_id"])
    kept = state_row(newsroom, state)
    assert (kept["code"], kept["state"]) == (None, None)


async def test_a_state_is_good_once(newsroom: Newsroom, server: Caller) -> None:
    state = await sent_away(newsroom)
    await server.call("finish_oauth", state=state, code="c0de")
    used = Refusal(410, "oauth_state_used", "state")
    assert await server.refused("finish_oauth", state=state, code="c0de") == used


async def test_a_state_that_is_unknown_or_too_old_is_good_for_nothing(newsroom: Newsroom, server: Caller) -> None:
    not_found = Refusal(404, "oauth_state_not_found", "state")
    for unknown in (uuid.uuid4().hex, "", None):
        assert await server.refused("finish_oauth", state=unknown, code="c0de") == not_found
    state = await sent_away(newsroom)
    newsroom.database.execute("update private.oauth_states set expires_at = now() where used_at is null")
    assert await server.refused("finish_oauth", state=state, code="c0de") == not_found


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("access_denied", "access_denied"),
        (None, "There was no consent."),
        (" \n ", "There was no consent."),
        ("<script>\x00\x07 رفض المستخدم " + "x" * 300, ("script رفض المستخدم " + "x" * 300)[:200]),
    ],
)
async def test_whoever_declines_has_it_told(
    newsroom: Newsroom, server: Caller, error: str | None, message: str
) -> None:
    state = await sent_away(newsroom, return_url=BACK)
    answer = await server.call("finish_oauth", state=state, error=error and error.replace("\x00", ""))

    outcome = await server.call("oauth_outcome", operation_id=answer["operation_id"])
    assert (outcome["status"], outcome["error"]) == ("failed", {"code": "consent_declined", "message": message})
    assert state_row(newsroom, state)["state"] is None
    assert newsroom.jobs("oauth.finish") == [] or answer["operation_id"] not in {
        str(each["id"]) for each in newsroom.jobs("oauth.finish")
    }


async def test_only_a_consents_own_outcome_is_told(newsroom: Newsroom, server: Caller) -> None:
    operation = await started(newsroom)
    for operation_id in (operation["id"], str(uuid.uuid4())):
        refusal = await server.refused("oauth_outcome", operation_id=operation_id)
        assert refusal == Refusal(404, "operation_not_found", "operation_id")


async def test_clients_cannot_finish_a_consent_themselves(newsroom: Newsroom) -> None:
    state = await sent_away(newsroom)
    for rpc, arguments in (("finish_oauth", {"state": state}), ("oauth_outcome", {"operation_id": str(uuid.uuid4())})):
        answer = await newsroom.owner.request("POST", f"rpc/{rpc}", json=arguments)
        assert (answer.status_code, answer.json()["code"]) == (403, "42501")


async def test_codes_are_forgotten_soon_and_states_after_a_day(newsroom: Newsroom, server: Caller) -> None:
    old, young, ancient = [await sent_away(newsroom) for _ in range(3)]
    for state in (old, young):
        await server.call("finish_oauth", state=state, code="c0de")
    newsroom.database.execute(
        "update private.oauth_states set used_at = now() - interval '10 minutes' where state = %s", [old]
    )
    newsroom.database.execute(
        "update private.oauth_states set created_at = now() - interval '1 day' where state_hash = %s",
        [hashlib.sha256(ancient.encode()).digest()],
    )

    assert newsroom.as_worker("select private.expire_oauth_states() as n")["n"] >= 2

    assert (state_row(newsroom, old)["code"], state_row(newsroom, young)["code"]) == (None, "c0de")
    query = "select from private.oauth_states where state_hash = sha256(%s)"
    assert newsroom.rows(query, ancient.encode()) == []


async def test_a_connection_takes_its_consents_with_it(newsroom: Newsroom, server: Caller) -> None:
    connection = await newsroom.workspace.network()
    operation, state = await newsroom.owner.call("start_oauth", connection_id=connection["id"]), uuid.uuid4().hex
    newsroom.as_worker("select private.keep_oauth_state(%s, sha256(%s), %s)", operation["id"], state.encode(), REDIRECT)
    await newsroom.owner.call("disconnect_connection", connection_id=connection["id"])
    refusal = await server.refused("finish_oauth", state=state, code="c0de")
    assert refusal == Refusal(404, "oauth_state_not_found", "state")
