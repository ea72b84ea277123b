"""HubSpot's twin through the real connector: what is kept can be read back, and keeping it again changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.marketing.hubspot.account import FORM_ID
from tests.providers.marketing.hubspot.builders import a_contact, a_deal
from tests.sandbox.marketing.hubspot.conftest import Account
from tests.support.tools.hubspot import kept
from workers.providers.errors import InvalidRequest, NotFound
from workers.providers.marketing.models import CompanyRequest, ContactResult, FormSubmission, MailConsent

AN_HOUR = timedelta(hours=1)


async def read_all(account: Account, since: datetime | None) -> list[ContactResult]:
    found: list[ContactResult] = []
    cursor = None
    while True:
        page = await account.connector.list_contacts(since=since, cursor=cursor)
        found += page.contacts
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


async def test_contacts_are_kept_once_with_tags_and_consent(account: Account) -> None:
    connector = account.connect(settings={"subscription_type_id": "7001"})
    omar = a_contact(email="Omar@Example.ae", first_name="عمر", consent="subscribed", tags=("vip", "سوق"))
    wrong = a_contact(key="2", email="sara@example.ae", fields={"nope": "1"})
    gone = a_contact(key="3", email="gone@example.ae", consent="unsubscribed")
    for created in (True, False):
        first, second, third = await connector.upsert_contacts([omar, wrong, gone])
        assert (first.created, third.created, first.error, third.error) == (created, created, None, None)
        assert second.error
        assert second.error["field"] == "fields.nope"
    state = await account.state()
    assert sorted(state["contacts"]) == ["gone@example.ae", "omar@example.ae"]
    assert state["contacts"]["omar@example.ae"]["lists"] == ["Wasl: vip", "Wasl: سوق"]
    assert state["contacts"]["omar@example.ae"]["hs_legal_basis"] == "Freely given consent from contact"
    assert state["statuses"] == {"gone@example.ae": {"7001": "UNSUBSCRIBED"}, "omar@example.ae": {"7001": "SUBSCRIBED"}}
    assert (await connector.find_contact("omar@example.ae")).consent is MailConsent.SUBSCRIBED
    assert (await connector.find_contact("gone@example.ae")).consent is MailConsent.UNSUBSCRIBED


async def test_who_withdrew_in_hubspot_stays_withdrawn(account: Account) -> None:
    connector = account.connect(settings={"subscription_type_id": "7001"})
    await connector.upsert_contacts([a_contact(consent="unsubscribed")])
    await connector.upsert_contacts([a_contact(consent="subscribed")])
    assert (await connector.find_contact("omar@example.ae")).consent is MailConsent.UNSUBSCRIBED
    assert (await account.state())["statuses"] == {"omar@example.ae": {"7001": "UNSUBSCRIBED"}}


async def test_a_batch_refused_as_a_whole_loses_only_what_is_wrong(account: Account) -> None:
    await account.control("batches", whole=True)
    contacts = [a_contact(key=str(n), email=f"c{n}@example.ae") for n in range(7)]
    contacts[2] = a_contact(key="2", email="c2@example.ae", fields={"nope": "1"})
    contacts[5] = a_contact(key="5", email="c5@example.ae", fields={"lifecyclestage": "no stage"})
    outcomes = await account.connector.upsert_contacts(contacts)
    assert [bool(each.error) for each in outcomes] == [False, False, True, False, False, True, False]
    assert len((await account.state())["contacts"]) == 5


async def test_a_further_address_of_a_contact_changes_that_contact(account: Account) -> None:
    await account.control("contact", email="omar@example.ae", alias="o@example.ae")
    (outcome,) = await account.connector.upsert_contacts([a_contact(email="o@example.ae", last_name="Ali")])
    assert (outcome.created, outcome.error) == (False, None)
    assert (await account.state())["contacts"]["omar@example.ae"]["lastname"] == "Ali"
    assert (await account.connector.find_contact("o@example.ae")).email == "omar@example.ae"
    await account.connector.forget_contact("o@example.ae")
    assert (await account.state())["contacts"] == {}


async def test_tags_can_be_taken_away(account: Account) -> None:
    await account.connector.upsert_contacts([a_contact(tags=("vip", "new"))])
    await account.connector.tag_contact("omar@example.ae", ["gold"], ["vip", "never"])
    await account.connector.upsert_contacts([a_contact(untags=("new",))])
    assert (await account.state())["contacts"]["omar@example.ae"]["lists"] == ["Wasl: gold"]
    audiences = (await account.connector.list_audiences(cursor=None)).audiences
    assert {each.name: each.members for each in audiences}["Wasl: gold"] == 1


async def test_every_contact_is_read_beyond_the_end_of_search(account: Account) -> None:
    """450 that changed at one time, then 300 more, with a search that ends at 400 results."""
    since = datetime.now(UTC) - AN_HOUR
    moment = int((since + AN_HOUR / 2).timestamp() * 1000)
    await account.control("contacts", count=450, at_ms=moment)
    await account.control("contacts", count=300, prefix="late")
    await account.control("search", cap=400)
    found = await read_all(account, since)
    assert len({each.email for each in found}) == 750
    assert len({each.email for each in await read_all(account, since + AN_HOUR)}) == 300


async def test_a_full_reading_tells_archived_ones(account: Account) -> None:
    await account.control("contacts", count=120)
    await account.control("contact", email="old@example.ae", archived=True)
    found = await read_all(account, None)
    assert len(found) == 121
    assert [each.email for each in found if each.deleted] == ["old@example.ae"]


async def test_a_person_is_forgotten_and_an_unknown_one_not_blocked(account: Account) -> None:
    await account.connector.upsert_contacts([a_contact()])
    for _ in range(2):
        await account.connector.forget_contact("omar@example.ae")
    with pytest.raises(NotFound):
        await account.connector.find_contact("omar@example.ae")
    (again,) = await account.connector.upsert_contacts([a_contact()])
    assert again.created


async def test_a_deal_is_kept_once_and_won_later(account: Account) -> None:
    await account.connector.upsert_contacts([a_contact()])
    deal = a_deal(email="omar@example.ae")
    first = await account.connector.upsert_deal(deal)
    moved = {"properties": {"dealstage": "contractsent"}}
    await account.control("deal", reference="payment-1", **moved)
    second = await account.connector.upsert_deal(deal)
    assert (first.stage, second.stage) == ("Appointment Scheduled", "Contract Sent")
    assert first.provider_deal_id == second.provider_deal_id
    won = await account.connector.upsert_deal(a_deal(email="omar@example.ae", won=True))
    assert (won.stage, won.is_won) == ("Closed Won", True)
    for since in (None, datetime.now(UTC) - AN_HOUR):
        (read,) = (await account.connector.list_deals(since=since, cursor=None)).deals
        assert (read.reference, read.is_won, read.contact_ids) == ("payment-1", True, first.contact_ids)
    await account.control("deal", reference="payment-1", archived=True)
    page = await account.connector.list_deals(since=None, cursor=None)
    (archived,) = (await account.connector.list_deals(since=None, cursor=page.next_cursor)).deals
    assert (page.deals, archived.deleted) == ((), True)


async def test_a_currency_that_the_account_lacks_is_refused_by_its_field(account: Account) -> None:
    with pytest.raises(InvalidRequest) as raised:
        await account.connector.upsert_deal(a_deal(money={"amount": "1.00", "currency": "INR"}))
    assert raised.value.field == "money.currency"


async def test_a_company_is_one_although_search_does_not_find_it_yet(account: Account) -> None:
    await account.control("search", frozen=True)
    company = CompanyRequest(name="Acme", domain="acme.ae")
    first = await account.connector.upsert_company(company)
    second = await account.connector.upsert_company(CompanyRequest(name="Acme LLC", domain="acme.ae"))
    await account.control("search", frozen=False)
    third = await account.connector.upsert_company(company)
    assert first.provider_company_id == second.provider_company_id == third.provider_company_id
    assert (await account.state())["companies"]["acme.ae"]["name"] == "Acme"


async def test_a_form_makes_a_contact(account: Account) -> None:
    submission = FormSubmission(form_id=FORM_ID, fields={"email": "f@example.ae", "city": "دبي"}, consent_text="نعم")
    await account.connector.submit_form(submission)
    state = await account.state()
    assert state["contacts"]["f@example.ae"]["city"] == "دبي"
    assert state["submissions"][0]["legalConsentOptions"]["consent"]["text"] == "نعم"
    with pytest.raises(NotFound):
        await account.connector.submit_form(submission.model_copy(update={"form_id": "unknown"}))
    with pytest.raises(InvalidRequest):
        await account.connector.submit_form(submission.model_copy(update={"fields": {"city": "x"}}))


async def test_emails_are_read_with_figures_that_grow(account: Account) -> None:
    for number in range(120):
        await account.control("emails", name=f"No. {number}", state="DRAFT")
    await account.control("emails", name="Welcome", state="PUBLISHED", counters={"sent": 10, "open": 9})
    first = await account.connector.list_campaigns(since=None, cursor=None)
    second = await account.connector.list_campaigns(since=None, cursor=first.next_cursor)
    found = [*first.campaigns, *second.campaigns]
    assert (len(found), second.next_cursor, first.total) == (121, None, 121)
    assert {each.name: each.unique_opens for each in found}["Welcome"] == 9
    later = await account.connector.list_campaigns(since=datetime.now(UTC) + AN_HOUR, cursor=None)
    assert later.campaigns == ()


async def test_dated_versions_answer_until_they_end(account: Account) -> None:
    connector = account.connect(settings={"api_version": "2026-03"})
    (outcome,) = await connector.upsert_contacts([a_contact()])
    assert outcome.created
    await account.control("versions", retire="2026-03")
    with pytest.raises(InvalidRequest) as raised:
        await connector.find_contact("omar@example.ae")
    assert raised.value.field == "settings.api_version"


async def test_fields_can_be_mapped_and_read_back(account: Account) -> None:
    fields = {each.name: each for each in await account.connector.list_fields()}
    assert fields["lifecyclestage"].choices[:2] == ("subscriber", "lead")
    assert fields["lastmodifieddate"].read_only
    await account.connector.upsert_contacts([a_contact(fields={"lifecyclestage": "lead", "city": "أبوظبي"})])
    read = await account.connector.find_contact("omar@example.ae")
    assert read.fields == {"lifecyclestage": "lead", "city": "أبوظبي"}


async def test_accounts_know_nothing_of_each_other_and_reset_forgets_all(account: Account) -> None:
    await account.connector.upsert_contacts([a_contact()])
    other = account.connect(credentials={"access_token": f"{account.token}b"})
    with pytest.raises(NotFound):
        await other.find_contact("omar@example.ae")
    found = (await account.http.get("http://127.0.0.1/_state", params={"provider": "hubspot"})).json()
    assert kept(found) == ["omar@example.ae"]
    await account.http.delete("http://127.0.0.1/_state")
    assert (await account.http.get("http://127.0.0.1/_state", params={"provider": "hubspot"})).json() == {"portals": {}}
