"""Leads out of the forms of networks."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.support.networks import facebook
from tests.support.offices import Office
from workers.operations.marketing.captured import facts_of
from workers.providers.social.models import CapturedLead

pytestmark = pytest.mark.usefixtures("worker", "no_faults")

EMAIL = "ayesha@example.ae"


def answers(**told: str) -> CapturedLead:
    return CapturedLead(provider_lead_id="1", answers=told, created_at=datetime(2026, 11, 23, tzinfo=UTC))


def test_known_questions_become_fields_and_others_attributes() -> None:
    lead = answers(email=" a@example.ae ", full_name="Ayesha Al Ali", phone_number="050 123 4567", shoe_size="38")
    assert facts_of(lead) == {
        "email": "a@example.ae",
        "first_name": "Ayesha",
        "last_name": "Al Ali",
        "phone": "+971501234567",
        "attributes": {"shoe_size": "38"},
    }


def test_no_answer_is_odd_enough_to_lose_anybody() -> None:
    told = {
        "phone_number": "+971501234567",
        "email": "none",
        "first_name": "x" * 400,
        "country": "AE",
        "1st_choice": "red",
        "ما هو لونك؟": "أزرق",
        "ما هي مدينتك؟": "العين",
        "Your Budget (AED)?": "y" * 2000,
        "card": "4242 4242 4242 4242",
        "nothing": " ",
        "a" * 60: "long",
    }
    facts = facts_of(answers(**told))
    assert (facts["phone"], len(facts["first_name"]), "email" in facts) == ("+971501234567", 250, False)
    attributes = facts["attributes"]
    assert (attributes["answer_country"], attributes["answer_1st_choice"]) == ("AE", "red")
    assert (attributes["answer"], attributes["answer_2"]) == ("أزرق", "العين")
    assert len(attributes["your_budget_aed"]) == 1000
    assert "card" not in attributes
    assert "nothing" not in attributes
    assert all(len(name) <= 40 for name in attributes)


async def fills_in(office: Office, connection_id: UUID, **told: str) -> str:
    """Somebody fills in a form of Facebook's; the lead's number there."""
    body = {"field_data": [{"name": name, "values": [value]} for name, value in told.items()]}
    made = await office.control(connection_id, f"pages/{facebook.NETWORK.account_id}/leads", **body)
    return str(made["id"])


async def fetch(office: Office, connection_id: UUID, number: str) -> None:
    """A worker fetches it, as a webhook has it do."""
    payload = Jsonb({"connection_id": str(connection_id), "provider_lead_id": number})
    plan = "select private.plan_job(%s, 'lead.fetch', %s, %s)"
    await office.hub.database.execute(plan, [uuid4(), office.organization_id, payload])
    await office.jobs_done("lead.fetch")


async def test_what_somebody_fills_in_at_facebook_becomes_a_lead(office: Office) -> None:
    connection_id = await office.connect(facebook.NETWORK)
    told = {"email": EMAIL, "full_name": "Ayesha Al Ali", "country": "AE", "ما هو لونك؟": "أزرق"}
    number = await fills_in(office, connection_id, **told)
    await fetch(office, connection_id, number)
    (lead,) = await office.leads()
    assert (lead["email"], lead["first_name"], lead["last_name"]) == (EMAIL, "Ayesha", "Al Ali")
    assert lead["source"] == "provider:facebook"
    assert lead["attributes"] == {"answer_country": "AE", "answer": "أزرق"}
    assert await office.consent(lead) is None  # whatever the form said, nobody agreed to anything here
    await fetch(office, connection_id, number)
    assert len(await office.events("lead.captured")) == 1


async def test_one_that_is_gone_there_is_nothing_to_do(office: Office) -> None:
    connection_id = await office.connect(facebook.NETWORK)
    await fetch(office, connection_id, "404404404404")
    assert await office.leads() == []
    assert (
        await office.hub.all("select 1 from private.dead_jobs where organization_id = %s", office.organization_id) == []
    )
