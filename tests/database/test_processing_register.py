"""The record of processing, where data goes, and breaches with their clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from tests.support.callers import Row, Workspace

Worker = psycopg.AsyncConnection[Row]


async def write(workspace: Workspace, table: str, **row: Any) -> Row:
    answer = await workspace.owner.request(
        "POST", table, json=row | {"organization_id": workspace.id}, headers={"Prefer": "return=representation"}
    )
    assert answer.is_success, answer.text
    [written] = answer.json()
    made: Row = written
    return made


async def change(workspace: Workspace, table: str, **columns: Any) -> None:
    answer = await workspace.owner.request("PATCH", f"{table}?organization_id=eq.{workspace.id}", json=columns)
    assert answer.is_success, answer.text


async def test_the_record_has_what_people_wrote_beside_what_the_hub_knows(workspace: Workspace) -> None:
    await change(workspace, "privacy_settings", dpo_name="Amal Saleh", dpo_email="dpo@shop.example")
    purpose = {"key": "marketing_email", "title": "Newsletter", "lawful_basis": "consent"}
    await write(workspace, "processing_purposes", **purpose, data_categories=["contacts"])
    await workspace.lead(consents=[{"purpose": "marketing_email", "state": "given"}])
    await workspace.connection()

    record = await workspace.owner.call("processing_register", organization_id=workspace.id)

    assert (record["controller"]["dpo_email"], record["controller"]["jurisdiction"]) == ("dpo@shop.example", "uae")
    assert [(each["key"], each["lawful_basis"]) for each in record["purposes"]] == [("marketing_email", "consent")]
    assert record["consents"] == {"marketing_email": 1}
    [gateway] = record["recipients"]
    assert (gateway["provider"], gateway["verified"], gateway["transfers"]) == ("probe_gateway", False, [])


async def test_a_transfer_that_somebody_looked_into_counts_as_verified(workspace: Workspace) -> None:
    await workspace.connection()
    transfer = {
        "provider_key": "probe_gateway",
        "country": "IE",
        "basis": "contract_clauses",
        "source": "§ 9",
    }
    await write(workspace, "data_transfers", **transfer, reviewed_on="2026-11-01")

    record = await workspace.owner.call("processing_register", organization_id=workspace.id)

    [gateway] = record["recipients"]
    assert gateway["verified"] is True
    assert gateway["transfers"][0]["country"] == "IE"


async def test_a_changed_purpose_leaves_the_earlier_one_in_the_audit_log(workspace: Workspace) -> None:
    await write(workspace, "processing_purposes", key="shop", title="Orders", lawful_basis="contract")
    await change(workspace, "processing_purposes", lawful_basis="consent")

    [line] = await workspace.owner.rows("audit_log?action=eq.processing_purpose.changed")
    assert (line["before"], line["after"]) == ({"lawful_basis": "contract"}, {"lawful_basis": "consent"})


async def test_a_breach_is_to_be_told_within_the_hours_that_hold(workspace: Workspace) -> None:
    known = datetime(2026, 11, 20, 8, tzinfo=UTC)
    usual = await write(workspace, "data_breaches", title="Lost laptop", known_at=known.isoformat())
    await change(workspace, "privacy_settings", breach_hours=24)
    stricter = await write(workspace, "data_breaches", title="Open bucket", known_at=known.isoformat())

    assert datetime.fromisoformat(usual["notify_due_at"]) == known + timedelta(hours=72)
    assert datetime.fromisoformat(stricter["notify_due_at"]) == known + timedelta(hours=24)


async def test_a_breach_that_is_due_raises_an_alert_until_the_authority_is_told(
    workspace: Workspace, worker: Worker
) -> None:
    breach = await write(workspace, "data_breaches", title="Lost", known_at="2026-11-01T08:00:00Z")
    await worker.execute("select private.warn_of_privacy_deadlines()")
    [alert] = await workspace.owner.rows("alerts?kind=eq.privacy.breach_due")
    assert (alert["severity"], alert["status"], alert["detail"]["breach_id"]) == ("critical", "open", breach["id"])

    await change(workspace, "data_breaches", authority_notified_at="2026-11-02T08:00:00Z", authority_reference="B-1")

    [alert] = await workspace.owner.rows("alerts?kind=eq.privacy.breach_due")
    assert alert["status"] == "resolved"
