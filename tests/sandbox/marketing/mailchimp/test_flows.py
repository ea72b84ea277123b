"""The connector and the twin together: from consent to contacts, and to what became of them."""

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.providers.marketing.mailchimp.builders import AUDIENCE, a_contact, mailchimp
from tests.sandbox.marketing.mailchimp.conftest import Account
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound, RateLimited
from workers.providers.marketing.mailchimp import MailchimpConnector
from workers.providers.marketing.models import ContactEvent, ContactResult
from workers.providers.oauth import CodeExchange, ConsentRequest

BACK = "https://hub.example/oauth/callback"


def somebody() -> str:
    """An address that nobody has used."""
    return f"{uuid.uuid4().hex[:12]}@shop.ae"


async def everybody(connector: MailchimpConnector, since: datetime | None = None) -> dict[str | None, ContactResult]:
    """Every contact by address, page by page."""
    found: dict[str | None, ContactResult] = {}
    cursor: str | None = None
    for _ in range(50):
        page = await connector.list_contacts(since=since, cursor=cursor)
        found |= {contact.email: contact for contact in page.contacts}
        if (cursor := page.next_cursor) is None:
            return found
    raise AssertionError("it never ends")


async def test_from_the_consent_page_to_a_contact(account: Account) -> None:
    app = {"client_id": uuid.uuid4().hex, "client_secret": "secret-of-the-app"}
    url = f"{account.url}/mailchimp"
    connector = mailchimp(httpx.AsyncHTTPTransport(verify=False), credentials=app, base_url=url, settings={})
    async with connector:
        page = connector.consent_url(ConsentRequest("state-1", BACK))
        assert page.startswith(f"{url}/login/oauth2/authorize?")
        assert "Allow" in (await account.http.get(page)).text
        agreed = await account.http.post(page, data={"decision": "allow"})
        query = parse_qs(urlsplit(agreed.headers["location"]).query)
        assert query["state"] == ["state-1"]
        grant = await connector.exchange_code(CodeExchange(query["code"][0], BACK))
        with pytest.raises(InvalidRequest, match="used"):
            await connector.exchange_code(CodeExchange(query["code"][0], BACK))
    assert (grant.settings, grant.facts.expires_at) == ({"data_center": "us21"}, None)

    settings = {"audience_id": AUDIENCE, **grant.settings}
    transport = httpx.AsyncHTTPTransport(verify=False)
    async with mailchimp(
        transport, credentials={**app, **grant.credentials}, base_url=url, settings=settings
    ) as connected:
        email = somebody()
        (outcome,) = await connected.upsert_contacts([a_contact(email, first_name="فاطمة")])
        assert outcome.error is None
        assert (await connected.find_contact(email)).first_name == "فاطمة"
        token = grant.credentials["access_token"]
        await account.http.post(f"{url}/_test/revoke", headers={"Authorization": f"Bearer {token}"})
        assert (await connected.check_health()).code == "authentication_failed"


async def test_a_contacts_life(account: Account) -> None:
    connector, email = account.connector, somebody()
    told = {"first_name": "سارة", "last_name": "Khan", "phone": "+971501234567", "company": "سوق"}
    await connector.upsert_contacts([a_contact(email, **told, tags=["كبار", "Old"])])
    await connector.upsert_contacts([a_contact(email, last_name="Ali", untags=["Old"])])
    found = await connector.find_contact(email.upper())
    assert (found.first_name, found.last_name, found.phone, found.company) == ("سارة", "Ali", "+971501234567", "سوق")
    assert (found.tags, found.consent, found.deleted) == (("كبار",), "subscribed", False)
    await connector.tag_contact(email, ["VIP"], ["كبار"])
    assert (await connector.find_contact(email)).tags == ("VIP",)
    event = {"email": email, "name": "purchased", "properties": {"order": "1001"}, "occurred_at": datetime.now(UTC)}
    await connector.note_contact_event(ContactEvent.model_validate(event))
    held = await account.held(email)
    assert held is not None
    assert held["events"][0]["properties"] == {"order": "1001"}


async def test_whoever_left_is_never_subscribed_again(account: Account) -> None:
    connector, one, other = account.connector, somebody(), somebody()
    await connector.upsert_contacts([a_contact(one), a_contact(other)])
    for email in (one, other):
        await account.member("unsubscribe", email)
    (alone,) = await connector.upsert_contacts([a_contact(one, first_name="Sara")])
    outcomes = await connector.upsert_contacts(
        [a_contact(one, first_name="Mona"), a_contact(other), a_contact(somebody())]
    )
    assert [outcome.error for outcome in (alone, *outcomes)] == [None] * 4
    found = await connector.find_contact(one)
    assert (found.consent, found.first_name) == ("unsubscribed", "Mona")
    assert (await connector.find_contact(other)).consent == "unsubscribed"


