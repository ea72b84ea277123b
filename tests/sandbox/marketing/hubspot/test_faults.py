"""Faults on demand, seen from the connector: whatever goes wrong, one contact and one deal in the end."""

from typing import Any

import pytest

from tests.providers.marketing.hubspot.builders import a_contact, a_deal
from tests.sandbox.marketing.hubspot.conftest import Account
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable

UPSERT = {"method": "POST", "path": "/crm/v3/objects/*/batch/upsert"}
FAULTS: list[tuple[dict[str, Any], type[ProviderError], int]] = [
    ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
    ({"kind": "server_error", "status": 502}, OutcomeUnknown, 0),
    ({"kind": "server_error", "status": 524}, OutcomeUnknown, 0),
    ({"kind": "kept_server_error"}, OutcomeUnknown, 0),
    ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
    ({"kind": "drop_before"}, OutcomeUnknown, 0),
    ({"kind": "drop_after"}, OutcomeUnknown, 1),
    ({"kind": "malformed"}, OutcomeUnknown, 1),
    ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
]
by_kind = pytest.mark.parametrize(
    ("fault", "error", "done"), FAULTS, ids=[f"{fault['kind']}-{number}" for number, (fault, *_) in enumerate(FAULTS)]
)


@by_kind
async def test_a_contact_that_got_lost_is_kept_by_keeping_it_again(
    account: Account, fault: dict[str, Any], error: type[ProviderError], done: int
) -> None:
    assert (await account.connector.check_health()).ok
    await account.fault(match=UPSERT, **fault)
    with pytest.raises(ProviderError) as raised:
        await account.connector.upsert_contacts([a_contact()])
    assert type(raised.value) is error
    assert len((await account.state())["contacts"]) == done
    (outcome,) = await account.connector.upsert_contacts([a_contact()])
    assert outcome.created is (done == 0)
    assert len((await account.state())["contacts"]) == 1


@by_kind
async def test_a_deal_that_got_lost_is_kept_by_keeping_it_again(
    account: Account, fault: dict[str, Any], error: type[ProviderError], done: int
) -> None:
    await account.connector.upsert_contacts([a_contact()])
    await account.fault(match=UPSERT, **fault)
    deal = a_deal(email="omar@example.ae")
    with pytest.raises(ProviderError) as raised:
        await account.connector.upsert_deal(deal)
    assert type(raised.value) is error
    assert len((await account.state())["deals"]) == done
    await account.connector.upsert_deal(deal)
    (kept,) = (await account.state())["deals"].values()
    assert len(kept["contacts"]) == 1


@pytest.mark.parametrize(("policy", "seconds"), [("TEN_SECONDLY_ROLLING", 10.0), ("SECONDLY", 1.0), ("DAILY", 3600.0)])
async def test_each_limit_has_its_wait(account: Account, policy: str, seconds: float) -> None:
    await account.control("limit", policy=policy)
    with pytest.raises(RateLimited) as raised:
        await account.connector.list_contacts(since=None, cursor=None)
    assert raised.value.retry_after == seconds
    assert (await account.connector.list_contacts(since=None, cursor=None)).contacts == ()


@pytest.mark.parametrize(("status", "told", "seconds"), [(423, None, 2.0), (477, "86400", 86400.0)])
async def test_locks_and_moves_are_for_later(account: Account, status: int, told: str | None, seconds: float) -> None:
    await account.control("answer", status=status, retry_after=told)
    with pytest.raises(Unavailable) as raised:
        await account.connector.upsert_contacts([a_contact()])
    assert raised.value.retry_after == seconds
    assert (await account.state())["contacts"] == {}


async def test_consent_that_got_lost_is_told_and_settled_by_the_next_call(account: Account) -> None:
    await account.fault("drop_before", match={"path": "/communication-preferences/*"})
    contact = a_contact(consent="unsubscribed")
    (first,) = await account.connector.upsert_contacts([contact])
    assert (first.retryable, first.provider_contact_id is not None) == (True, True)
    (second,) = await account.connector.upsert_contacts([contact])
    assert second.error is None
    assert (await account.state())["contacts"]["omar@example.ae"]["hs_email_optout"] == "true"


async def test_limits_are_in_the_headers_but_of_search(account: Account) -> None:
    headers = {"Authorization": f"Bearer {account.token}"}
    read = await account.http.get("http://127.0.0.1/hubspot/crm/v3/objects/contacts", headers=headers)
    assert read.headers["x-hubspot-ratelimit-interval-milliseconds"] == "10000"
    url = "http://127.0.0.1/hubspot/crm/v3/objects/contacts/search"
    searched = await account.http.post(url, headers=headers, json={"filterGroups": [], "limit": 1})
    assert "x-hubspot-ratelimit-max" not in searched.headers


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/batch/upsert", {"inputs": [], "more": 1}),
        ("/batch/upsert", {"inputs": [{"id": "x"}]}),
        ("/batch/upsert", {"inputs": [{"id": "x", "idProperty": "city", "properties": {}}]}),
        ("/batch/upsert", {"inputs": [{"id": "a@b.ae", "idProperty": "email", "properties": {"city": 5}}]}),
        ("/batch/upsert", {"inputs": [{"id": "ab", "idProperty": "email", "properties": {}}] * 101}),
        ("/batch/read", {"inputs": [{"id": "x"}]}),
        ("/search", {"limit": 201}),
        ("/search", {"limit": 200, "after": "9900"}),
        ("/search", {"sorts": ["a", "b"]}),
        ("/gdpr-delete", {"objectId": "1", "more": 1}),
    ],
)
async def test_the_twin_refuses_what_hubspot_refuses(account: Account, path: str, body: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {account.token}"}
    url = f"http://127.0.0.1/hubspot/crm/v3/objects/contacts{path}"
    answer = await account.http.post(url, headers=headers, json=body)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
