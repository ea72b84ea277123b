"""Both colours against the real hub: the audit log, a person's whole way through their rights, the record."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from wasl import AsyncWasl, Conflict, InvalidRequest, SubjectRequest, Wasl

from tests.support.hubs import AnyHub, collect, done, elsewhere
from tests.support.workplace import Workplace, until


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the worker keeps files."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module", autouse=True)
async def worker(workplace: Workplace, folder: Path) -> AsyncIterator[None]:
    """A worker at work all the while."""
    await workplace.organization()  # whose key is the first in the keyring
    async with workplace.working(files=folder, public_url="http://hub.example"):
        yield


@pytest.fixture
async def organization_id(workplace: Workplace) -> UUID:
    """An organization of the test's own."""
    return await workplace.organization()


@pytest.fixture(params=[AsyncWasl, Wasl])
async def hub(request: pytest.FixtureRequest, workplace: Workplace, organization_id: UUID) -> AsyncIterator[AnyHub]:
    """A client of an admin of the organization."""
    user_id = str(uuid4())
    await workplace.database.execute(
        "insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"]
    )
    await workplace.database.execute(
        "insert into public.organization_members (organization_id, user_id, role) values (%s, %s, 'admin')",
        [organization_id, user_id],
    )
    token = workplace.stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})
    client = request.param(workplace.stack.url, workplace.stack.publishable_key, access_token=token)
    yield client
    await done(client.aclose() if isinstance(client, AsyncWasl) else client.close())


async def completed(hub: AnyHub, request: SubjectRequest) -> SubjectRequest:
    async def over() -> SubjectRequest | None:
        found: SubjectRequest = await done(hub.privacy.requests.get(request.id))
        return found if found.finished_at else None

    told: SubjectRequest = await until(over)
    return told


async def test_the_audit_log_is_read_exported_and_verified(hub: AnyHub, organization_id: UUID) -> None:
    await done(hub.privacy.retention.set("contacts", 730))
    await done(hub.privacy.retention.set("contacts", 365))

    [latest, first] = await collect(hub.audit.list(action="retention.set"))
    assert (latest.before, latest.after, first.before) == ({"keep_days": 730}, {"keep_days": 365}, None)
    exported = await collect(hub.audit.export(organization_id=organization_id))
    assert [line.sequence for line in exported] == list(range(1, len(exported) + 1))
    report = await done(hub.audit.verify())
    assert (report.intact, report.lines, report.last_hash) == (True, len(exported), exported[-1].hash.hex())


async def test_somebody_asks_for_a_copy_and_then_to_be_erased(hub: AnyHub, folder: Path) -> None:
    email = f"amal.{uuid4().hex[:8]}@example.ae"
    lead = await done(hub.leads.upsert(email=email, first_name="Amal"))

    copy = await completed(hub, await done(hub.privacy.requests.create("access", email=email)))
    link = await elsewhere(lambda: hub.privacy.requests.link(copy.id))
    path = link.url.partition("/sign/wasl-documents/")[2].partition("?")[0]
    assert json.loads((folder / path).read_text())["data"]["public.leads"][0]["first_name"] == "Amal"
    assert link.expires_at > datetime.now(UTC)
    assert (await done(hub.privacy.requests.identity(copy.id))).email == email

    erasure = await completed(hub, await done(hub.privacy.requests.create("erasure", lead_id=lead.id)))

    assert (await done(hub.leads.get(lead.id))).email is None
    certificate = await done(hub.privacy.requests.certificate(erasure.id))
    assert certificate.intact
    steps = {step.place: step for step in await done(hub.privacy.requests.steps(erasure.id))}
    assert (steps["public.leads"].status, steps["public.leads"].rows) == ("done", 1)
    assert (await done(hub.privacy.requests.identity(erasure.id))).email is None
    with pytest.raises(Conflict):
        await done(hub.privacy.requests.refuse(erasure.id, "Late"))
    assert [each.id for each in await collect(hub.privacy.requests.list())] == [erasure.id, copy.id]


async def test_the_record_of_processing(hub: AnyHub, organization_id: UUID) -> None:
    await done(hub.privacy.purposes.add("shop", "Orders", "contract", organization_id=organization_id))
    with pytest.raises(Conflict):
        await done(hub.privacy.purposes.add("shop", "Orders", "contract", organization_id=organization_id))
    with pytest.raises(InvalidRequest):
        await done(hub.privacy.purposes.add("x", "Orders", "whim", organization_id=organization_id))
    await done(
        hub.privacy.transfers.add(
            *("mailchimp", "US", "contract_clauses"),
            source="Contract",
            reviewed_on=date(2026, 11, 1),
            organization_id=organization_id,
        )
    )
    [transfer] = await collect(hub.privacy.transfers.list())
    assert (transfer.provider_key, transfer.country) == ("mailchimp", "US")
    record = await done(hub.privacy.register())
    assert [purpose["key"] for purpose in record["purposes"]] == ["shop"]
    assert [purpose.title for purpose in await done(hub.privacy.purposes.list())] == ["Orders"]


async def test_a_breach_and_its_clock(hub: AnyHub, organization_id: UUID) -> None:
    known = datetime(2026, 11, 20, 8, tzinfo=UTC)
    breach = await done(hub.privacy.breaches.report("Lost laptop", known, organization_id=organization_id))
    assert breach.notify_due_at == known + timedelta(hours=72)
    told = await done(hub.privacy.breaches.update(breach.id, authority_notified_at=known, authority_reference="B-1"))
    assert told.authority_reference == "B-1"
    assert [each.id for each in await collect(hub.privacy.breaches.list())] == [breach.id]


async def test_times_of_keeping(hub: AnyHub) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await done(hub.privacy.retention.set("financial", 30))
    assert refusal.value.field == "keep_days"
    plan = {each.data_class: each for each in await done(hub.privacy.retention.plan())}
    assert plan["financial"].floor_days > 7 * 365
    assert await done(hub.privacy.retention.runs(date(2026, 1, 1))) == []
