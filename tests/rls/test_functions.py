"""Every function that clients can see, and every role: who is let in.

x lets the role in (what it asked for is then done, or refused for another reason), - does not. `stranger` owns another
organization, `key` is an admin's API key that is limited to webhooks:*.
"""

import uuid
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest

from tests.rls.conftest import ROLES, World
from tests.rls.matrix import each_role
from tests.rls.samples import NOW, insert, sample
from tests.support.callers import Database, Row

MATRIX = """
function                   anon  stranger  viewer  developer  admin  owner  key  service_role
acknowledge_alert          -     -         -       x          x      x      -    x
backup_status              -     -         -       -          x      x      -    x
cancel_automation_run      -     -         -       x          x      x      -    x
cancel_operation           -     -         -       x          x      x      -    x
cancel_payment             -     -         -       x          x      x      -    x
cancel_pickup              -     -         -       x          x      x      -    x
cancel_post                -     -         -       x          x      x      -    x
cancel_shipment            -     -         -       x          x      x      -    x
capture_lead               -     -         -       -          -      -      -    x
capture_payment            -     -         -       x          x      x      -    x
check_delivery_address     -     -         -       x          x      x      -    x
check_payment_ledger       -     -         x       x          x      x      -    x
choose_accounts            -     -         -       x          x      x      -    x
close_manifest             -     -         -       x          x      x      -    x
comment_on_post            -     -         -       x          x      x      -    x
complete_subject_step      -     -         -       -          x      x      -    x
confirm_lead               -     -         -       -          -      -      -    x
consent_evidence           -     -         -       -          x      x      -    x
costs                      -     -         x       x          x      x      -    x
create_api_key             -     -         -       -          x      x      -    x
create_connection          -     -         -       x          x      x      -    x
create_lead_form           -     -         -       x          x      x      -    x
create_organization        -     x         x       x          x      x      -    -
create_payment             -     -         -       x          x      x      -    x
create_payment_link        -     -         -       x          x      x      -    x
create_shipment            -     -         -       x          x      x      -    x
create_subject_request     -     -         -       -          x      x      -    x
create_webhook_endpoint    -     -         -       x          x      x      x    x
credential_history         -     -         x       x          x      x      -    x
delete_comment             -     -         -       x          x      x      -    x
delete_automation          -     -         -       x          x      x      -    x
delete_lead                -     -         -       x          x      x      -    x
delete_payment_method      -     -         -       x          x      x      -    x
delete_post                -     -         -       x          x      x      -    x
delete_shipping_location   -     -         -       x          x      x      -    x
disable_payment_link       -     -         -       x          x      x      -    x
disconnect_connection      -     -         -       -          x      x      -    x
dismiss_payment_difference -     -         -       x          x      x      -    x
edit_post                  -     -         -       x          x      x      -    x
dry_run_automation         -     -         x       x          x      x      -    x
enable_automation          -     -         -       x          x      x      -    x
exchange_api_key           -     -         -       -          -      -      -    x
extend_subject_request     -     -         -       -          x      x      -    x
find_leads                 -     -         x       x          x      x      -    x
finish_oauth               -     -         -       -          -      -      -    x
health_history             -     -         x       x          x      x      -    x
hide_comment               -     -         -       x          x      x      -    x
ingest_webhook             -     -         -       -          -      -      -    x
latency                    -     -         x       x          x      x      -    x
lead_form                  -     -         -       -          -      -      -    x
lift_restriction           -     -         -       -          x      x      -    x
list_members               -     -         x       x          x      x      -    x
list_quotas                -     -         x       x          x      x      -    x
link_document              -     -         x       x          x      x      -    x
link_subject_archive       -     -         -       -          x      x      -    x
measure_post               -     -         -       x          x      x      -    x
oauth_outcome              -     -         -       -          -      -      -    x
open_payment_link          -     -         -       -          -      -      -    x
preview_retention          -     -         x       x          x      x      -    x
print_labels               -     -         -       x          x      x      -    x
processing_register        -     -         x       x          x      x      -    x
prove_delivery             -     -         -       x          x      x      -    x
publish_draft              -     -         -       x          x      x      -    x
publish_post               -     -         -       x          x      x      -    x
quote_shipment             -     -         -       x          x      x      -    x
read_alert_notifications   -     -         x       x          x      x      -    -
reconcile_payments         -     -         -       x          x      x      -    x
record_consent             -     -         -       x          x      x      -    x
record_shipment_event      -     -         -       x          x      x      -    x
refresh_accounts           -     -         -       x          x      x      -    x
refund_payment             -     -         -       x          x      x      -    x
refuse_subject_request     -     -         -       -          x      x      -    x
remove_member              -     -         -       -          x      x      -    x
replay_webhook_deliveries  -     -         -       x          x      x      x    x
replay_webhook_events      -     -         -       x          x      x      x    x
reply_to_comment           -     -         -       x          x      x      -    x
resolve_alert              -     -         -       x          x      x      -    x
resolve_post               -     -         -       -          x      x      -    x
resend_webhook_deliveries  -     -         -       x          x      x      x    x
reset_sync                 -     -         -       x          x      x      -    x
resolve_shipment           -     -         -       -          x      x      -    x
retention_plan             -     -         x       x          x      x      -    x
retry_automation_step      -     -         -       x          x      x      -    x
retry_operation            -     -         -       x          x      x      -    x
retry_post                 -     -         -       x          x      x      -    x
return_shipment            -     -         -       x          x      x      -    x
revoke_api_key             -     -         -       -          x      x      -    x
rotate_webhook_secret      -     -         -       x          x      x      x    x
rotate_api_key             -     -         -       -          x      x      -    x
route_payment              -     -         x       x          x      x      -    x
run_sync                   -     -         -       x          x      x      -    x
save_automation            -     -         -       x          x      x      -    x
schedule_pickup            -     -         -       x          x      x      -    x
set_alert_channel_secrets  -     -         -       -          x      x      -    x
set_credentials            -     -         -       x          x      x      -    x
set_lead_sync              -     -         -       x          x      x      -    x
set_member                 -     -         -       -          x      x      -    x
set_payment_policy         -     -         -       x          x      x      -    x
set_retention              -     -         -       -          x      x      -    x
set_shipping_location      -     -         -       x          x      x      -    x
snooze_alert               -     -         -       x          x      x      -    x
start_oauth                -     -         -       x          x      x      -    x
subject_certificate        -     -         x       x          x      x      -    x
subject_request_identity   -     -         -       -          x      x      -    x
set_sync                   -     -         -       x          x      x      -    x
sync_payment               -     -         -       x          x      x      -    x
test_alert_channel         -     -         -       -          x      x      -    x
test_connection            -     -         -       x          x      x      -    x
test_webhook_subscription  -     -         -       x          x      x      x    x
track_event                -     -         -       x          x      x      -    x
track_parcel               x     x         x       x          x      x      x    x
track_shipment             -     -         -       x          x      x      -    x
traffic_errors             -     -         x       x          x      x      -    x
update_connection          -     -         -       x          x      x      -    x
update_post                -     -         -       x          x      x      -    x
update_lead_form           -     -         -       x          x      x      -    x
upsert_lead                -     -         -       x          x      x      -    x
uptime                     -     -         x       x          x      x      -    x
usage                      -     -         x       x          x      x      -    x
verify_audit_log           -     -         -       -          x      x      -    x
"""

