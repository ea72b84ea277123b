"""Double opt-in: who hands in a form is asked by mail, and agrees by following the link in it."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from tests.support.offices import Office, a_job
from tests.support.tools import mailchimp
from tests.support.workplace import Row
from workers.operations.jobs import Done, EndStatus, Later
from workers.operations.marketing.leads import LeadHandlers
from workers.providers.errors import InvalidRequest, ProviderError, Unavailable
from workers.store.connections import PostgresConnections
from workers.store.leads import PostgresLeads

pytestmark = pytest.mark.usefixtures("worker", "no_faults")

EMAIL = "ayesha@example.ae"


class Postbox:
    """Keeps what is to be sent; or it cannot."""

    def __init__(self) -> None:
        self.sent: list[tuple[Mapping[str, Any], str]] = []
        self.trouble: ProviderError | None = None

    async def send_confirmation(self, facts: Mapping[str, Any], token: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append((facts, token))


class NoConnectors:
    async def open(self, row: object, operation_id: UUID | None = None) -> Any:
        raise AssertionError("no tool is asked")


async def never(_: UUID) -> bool:
    return False


FORM: Row = {
    "fields": [{"name": "email", "type": "email", "required": True}, {"name": "first_name", "type": "text"}],
    "purpose": "marketing_email",
    "consent_text": "I agree to the newsletter.",
    "text_version": "1",
    "double_opt_in": True,
}


async def hands_in(office: Office, email: str = EMAIL) -> Row:
    """A visitor fills in a form; the job that is to ask them to confirm."""
    facts = {**FORM, "fields": Jsonb(FORM["fields"])}
    form = await office.hub.call("create_lead_form", organization_id=office.organization_id, name="News", **facts)
    answers = {"email": email, "first_name": "Ayesha", "consent": "on"}
    async with office.hub.database.transaction():  # no worker is to take the job
        await office.hub.call(
            "capture_lead", token=form["token"], answers=Jsonb(answers), context=Jsonb({"ip_hash": "x"})
        )
        query = "delete from private.jobs where organization_id = %s and kind = 'lead.confirm' returning *"
        return await office.hub.one(query, office.organization_id)


async def confirm(office: Office, job: Row, postbox: Postbox) -> Any:
    """One attempt to ask."""
    pool = office.hub.pool
    handlers = LeadHandlers(PostgresLeads(pool), PostgresConnections(pool), NoConnectors(), postbox, renew=never)
    return await handlers.confirm(a_job("lead.confirm", job["id"], office.organization_id, job["payload"]))


async def test_who_hands_in_a_form_is_asked_to_confirm(office: Office) -> None:
    job, postbox = await hands_in(office), Postbox()
    assert isinstance(await confirm(office, job, postbox), Done)
    ((facts, token),) = postbox.sent
    assert (facts["email"], facts["first_name"], facts["form_name"]) == (EMAIL, "Ayesha", "News")
    assert facts["consent_text"] == FORM["consent_text"]
    (lead,) = await office.leads()
    assert (lead["status"], await office.consent(lead)) == ("pending", "pending")
    kept = await office.hub.one("select token_hash from private.lead_confirmations where lead_id = %s", lead["id"])
    assert kept["token_hash"] == hashlib.sha256(token.encode()).digest()  # and not the token
    await office.hub.call("confirm_lead", token=token)
    (lead,) = await office.leads()
    assert (lead["status"], await office.consent(lead)) == ("active", "given")
    assert [each["type"] for each in await office.events("lead.%")] == ["lead.captured", "lead.confirmed"]


async def test_who_has_confirmed_is_not_asked_again(office: Office) -> None:
    job, postbox = await hands_in(office), Postbox()
    await confirm(office, job, postbox)
    await office.hub.call("confirm_lead", token=postbox.sent[0][1])
    assert isinstance(await confirm(office, job, postbox), Done)
    assert len(postbox.sent) == 1


async def test_nobody_gets_more_than_three_mails_a_day(office: Office) -> None:
    job, postbox = await hands_in(office), Postbox()
    for _ in range(5):
        assert isinstance(await confirm(office, job, postbox), Done)
    assert len(postbox.sent) == 3
    assert len({token for _, token in postbox.sent}) == 3


@pytest.mark.parametrize(
    "trouble",
    [Unavailable("The server does not answer"), InvalidRequest("No mail can be sent", field="WASL_SMTP_URL")],
    ids=["unavailable", "not set up"],
)
async def test_a_mail_that_was_not_sent_is_tried_again_and_does_not_count(
    office: Office, trouble: ProviderError
) -> None:
    job, postbox = await hands_in(office), Postbox()
    postbox.trouble = trouble
    for _ in range(4):
        later = await confirm(office, job, postbox)
        assert isinstance(later, Later)
        assert (later.error or {})["code"] == trouble.code
    postbox.trouble = None
    assert isinstance(await confirm(office, job, postbox), Done)
    assert len(postbox.sent) == 1


async def test_a_mail_that_its_recipient_never_takes_is_not_tried_again(office: Office) -> None:
    job, postbox = await hands_in(office), Postbox()
    postbox.trouble = InvalidRequest("No such mailbox", field="email")
    ended = await confirm(office, job, postbox)
    assert isinstance(ended, Done)
    assert (ended.status, (ended.error or {})["field"]) == (EndStatus.FAILED, "email")
    query = "select 1 from private.lead_confirmations where lead_id = %s"
    assert await office.hub.all(query, UUID(job["payload"]["lead_id"])) == []


async def test_a_pending_one_is_not_subscribed_anywhere(office: Office) -> None:
    connection_id = await office.connect(mailchimp.TOOL)
    await office.synchronize(connection_id, only_with_consent=False)
    await confirm(office, await hands_in(office), Postbox())
    await office.pushed(connection_id)
    async with office.dashboard(connection_id) as tool:
        assert (await tool.find_contact(EMAIL)).consent == "pending"