async def test_many_contacts_with_their_tags_and_their_own_errors(account: Account) -> None:
    connector = account.connector
    known, withdrawn, gone = somebody(), somebody(), somebody()
    await connector.upsert_contacts([a_contact(known), a_contact(withdrawn), a_contact(gone)])
    await connector.forget_contact(gone)
    await account.post(f"/_test/merge-fields/{AUDIENCE}", tag="AGE", name="Age", type="number")
    new = [somebody() for _ in range(8)]
    contacts = [
        *(a_contact(email, first_name="عمر", tags=["Eid"]) for email in new),
        a_contact(known, first_name="Huda", tags=["Eid"]),
        a_contact(withdrawn, consent="unsubscribed"),
        a_contact(gone),
        a_contact("nobody@nowhere.invalid"),
        a_contact(somebody(), fields={"AGE": "old"}),
    ]
    await account.post("/_test/jobs", looks=1)
    outcomes = {outcome.key: outcome for outcome in await connector.upsert_contacts(contacts)}
    assert {outcomes[email].created for email in new} == {True}
    assert (outcomes[known].created, outcomes[known].error) == (False, None)
    errors = [outcomes[contact.key].error for contact in contacts[10:]]
    assert [(error or {}).get("field") for error in errors] == [None, None, "fields.AGE"]
    assert all(error is not None for error in errors)
    found = await everybody(connector)
    assert {found[email].tags for email in (*new, known)} == {("Eid",)}
    assert (found[known].first_name, found[withdrawn].consent) == ("Huda", "unsubscribed")
    assert gone not in found


async def test_a_job_that_fails_leaves_no_tag_unset(account: Account) -> None:
    emails = [somebody() for _ in range(5)]
    await account.post("/_test/jobs", looks=0, failing=True)
    outcomes = await account.connector.upsert_contacts([a_contact(email, tags=["Eid"]) for email in emails])
    assert [outcome.error for outcome in outcomes] == [None] * 5
    assert (await account.connector.find_contact(emails[4])).tags == ("Eid",)


async def test_changes_are_read_to_the_end_page_by_page(account: Account) -> None:
    connector, emails = account.connector, [somebody() for _ in range(12)]
    connector.page_size = 5  # type: ignore[misc]
    await connector.upsert_contacts([a_contact(email) for email in emails])
    await account.member("archive", emails[3])
    await account.member("clean", emails[4])
    found = await everybody(connector)
    assert set(emails) <= set(found)
    assert (found[emails[3]].deleted, found[emails[3]].consent) == (True, None)
    assert found[emails[4]].consent == "bounced"
    assert await everybody(connector, datetime.now(UTC) + timedelta(minutes=1)) == {}


async def test_to_forget_is_for_good(account: Account) -> None:
    connector, email = account.connector, somebody()
    await connector.upsert_contacts([a_contact(email)])
    await connector.forget_contact(email)
    await connector.forget_contact(email)
    with pytest.raises(NotFound):
        await connector.find_contact(email)
    with pytest.raises(NotFound):
        await connector.tag_contact(email, ["VIP"], [])
    (outcome,) = await connector.upsert_contacts([a_contact(email)])
    assert outcome.error is not None
    assert outcome.error["field"] == "email"
    assert await account.held(email) is None


async def test_audiences_fields_and_campaigns(account: Account) -> None:
    connector = account.connector
    audiences = (await connector.list_audiences(cursor=None)).audiences
    assert [audience.name for audience in audiences] == ["Customers", "Newsletter"]
    assert {"FNAME", "LNAME", "PHONE", "COMPANY"} <= {field.name for field in await connector.list_fields()}
    sent, draft = (await connector.list_campaigns(since=None, cursor=None)).campaigns
    assert (sent.subject, sent.status, sent.opens, sent.bounces) == ("عروض العيد", "sent", 41, 0)
    assert (str(sent.revenue), draft.status, draft.opens) == ("AED 1250.50", "draft", None)


async def test_a_campaign_sent_since_is_read_although_it_was_made_before(account: Account) -> None:
    now = datetime.now(UTC).timestamp()
    await account.post("/_test/campaigns", title="Late", status="sent", made_at=now - 864_000, sent_at=now - 60)
    since, names, cursor = datetime.fromtimestamp(now - 3600, UTC), [], None
    for _ in range(5):
        page = await account.connector.list_campaigns(since=since, cursor=cursor)
        names += [campaign.name for campaign in page.campaigns]
        if (cursor := page.next_cursor) is None:
            break
    assert sorted(names) == ["Late", "National Day"], "and the draft, made just now"


async def test_an_audience_that_is_not_there(account: Account) -> None:
    transport = httpx.AsyncHTTPTransport(verify=False)
    url, credentials = f"{account.url}/mailchimp", {"access_token": account.key}
    for settings in ({}, {"audience_id": "nothere"}):
        async with mailchimp(transport, credentials=credentials, base_url=url, settings=settings) as connector:
            with pytest.raises(InvalidRequest, match=r"a1b2c3d4e5 \(Customers\)"):
                await connector.upsert_contacts([a_contact(somebody())])


async def test_tokens_that_are_no_good(account: Account) -> None:
    url = f"{account.url}/mailchimp"
    for token in ("sandbox_invalid_token", "an-unknown-token-us21"):
        transport = httpx.AsyncHTTPTransport(verify=False)
        async with mailchimp(transport, credentials={"access_token": token}, base_url=url) as connector:
            assert (await connector.check_health()).code == "authentication_failed"
            with pytest.raises(AuthenticationFailed):
                await connector.list_audiences(cursor=None)


async def test_ten_calls_at_once_are_too_many(account: Account) -> None:
    await account.post("/_test/busy", calls=10)
    with pytest.raises(RateLimited):
        await account.connector.find_contact(somebody())
    await account.post("/_test/busy", calls=9)
    assert (await account.connector.check_health()).ok