COMPUTED = """exists (
    select from pg_type t join pg_class c on c.oid = t.typrelid
    where pronamespace = 'public'::regnamespace and pronargs = 1 and t.oid = proargtypes[0] and c.relkind <> 'c')"""
"""Of pg_proc: that it is a computed column, in test_computed_columns.py."""

NOT_LET_IN = {
    "42501",
    "forbidden",
    "account_not_found",
    "alert_not_found",
    "api_key_not_found",
    "channel_not_found",
    "comment_not_found",
    "automation_not_found",
    "automation_run_not_found",
    "automation_step_not_found",
    "connection_not_found",
    "consent_not_found",
    "delivery_not_found",
    "difference_not_found",
    "document_not_found",
    "event_not_found",
    "lead_form_not_found",
    "lead_not_found",
    "notification_not_found",
    "operation_not_found",
    "payment_link_not_found",
    "payment_method_not_found",
    "payment_not_found",
    "pickup_not_found",
    "post_not_found",
    "shipment_not_found",
    "shipping_location_not_found",
    "stream_not_found",
    "subject_request_not_found",
    "subject_step_not_found",
    "subscription_not_found",
}


class Cell(NamedTuple):
    """Whether one role is let into one function."""

    function: str
    role: str
    let_in: bool


def cells() -> list[Cell]:
    """The matrix, read."""
    header, *lines = (line.split() for line in MATRIX.strip().splitlines())
    assert tuple(header[1:]) == ROLES
    return [Cell(name, role, mark == "x") for name, *row in lines for role, mark in zip(ROLES, row, strict=True)]


