"""Calls about the audit log and personal data: what goes out, what is refused before, what comes back."""

from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from wasl import (
    AuditLine,
    Certificate,
    DataBreach,
    DataTransfer,
    InvalidRequest,
    NotFound,
    ProcessingPurpose,
    RetentionPeriod,
    RetentionRun,
    SubjectRequest,
    SubjectStep,
)

from tests.support.hubs import AnyHub, FakeHub, collect, done
from tests.support.sdk_rows import operation_row, row

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=4)))
HOME = uuid4()


async def test_lines_of_the_audit_log_are_filtered(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(AuditLine, action="connection.updated", before={"name": "a"}, after={"name": "b"})])
    [line] = await collect(hub.audit.list(action="connection.updated", target_id="t", occurred_after=NOON))
    query = dict(server.last.url.params)
    assert server.last.url.path == "/rest/v1/audit_log"
    assert (query["action"], query["target_id"]) == ("eq.connection.updated", "eq.t")
    assert query["order"].startswith("occurred_at.desc")
    assert (line.before, line.after) == ({"name": "a"}, {"name": "b"})


async def test_an_export_goes_on_after_each_page(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(AuditLine, sequence=number) for number in range(3, 103)])
    server.will_answer([row(AuditLine, sequence=103)])
    lines = await collect(hub.audit.export(after_sequence=2, organization_id=HOME))
    assert [line.sequence for line in lines] == list(range(3, 104))
    query = dict(server.last.url.params)
    assert (query["sequence"], query["order"], query["organization_id"]) == ("gt.102", "sequence.asc", f"eq.{HOME}")


async def test_an_export_is_of_one_organization(hub: AnyHub) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await collect(hub.audit.export())
    assert (refusal.value.code, refusal.value.field) == ("organization_required", "organization_id")


async def test_the_chain_is_verified(hub: AnyHub, server: FakeHub) -> None:
    report = {"intact": False, "lines": 9, "first_broken_sequence": 4, "fault": "missing"}
    server.will_answer(report | {"last_sequence": 9, "last_hash": "ab"})
    told = await done(hub.audit.verify(organization_id=HOME))
    assert server.last_body == {"organization_id": str(HOME)}
    assert (told.intact, told.first_broken_sequence, told.fault) == (False, 4, "missing")


async def test_what_somebody_asks_goes_out(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(row(SubjectRequest, kind="correction"))
    await done(
        hub.privacy.requests.create(
            "correction",
            email="amal@example.ae",
            changes={"first_name": "Amal"},
            identity_check="Seen",
            received_at=NOON,
        )
    )
    assert server.last.url.path == "/rest/v1/rpc/create_subject_request"
    assert server.last_body == {
        "kind": "correction",
        "email": "amal@example.ae",
        "changes": {"first_name": "Amal"},
        "identity_check": "Seen",
        "received_at": "2026-11-23T12:00:00+04:00",
    }


async def test_requests_steps_and_certificates_are_read(hub: AnyHub, server: FakeHub) -> None:
    request = row(SubjectRequest, status="awaiting_person")
    server.will_answer([request])
    [found] = await collect(hub.privacy.requests.list(status=["received", "awaiting_person"]))
    server.will_answer([row(SubjectStep, place="public.leads")])
    [step] = await done(hub.privacy.requests.steps(found.id))
    assert dict(server.last.url.params)["request_id"] == f"eq.{found.id}"
    server.will_answer(row(SubjectStep, status="done"))
    assert (await done(hub.privacy.requests.complete_step(step.id, note="Asked"))).status == "done"
    server.will_answer({"certificate": {"kind": "erasure"}, "sha256": "ab", "intact": True})
    certificate = await done(hub.privacy.requests.certificate(found.id))
    assert certificate == Certificate(certificate={"kind": "erasure"}, sha256="ab", intact=True)


async def test_a_link_to_a_copy_is_waited_for(hub: AnyHub, server: FakeHub) -> None:
    pending = operation_row(kind="privacy.link")
    server.will_answer(pending)
    result = {"url": "https://files.example/a", "expires_at": "2026-11-23T12:00:00+00:00"}
    server.will_answer([pending | {"status": "succeeded", "result": result}])
    assert (await done(hub.privacy.requests.link(uuid4()))).url == "https://files.example/a"


async def test_times_of_keeping_are_told_and_set(hub: AnyHub, server: FakeHub) -> None:
    known = {"data_class": "contacts", "title": "People", "keep_days": None, "default_days": None, "floor_days": 0}
    server.will_answer([known | {"basis": "Art. 5", "held": False, "tables": ["public.leads"]}])
    [contacts] = await done(hub.privacy.retention.plan())
    assert (contacts.data_class, contacts.keep_days) == ("contacts", None)
    server.will_answer(row(RetentionPeriod, data_class="contacts", keep_days=730))
    await done(hub.privacy.retention.set("contacts", 730))
    assert server.last_body == {"data_class": "contacts", "keep_days": 730}
    server.will_answer([row(RetentionRun, rows=3)])
    [run] = await done(hub.privacy.retention.runs(date(2026, 11, 1)))
    assert (run.rows, dict(server.last.url.params)["day"]) == (3, "gte.2026-11-01")


async def test_the_record_of_processing_is_written(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(ProcessingPurpose, key="shop")])
    await done(
        hub.privacy.purposes.add("shop", "Orders", "contract", organization_id=HOME, data_categories=["financial"])
    )
    assert server.last_body == {
        "organization_id": str(HOME),
        "key": "shop",
        "title": "Orders",
        "lawful_basis": "contract",
        "data_categories": ["financial"],
    }
    server.will_answer([row(DataTransfer)])
    transfer: dict[str, Any] = {"source": "Contract", "reviewed_on": date(2026, 11, 1), "organization_id": HOME}
    await done(hub.privacy.transfers.add("mailchimp", "US", "contract_clauses", **transfer))
    assert server.last_body["reviewed_on"] == "2026-11-01"
    server.will_answer([row(DataBreach)])
    breach = await done(hub.privacy.breaches.report("Lost laptop", NOON, organization_id=HOME, approximate_subjects=40))
    assert server.last_body["known_at"] == "2026-11-23T12:00:00+04:00"
    server.will_answer([row(DataBreach)])
    await done(hub.privacy.breaches.update(breach.id, authority_notified_at=NOON))
    assert server.last_body == {"authority_notified_at": "2026-11-23T12:00:00+04:00"}
    server.will_answer([])
    with pytest.raises(NotFound):
        await done(hub.privacy.breaches.update(breach.id, measures="Locked"))


@pytest.mark.parametrize("call", ["get", "steps", "identity", "certificate", "link"])
async def test_an_id_that_is_none_is_refused_here(hub: AnyHub, call: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await done(getattr(hub.privacy.requests, call)("request-1"))
    assert refusal.value.field == "request_id"
