"""An API key that is bound to one environment neither sees nor touches anything of the other, by any table or function.

Everything in the world of these tests is of the sandbox. `live` may do everything its organization has, but live only.
"""

import pytest

from tests.rls.conftest import World
from tests.rls.samples import SAMPLES
from tests.rls.test_functions import NOT_LET_IN, arguments, cells
from tests.rls.test_tables import only, visible_columns
from tests.support.callers import GATEWAY, Caller, Database, Refusal, key_caller

OF_NO_ENVIRONMENT = set(
    """
    alerts api_key_usage audit_log encryption_keys events integration_providers lead_consents lead_forms
    leads operations organization_members organization_quotas organizations provider_status shipping_locations
    """.split()  # noqa: SIM905
)
"""Tables whose rows here belong to the organization, not to a connection."""

TOUCHES_NOTHING_THERE = set(
    """
    acknowledge_alert backup_status cancel_operation check_payment_ledger consent_evidence costs create_organization
    delete_shipping_location find_leads latency list_members list_quotas resolve_alert retry_operation
    set_payment_policy set_shipping_location snooze_alert track_parcel traffic_errors update_lead_form uptime usage
    verify_audit_log
    """.split()  # noqa: SIM905
)
"""Functions whose arguments here are of no environment."""

MAKES_SOMETHING = set(
    """
    create_api_key create_connection create_lead_form create_payment create_payment_link create_shipment
    dry_run_automation quote_shipment record_consent route_payment save_automation track_event upsert_lead
    """.split()  # noqa: SIM905
)
"""Functions that refuse these arguments for another reason, and have tests of their own below."""

FUNCTIONS = sorted({cell.function for cell in cells()} - TOUCHES_NOTHING_THERE - MAKES_SOMETHING)


async def bound_key(world: World, environment: str) -> Caller:
    created = await world.workspace.owner.call(
        "create_api_key",
        organization_id=world.workspace.id,
        name="Bound",
        scopes=["*"],
        role="admin",
        environment=environment,
    )
    return key_caller(world.workspace.stack, world.workspace.http, created["id"])


@pytest.fixture(scope="module")
async def live(world: World) -> Caller:
    return await bound_key(world, "live")


@pytest.fixture(scope="module")
async def sandbox(world: World) -> Caller:
    return await bound_key(world, "sandbox")


@pytest.mark.parametrize("table", sorted(SAMPLES))
async def test_seeing(world: World, database: Database, live: Caller, sandbox: Caller, table: str) -> None:
    path = f"{table}?{only(world.rows[table])}&select={await visible_columns(database, table, live)}"

    assert len(await live.rows(path)) == (table in OF_NO_ENVIRONMENT)
    of_both = {"api_keys", "automations", "automation_versions", "automation_runs", "automation_steps"}
    of_both |= {"webhook_subscriptions", "webhook_deliveries", "webhook_delivery_attempts"}
    of_both |= {"alert_channels", "alert_escalations", "alert_events", "alert_notifications", "alert_reads"}
    of_both |= {
        "alert_rules",
        "maintenance_windows",
        "data_breaches",
        "data_subject_requests",
        "data_subject_steps",
        "data_transfers",
    }
    of_both |= {"legal_holds", "privacy_settings", "processing_purposes", "retention_periods", "retention_runs"}
    assert len(await sandbox.rows(path)) == (table not in of_both)


@pytest.mark.parametrize("function", FUNCTIONS)
async def test_calling_about_what_is_of_the_other_environment(world: World, live: Caller, function: str) -> None:
    answer = await live.request("POST", f"rpc/{function}", json=await arguments(world, function))

    assert not answer.is_success
    assert answer.json()["code"] in NOT_LET_IN | {"wrong_environment", "member_not_found"}, answer.text


PAYMENT = {"amount": "1", "currency": "AED", "reference": "r", "return_url": "https://shop.example"}
WRONG = Refusal(403, "wrong_environment", "environment")


@pytest.mark.parametrize(
    ("function", "given"),
    [
        ("create_payment", PAYMENT),
        ("create_payment_link", {"amount": "1", "currency": "AED", "reference": "r"}),
        ("route_payment", {"amount": "1", "currency": "AED"}),
        ("create_connection", {"provider": GATEWAY}),
        ("track_event", {"name": "seen"}),
        ("create_api_key", {"name": "Wider", "scopes": ["*"]}),
    ],
)
async def test_what_is_made_is_of_the_keys_own(
    world: World, live: Caller, function: str, given: dict[str, str]
) -> None:
    assert await live.refused(function, **given, environment="sandbox") == WRONG


async def test_a_connection_of_the_other_environment_cannot_be_named(world: World, live: Caller) -> None:
    refusal = await live.refused("create_payment", **PAYMENT, connection_id=world.home.gateway_id)

    assert refusal == Refusal(409, "environment_mismatch", "environment")
    assert (await live.refused("create_payment", **PAYMENT)).code == "no_payment_connection"


async def test_a_bound_key_makes_keys_bound_like_itself_and_no_members(world: World, live: Caller) -> None:
    created = await live.call("create_api_key", name="Second", scopes=["*"])
    member = {"organization_id": world.workspace.id, "email": "nobody@nowhere.example", "role": "viewer"}

    assert created["environment"] == "live"
    assert (await live.refused("set_member", **member)).code == "wrong_environment"


async def test_a_bound_key_subscribes_to_no_events_of_both(world: World, live: Caller) -> None:
    row = {"organization_id": world.workspace.id, "name": "All", "url": "https://app.example", "event_types": ["*"]}

    answer = await live.request("POST", "webhook_subscriptions", json=row)

    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_environment")


async def test_leads_that_are_synced_with_the_other_environment_are_not_written(world: World, live: Caller) -> None:
    given = {"organization_id": world.workspace.id, "email": "somebody@example.com"}

    assert await live.refused("upsert_lead", **given) == WRONG


async def test_a_key_that_is_bound_works_in_its_own(world: World, sandbox: Caller) -> None:
    payment = await sandbox.call("create_payment", **PAYMENT)

    assert payment["environment"] == "sandbox"
    [operation] = await sandbox.rows(f"operations?subject_id=eq.{payment['id']}&select=id")
    assert (await sandbox.call("cancel_operation", operation_id=operation["id"]))["status"] == "cancelled"


async def test_operations_about_the_other_environment_are_not_seen(world: World, live: Caller, sandbox: Caller) -> None:
    payment = await sandbox.call("create_payment", **PAYMENT)

    assert await live.rows(f"operations?subject_id=eq.{payment['id']}&select=id") == []
    [operation] = await sandbox.rows(f"operations?subject_id=eq.{payment['id']}&select=id")
    assert (await live.refused("cancel_operation", operation_id=operation["id"])).code == "operation_not_found"