async def new(world: World, table: str) -> str:
    """A row that nothing has been done with yet; its id."""
    row = await insert(world.workspace.database, table, sample(table, world.home))
    return str(row["id"])


async def channel(world: World, kind: str) -> Row:
    """A new channel that is no e-mail."""
    row = await insert(
        world.workspace.database,
        "alert_channels",
        sample("alert_channels", world.home) | {"kind": kind, "target": None},
    )
    return row | {"id": str(row["id"])}


async def of_organization(world: World, **others: object) -> Row:
    return {"organization_id": world.home.organization_id, **others}


async def of_connection(world: World, **others: object) -> Row:
    return {"connection_id": world.home.gateway_id, **others}


async def of_carrier(world: World, **others: object) -> Row:
    return {"connection_id": world.home.carrier_id, **others}


async def of_tool(world: World, **others: object) -> Row:
    return {"connection_id": world.home.tool_id, **others}


async def of_shipment(world: World, **others: object) -> Row:
    return {"shipment_id": world.home.shipment_id, **others}


async def of_token(**others: object) -> Row:
    return {"token": "unknown", **others}


async def of_payment(world: World, **others: object) -> Row:
    return {"payment_id": world.home.payment_id, **others}


async def of_network(world: World, **others: object) -> Row:
    return {"connection_id": world.home.network_id, **others}


async def of_post(world: World, **others: object) -> Row:
    return {"post_id": world.home.post_id, **others}


async def of_subscription(world: World, **others: object) -> Row:
    return {"subscription_id": world.home.subscription_id, **others}


async def of_comment(world: World, **others: object) -> Row:
    return {"comment_id": await new(world, "social_comments"), **others}


# Where a real argument would change something for the next role, one is wrong that is looked at after the role.
ARGUMENTS: dict[str, Callable[[World], Awaitable[Row]]] = {
    "cancel_post": of_post,
    "check_payment_ledger": of_organization,
    "choose_accounts": lambda world: of_network(world, account_ids=[world.home.account_id]),
    "comment_on_post": lambda world: of_post(world, text=""),
    "delete_comment": of_comment,
    "edit_post": lambda world: of_post(world, text=""),
    "hide_comment": lambda world: of_comment(world, hidden=True),
    "measure_post": of_post,
    "publish_draft": lambda world: of_post(world, scheduled_at="soon"),
    "create_payment_link": lambda world: of_organization(world, amount="-1", currency="AED", reference="r"),
    "cancel_payment": lambda world: of_payment(world, reason="whim"),
    "cancel_shipment": of_shipment,
    "capture_payment": lambda world: of_payment(world, amount="-1"),
    "check_delivery_address": lambda world: of_carrier(world, place={}),
    "close_manifest": of_carrier,
    "create_api_key": lambda world: of_organization(world, name="", scopes=["*"]),
    "capture_lead": lambda world: of_token(answers={}),
    "confirm_lead": lambda world: of_token(),
    "create_lead_form": lambda world: of_organization(world, name="", fields=[]),
    "dry_run_automation": lambda world: of_organization(world, definition={}, event={}),
    "find_leads": lambda world: of_organization(world, email="nobody@example.com"),
    "lead_form": lambda world: of_token(),
    "backup_status": of_organization,
    "list_members": of_organization,
    "list_quotas": of_organization,
    "preview_retention": of_organization,
    "reset_sync": lambda world: of_tool(world, stream="deals"),
    "run_sync": lambda world: of_tool(world, stream="deals"),
    "save_automation": lambda world: of_organization(world, name="", definition={}),
    "set_lead_sync": lambda world: of_tool(world, purpose=""),
    "set_sync": lambda world: of_tool(world, stream="deals", every_minutes=0),
    "track_event": lambda world: of_organization(world, name=""),
    "upsert_lead": lambda world: of_organization(world, email="nobody"),
    "costs": lambda world: of_organization(world, since=NOW),
    "health_history": lambda world: of_connection(world, since=NOW, organization_id=world.home.organization_id),
    "latency": lambda world: of_organization(world, since=NOW),
    "traffic_errors": lambda world: of_organization(world, since=NOW),
    "uptime": lambda world: of_organization(world, since=NOW),
    "usage": lambda world: of_organization(world, since=NOW),
    "create_connection": lambda world: of_organization(world, provider="nonesuch"),
    "create_payment": lambda world: of_organization(world, amount="-1", currency="AED", reference="r"),
    "create_shipment": lambda world: of_organization(world, reference=""),
    "create_webhook_endpoint": of_connection,
    "credential_history": of_connection,
    "prove_delivery": of_shipment,
    "quote_shipment": lambda world: of_organization(world, recipient={}, parcels=[]),
    "refresh_accounts": of_network,
    "reply_to_comment": lambda world: of_comment(world, text=""),
    "resolve_post": of_post,
    "retry_post": of_post,
    "start_oauth": of_network,
    "update_post": lambda world: of_post(world, scheduled_at="soon"),
    "reconcile_payments": lambda world: of_connection(world, since="2100-01-01T00:00:00Z"),
    "record_shipment_event": lambda world: of_shipment(world, status="created"),
    "refund_payment": lambda world: of_payment(world, amount="-1"),
    "remove_member": lambda world: of_organization(world, user_id=str(uuid.uuid4())),
    "replay_webhook_deliveries": lambda world: of_subscription(world, since="2100-01-01T00:00:00Z"),
    "resolve_shipment": of_shipment,
    "rotate_webhook_secret": lambda world: of_subscription(world, secret={}),
    "return_shipment": of_shipment,
    "route_payment": lambda world: of_organization(world, amount="-1", currency="AED"),
    "schedule_pickup": lambda world: of_carrier(world, ready_at=NOW, closes_at=NOW),
    "set_payment_policy": lambda world: of_organization(world, cases={}),
    "set_credentials": lambda world: of_connection(world, credentials=[]),
    "set_member": lambda world: of_organization(world, email="nobody@nowhere.example", role="viewer"),
    "create_subject_request": lambda world: of_organization(world, kind="access"),
    "processing_register": of_organization,
    "retention_plan": of_organization,
    "set_retention": lambda world: of_organization(world, data_class="nonesuch", keep_days=1),
    "set_shipping_location": lambda world: of_organization(world, name="Shop", address={}),
    "sync_payment": of_payment,
    "test_connection": of_connection,
    "test_webhook_subscription": of_subscription,
    "track_shipment": of_shipment,
    "update_connection": lambda world: of_connection(world, name=""),
    "verify_audit_log": of_organization,
}


