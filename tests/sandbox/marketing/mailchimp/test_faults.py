"""What the connector makes of a Mailchimp that fails."""

import uuid
from typing import Any

import pytest

from tests.providers.marketing.mailchimp.builders import a_contact
from tests.sandbox.marketing.mailchimp.conftest import Account
from workers.providers.errors import NotFound, OutcomeUnknown, ProviderError, RateLimited, Unavailable

PUT: dict[str, Any] = {"method": "PUT", "path": "/lists/*/members/*"}


async def test_a_lost_answer_is_settled_by_writing_again(account: Account) -> None:
    contact = a_contact(f"{uuid.uuid4().hex}@shop.ae", first_name="نور")
    await account.fault("drop_after", match=PUT)
    with pytest.raises(OutcomeUnknown):
        await account.connector.upsert_contacts([contact])
    assert await account.held(str(contact.email)) is not None
    (outcome,) = await account.connector.upsert_contacts([contact])
    assert outcome.error is None


async def test_a_lost_request_left_nothing(account: Account) -> None:
    contact = a_contact(f"{uuid.uuid4().hex}@shop.ae")
    await account.fault("drop_before", match=PUT)
    with pytest.raises(OutcomeUnknown):
        await account.connector.upsert_contacts([contact])
    with pytest.raises(NotFound):
        await account.connector.find_contact(str(contact.email))


@pytest.mark.parametrize(
    ("kind", "details", "error"),
    [
        ("rate_limited", {"retry_after": "7"}, RateLimited),
        ("server_error", {"status": 403}, RateLimited),
        ("server_error", {"status": 503}, Unavailable),
        ("kept_server_error", {}, Unavailable),
        ("malformed", {}, Unavailable),
        ("wrong_content_type", {}, Unavailable),
        ("truncated", {}, Unavailable),
        ("drop_before", {}, Unavailable),
    ],
)
async def test_questions_that_fail(
    account: Account, kind: str, details: dict[str, Any], error: type[ProviderError]
) -> None:
    await account.fault(kind, **details)
    with pytest.raises(error) as raised:
        await account.connector.list_audiences(cursor=None)
    assert type(raised.value) is error
    assert getattr(raised.value, "retry_after", None) == (7.0 if kind == "rate_limited" else None)


async def test_an_answer_lost_after_some_were_taken_is_an_outcome_of_the_others(account: Account) -> None:
    old, new = f"{uuid.uuid4().hex}@shop.ae", f"{uuid.uuid4().hex}@shop.ae"
    await account.connector.upsert_contacts([a_contact(old)])
    await account.fault("drop_after", match={"method": "POST", "path": "/lists/*"}, skip=1)
    first, second = await account.connector.upsert_contacts([a_contact(new), a_contact(old)])
    assert first.error is None
    assert second.error is not None
    assert (second.error["code"], second.retryable) == ("outcome_unknown", True)


async def test_a_write_of_many_that_may_have_been_done_is_unknown(account: Account) -> None:
    emails = [f"{uuid.uuid4().hex}@shop.ae" for _ in range(2)]
    await account.fault("kept_server_error", applied=True, match={"method": "POST", "path": "/lists/*"})
    with pytest.raises(OutcomeUnknown):
        await account.connector.upsert_contacts([a_contact(email) for email in emails])
    outcomes = await account.connector.upsert_contacts([a_contact(email) for email in emails])
    assert [outcome.created for outcome in outcomes] == [False, False]