async def arguments(world: World, function: str) -> Row:
    """What to call a function with."""
    match function:
        case "acknowledge_alert" | "resolve_alert":
            return {"alert_id": await new(world, "alerts")}
        case "snooze_alert":
            return {"alert_id": await new(world, "alerts"), "until": None}
        case "set_alert_channel_secrets":
            return {"channel_id": (await channel(world, "slack"))["id"], "credentials": []}
        case "test_alert_channel":
            return {"channel_id": (await channel(world, "slack"))["id"]}
        case "read_alert_notifications":
            # What the role before has marked is its own to see, and in the way of the tests of tables.
            await world.workspace.database.execute(
                "delete from public.alert_reads where notification_id <> %s",
                [world.rows["alert_reads"]["notification_id"]],
            )
            inbox = {"channel_id": (await channel(world, "in_app"))["id"]}
            told = sample("alert_notifications", world.home) | inbox
            return {
                "notification_ids": [str((await insert(world.workspace.database, "alert_notifications", told))["id"])]
            }
        case "cancel_operation" | "retry_operation":
            return {"operation_id": await new(world, "operations")}
        case "cancel_pickup":
            return {"pickup_id": await new(world, "pickups")}
        case "cancel_automation_run":
            return {"run_id": await new(world, "automation_runs")}
        case "enable_automation" | "delete_automation":
            return {
                "automation_id": await new(world, "automations"),
                **({} if "delete" in function else {"enabled": None}),
            }
        case "complete_subject_step":
            return {"step_id": await new(world, "data_subject_steps")}
        case "consent_evidence":
            return {"consent_id": await new(world, "lead_consents")}
        case "extend_subject_request" | "refuse_subject_request":
            return {"request_id": await new(world, "data_subject_requests"), "reason": "Late"}
        case "link_subject_archive" | "subject_certificate" | "subject_request_identity":
            return {"request_id": await new(world, "data_subject_requests")}
        case "delete_lead" | "lift_restriction":
            return {"lead_id": await new(world, "leads")}
        case "record_consent":
            return {"lead_id": await new(world, "leads"), "purpose": "", "state": "given"}
        case "retry_automation_step":
            return {"step_id": await new(world, "automation_steps")}
        case "update_lead_form":
            return {"form_id": await new(world, "lead_forms"), "name": ""}
        case "create_organization":
            return {"name": ""}
        case "delete_payment_method":
            return {"payment_method_id": await new(world, "payment_methods")}
        case "delete_post":
            return {"post_id": await new(world, "social_posts")}
        case "finish_oauth":
            return {"state": "s"}
        case "oauth_outcome":
            ended = {"kind": "oauth.finish", "status": "failed", "finished_at": NOW}
            row = await insert(world.workspace.database, "operations", sample("operations", world.home) | ended)
            return {"operation_id": str(row["id"])}
        case "publish_post":
            return {"account_ids": [world.home.account_id], "scheduled_at": "soon"}
        case "disable_payment_link":
            return {"payment_link_id": await new(world, "payment_links")}
        case "delete_shipping_location":
            return {"location_id": await new(world, "shipping_locations")}
        case "dismiss_payment_difference":
            return {"difference_id": await new(world, "payment_differences")}
        case "link_document":
            return {"document_id": await new(world, "shipment_documents")}
        case "open_payment_link":
            link = await insert(world.workspace.database, "payment_links", sample("payment_links", world.home))
            return {"token": link["token"], "page_url": "https://hub.example/pay"}
        case "disconnect_connection":
            return {"connection_id": await new(world, "integration_connections")}
        case "exchange_api_key":
            return {"api_key": "wasl_"}
        case "ingest_webhook":
            return {"token": "wh_", "headers": {}, "query": "", "body": ""}
        case "print_labels":
            return {"shipment_ids": [await new(world, "shipments")]}
        case "replay_webhook_events":
            return {"event_ids": [await new(world, "webhook_events")]}
        case "resend_webhook_deliveries":
            return {"delivery_ids": [await new(world, "webhook_deliveries")]}
        case "rotate_api_key":
            return {"api_key_id": await new(world, "api_keys"), "overlap": "1 year"}
        case "revoke_api_key":
            return {"api_key_id": await new(world, "api_keys")}
        case "track_parcel":
            shipment = await insert(world.workspace.database, "shipments", sample("shipments", world.home))
            return {"token": shipment["tracking_token"]}
    return await ARGUMENTS[function](world)


async def test_no_function_is_missing_from_the_matrix(database: Database) -> None:
    query = f"select proname from pg_proc where pronamespace = 'public'::regnamespace and not {COMPUTED}"
    functions = {row["proname"] for row in await (await database.execute(query)).fetchall()}

    assert {cell.function for cell in cells()} == functions


@each_role(cells())
async def test_calling(world: World, cell: Cell) -> None:
    given = await arguments(world, cell.function)

    answer = await world.callers[cell.role].request("POST", f"rpc/{cell.function}", json=given)

    code = None if answer.is_success else answer.json()["code"]
    assert (code not in NOT_LET_IN) is cell.let_in, answer.text
    assert answer.status_code < 500, answer.text


async def test_a_function_has_one_form(database: Database) -> None:
    """The matrix calls functions by name: of two of one name it would try one."""
    query = f"""
        select proname from pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and not {COMPUTED}
        group by pronamespace, proname having count(*) > 1
    """
    assert await (await database.execute(query)).fetchall() == []


async def test_private_functions_are_not_exposed(world: World, database: Database) -> None:
    query = """
        select proname from pg_proc where pronamespace = 'private'::regnamespace
        except select proname from pg_proc where pronamespace = 'public'::regnamespace
    """
    private = {row["proname"] for row in await (await database.execute(query)).fetchall()}
    description = (await world.callers["service_role"].request("GET", "")).json()
    exposed = {path.removeprefix("/rpc/") for path in description["paths"] if path.startswith("/rpc/")}

    assert "create_payment" in exposed
    assert "apply_payment_news" in private
    assert exposed & private == set()


@pytest.mark.parametrize("role", ROLES)
async def test_no_role_reaches_a_private_function(world: World, role: str) -> None:
    for function in ("my_organizations", "audit", "refuse", "apply_payment_news", "uuid_v7"):
        answer = await world.callers[role].request("POST", f"rpc/{function}", json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "PGRST202")
        private = {"Content-Profile": "private"}
        asked_for = await world.callers[role].request("POST", f"rpc/{function}", json={}, headers=private)
        assert (asked_for.status_code, asked_for.json()["code"]) == (406, "PGRST106")
