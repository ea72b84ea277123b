"""Every table, verb and role, against the real PostgREST with real tokens.

The table below is the whole of it: what each role may do with the rows of an organization. r reads, i inserts,
u updates, d deletes, - is nothing at all. `stranger` owns another organization, `key` is an admin's API key that is
limited to webhooks:*.
"""

from typing import NamedTuple

import httpx
import pytest

from tests.rls.conftest import ROLES, World
from tests.rls.matrix import each_role
from tests.rls.samples import CHANGES, SAMPLES, insert, owner_column, sample
from tests.support.callers import Caller, Database, Row

MATRIX = """
table                      anon  stranger  viewer  developer  admin  owner  key   service_role
alert_channels             -     -         r       r          riud   riud   -     riud
alert_escalations          -     -         r       r          riud   riud   -     riud
alert_events               -     -         r       r          r      r      -     r
alert_notifications        -     -         r       r          r      r      -     r
alert_reads                -     -         -       -          -      -      -     r
alert_rules                -     -         r       riud       riud   riud   -     riud
alerts                     -     -         r       r          r      r      -     r
api_credentials            -     -         r       r          r      r      -     r
api_key_usage              -     -         -       -          r      r      -     r
api_keys                   -     -         -       -          r      r      -     riud
audit_log                  -     -         -       -          r      r      -     r
automation_runs            -     -         r       r          r      r      -     r
automation_steps           -     -         r       r          r      r      -     r
automation_versions        -     -         r       r          r      r      -     r
automations                -     -         r       r          r      r      -     r
connection_grants          -     -         r       r          r      r      -     r
data_breaches              -     -         -       -          riu    riu    -     riu
data_subject_requests      -     -         r       r          r      r      -     r
data_subject_steps         -     -         r       r          r      r      -     r
data_transfers             -     -         r       r          riud   riud   -     riud
encryption_keys            -     -         r       r          r      r      -     r
events                     -     -         r       r          r      r      -     r
health_changes             -     -         r       r          r      r      -     r
health_incident_entries    -     -         r       r          r      r      -     r
health_incidents           -     -         r       r          r      r      -     r
integration_analytics      -     -         r       r          r      r      -     r
integration_analytics_daily -     -         r       r          r      r      -     r
integration_connections    -     -         r       r          r      r      -     riud
integration_health         -     -         r       r          r      r      -     r
integration_logs           -     -         r       r          r      r      -     r
integration_providers      -     r         r       r          r      r      r     riud
lead_consents              -     -         r       r          r      r      -     r
lead_forms                 -     -         r       r          r      r      -     r
lead_links                 -     -         r       r          r      r      -     r
lead_syncs                 -     -         r       r          r      r      -     r
leads                      -     -         r       r          r      r      -     r
legal_holds                -     -         r       r          riud   riud   -     riud
marketing_audiences        -     -         r       r          r      r      -     r
marketing_campaign_figures -     -         r       r          r      r      -     r
marketing_campaigns        -     -         r       r          r      r      -     r
marketing_deals            -     -         r       r          r      r      -     r
maintenance_windows        -     -         r       riud       riud   riud   -     riud
operations                 -     -         r       r          r      r      -     r
organization_members       -     -         r       r          r      r      -     riud
organization_quotas        -     -         r       r          r      r      -     riud
organizations              -     -         r       r          ru     ru     -     riud
payment_differences        -     -         r       r          r      r      -     r
payment_disputes           -     -         r       r          r      r      -     r
payment_events             -     -         r       r          r      r      -     r
payment_links              -     -         r       r          r      r      -     r
payment_methods            -     -         r       r          r      r      -     r
payment_policies           -     -         r       r          r      r      -     r
payment_providers          -     -         r       ru         ru     ru     -     riud
payment_reconciliations    -     -         r       r          r      r      -     r
payment_refunds            -     -         r       r          r      r      -     r
payments                   -     -         r       r          r      r      -     r
payouts                    -     -         r       r          r      r      -     r
pickups                    -     -         r       r          r      r      -     r
privacy_settings           -     -         r       r          ru     ru     -     ru
processing_purposes        -     -         r       r          riud   riud   -     riud
provider_status            -     r         r       r          r      r      r     r
rate_limits                -     -         r       ru         ru     ru     -     r
retention_periods          -     -         r       r          r      r      -     r
retention_runs             -     -         r       r          r      r      -     r
shipment_documents         -     -         r       r          r      r      -     r
shipment_events            -     -         r       r          r      r      -     r
shipment_quotes            -     -         r       r          r      r      -     r
shipment_rates             -     -         r       r          r      r      -     r
shipments                  -     -         r       r          r      r      -     r
shipping_locations         -     -         r       r          r      r      -     r
shipping_manifests         -     -         r       r          r      r      -     r
shipping_providers         -     -         r       ru         ru     ru     -     riud
social_account_metrics     -     -         r       r          r      r      -     r
social_comments            -     -         r       r          r      r      -     r
social_engagement          -     -         r       r          r      r      -     r
social_media_accounts      -     -         r       ru         ru     ru     -     r
social_posts               -     -         r       r          r      r      -     r
sync_runs                  -     -         r       r          r      r      -     r
sync_streams               -     -         r       r          r      r      -     r
synthetic_checks           -     -         r       riud       riud   riud   -     riud
webhook_deliveries         -     -         r       r          r      r      r     r
webhook_delivery_attempts  -     -         r       r          r      r      r     r
webhook_endpoints          -     -         r       ru         ru     ru     ru    r
webhook_events             -     -         r       r          r      r      r     r
webhook_requests           -     -         r       r          r      r      r     r
webhook_subscriptions      -     -         r       riud       riud   riud   riud  riud
"""


class Cell(NamedTuple):
    """What one role may do with one table."""

    table: str
    role: str
    verbs: str


def cells() -> list[Cell]:
    """The matrix, read."""
    header, *lines = (line.split() for line in MATRIX.strip().splitlines())
    assert tuple(header[1:]) == ROLES
    return [Cell(table, role, verbs) for table, *row in lines for role, verbs in zip(ROLES, row, strict=True)]


async def test_no_table_is_missing_from_the_matrix(database: Database) -> None:
    query = """
        select relname from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
    """
    tables = {row["relname"] for row in await (await database.execute(query)).fetchall()}

    assert {cell.table for cell in cells()} == tables == set(SAMPLES)


ONLY = (
    *("user_id", "notification_id", "connection_id", "operation", "post_id", "account_id", "day"),
    *("lead_id", "campaign_id", "automation_id", "version", "data_class", "table_name", "api_key_id", "name"),
)
"""With the organization they tell rows apart that have no id."""


def only(row: Row) -> str:
    """A filter that finds this row alone."""
    for key in ("id", "key"):
        if key in row:
            return f"{key}=eq.{row[key]}"
    if "organization_id" not in row:
        return f"provider_key=eq.{row['provider_key']}"
    own = f"organization_id=eq.{row['organization_id']}"
    return own + "".join(f"&{key}=eq.{row[key]}" for key in ONLY if key in row)


def is_denial(answer: httpx.Response) -> bool:
    """No grant or a policy's check: 42501, with 401 for who is not signed in."""
    return answer.status_code in (401, 403) and answer.json()["code"] == "42501"


def reaches_nothing(answer: httpx.Response) -> bool:
    """Denied, or as if the row were not there."""
    return is_denial(answer) or (answer.status_code == 200 and answer.json() == [])


async def visible_columns(database: Database, table: str, caller: Caller) -> str:
    """The columns the caller's role may select: `select=*` wants a grant for each."""
    role = {"anon": "anon", "service_role": "service_role"}.get(caller.name, "authenticated")
    query = """
        select string_agg(attname, ',' order by attnum) as names from pg_attribute
        where attrelid = %s::regclass and attnum > 0 and not attisdropped
          and has_column_privilege(%s, attrelid, attnum, 'select')
    """
    row = await (await database.execute(query, (f"public.{table}", role))).fetchone()
    assert row is not None
    return row["names"] or "*"


@each_role(cells())
async def test_reading(world: World, database: Database, cell: Cell) -> None:
    caller = world.callers[cell.role]
    columns = await visible_columns(database, cell.table, caller)

    answer = await caller.request("GET", f"{cell.table}?{only(world.rows[cell.table])}&select={columns}")

    if "r" in cell.verbs:
        assert answer.status_code == 200, answer.text
        assert len(answer.json()) == 1
    else:
        assert reaches_nothing(answer), answer.text


@each_role(cells())
async def test_reading_without_a_filter_shows_nothing_of_others(world: World, database: Database, cell: Cell) -> None:
    column = owner_column(cell.table)
    if column is None or cell.role == "service_role":
        return  # Everybody's, and who may see everything.

    answer = await world.callers[cell.role].request("GET", f"{cell.table}?select={column}")

    if answer.status_code != 200:
        assert is_denial(answer), answer.text
        return
    hubs_own = {None} if cell.table == "encryption_keys" else set()
    seen = {row[column] for row in answer.json()} - hubs_own
    if cell.role == "stranger":
        assert world.home.organization_id not in seen
    else:
        assert seen == ({world.home.organization_id} if "r" in cell.verbs else set())


@each_role(cells())
async def test_inserting(world: World, database: Database, cell: Cell) -> None:
    row = sample(cell.table, world.home)

    answer = await world.callers[cell.role].request("POST", cell.table, json=row)

    if "i" in cell.verbs:
        assert answer.status_code == 201, answer.text
        await forget(database, cell.table, row)
    else:
        assert is_denial(answer), answer.text


async def forget(database: Database, table: str, row: Row) -> None:
    """Remove what an insert left, so that the next role can try the same."""
    for key in ("slug", "key", "capability", "connection_id", "user_id", "name"):
        if key in row:
            condition = f"{key} = %s" + (" and organization_id = %s" if "organization_id" in row else "")
            values = [row[key], *([row["organization_id"]] if "organization_id" in row else [])]
            await database.execute(f"delete from public.{table} where {condition}", values)
            return


@each_role(cells())
async def test_updating(world: World, database: Database, cell: Cell) -> None:
    change = CHANGES.get(cell.table, {"organization_id": world.home.organization_id})
    path = f"{cell.table}?{only(world.rows[cell.table])}&select={next(iter(change))}"

    answer = await world.callers[cell.role].request(
        "PATCH", path, json=change, headers={"Prefer": "return=representation"}
    )

    if "u" in cell.verbs:
        assert answer.status_code == 200, answer.text
        assert len(answer.json()) == 1
    else:
        assert reaches_nothing(answer), answer.text


@each_role(cells())
async def test_deleting(world: World, database: Database, cell: Cell) -> None:
    allowed = "d" in cell.verbs
    row = world.rows[cell.table]
    if allowed:
        row = await insert(database, cell.table, sample(cell.table, world.home))

    answer = await world.callers[cell.role].request("DELETE", f"{cell.table}?{only(row)}")

    if allowed:
        assert answer.status_code == 204, answer.text
    else:
        assert is_denial(answer) or answer.status_code == 204, answer.text
        assert len(await world.callers["service_role"].rows(f"{cell.table}?{only(row)}")) == 1


UPDATABLE = sorted(
    {cell.table for cell in cells() if "u" in cell.verbs and owner_column(cell.table) == "organization_id"}
)


@pytest.mark.parametrize("table", UPDATABLE)
async def test_no_row_moves_to_another_organization(world: World, table: str) -> None:
    [abroad] = await world.callers["stranger"].rows("organizations?select=id")

    answer = await world.callers["owner"].request(
        "PATCH", f"{table}?{only(world.rows[table])}", json={"organization_id": abroad["id"]}
    )

    assert is_denial(answer), answer.text


INSERTABLE = sorted({cell.table for cell in cells() if "i" in cell.verbs and cell.role == "owner"})


@pytest.mark.parametrize("table", INSERTABLE)
async def test_no_row_is_put_into_another_organization(world: World, table: str) -> None:
    [abroad] = await world.callers["stranger"].rows("organizations?select=id")

    answer = await world.callers["owner"].request(
        "POST", table, json=sample(table, world.home) | {"organization_id": abroad["id"]}
    )

    assert is_denial(answer), answer.text


async def test_a_subscription_cannot_name_a_connection_of_others(world: World) -> None:
    [abroad] = await world.callers["stranger"].rows("organizations?select=id")
    row = sample("webhook_subscriptions", world.home)
    row |= {"organization_id": abroad["id"], "connection_id": world.home.gateway_id}

    answer = await world.callers["stranger"].request("POST", "webhook_subscriptions", json=row)

    assert (answer.status_code, answer.json()["code"]) == (409, "23503")


@pytest.mark.parametrize("table", ["api_keys", "webhook_endpoints"])
@pytest.mark.parametrize("role", ["viewer", "developer", "admin", "owner", "key"])
async def test_hashes_of_secrets_are_shown_to_nobody(world: World, table: str, role: str) -> None:
    column = {"api_keys": "key_hash", "webhook_endpoints": "token_hash"}[table]

    for query in (f"select={column}", f"select=id&{column}=not.is.null", "select=*"):
        answer = await world.callers[role].request("GET", f"{table}?{query}")
        assert is_denial(answer), answer.text


PLATFORM_SCHEMAS = {"auth", "extensions", "graphql_public", "realtime", "storage", "supabase_migrations", "vault"}
"""What Supabase brings along."""

PRIVATE_TABLES = (
    "sealed_credentials",
    "api_key_budgets",
    "operation_counts",
    "quotas",
    "jobs",
    "dead_jobs",
    "partitioned_tables",
    "payment_transitions",
    "webhook_buckets",
    "webhook_event_keys",
    "circuit_breakers",
    "currencies",
    "payment_looks",
    "payment_method_tokens",
    "reconciliation_progress",
    "restores",
    "hub",
    "listed_payments",
    "document_contents",
    "tracking_watch",
    "oauth_states",
    "post_preparations",
    "post_looks",
    "account_looks",
    "addresses_to_forget",
    "lead_submissions",
    "lead_confirmations",
    "alert_metrics",
    "alert_rule_states",
    "call_minutes",
    "sealed_channel_secrets",
    "audit_anchors",
    "subject_keys",
    "personal_values",
    "lead_addresses",
    "blind_keys",
    "consent_evidence",
    "subject_identities",
    "subject_records",
    "erased_subjects",
    "restricted_subjects",
    "postponed_erasures",
    "personal_tables",
    "personal_data",
    "data_classes",
    "jurisdictions",
    "dropped_partitions",
    "webhook_secrets",
    "webhook_queue",
    "analytics_increments",
    "analytics_totals",
    "analytics_zones",
    "counted_calls",
    "backup_plan",
    "backup_runs",
)


async def test_no_private_table_is_missing_from_the_list(database: Database) -> None:
    query = """
        select relname from pg_class
        where relnamespace = 'private'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') and not relispartition
    """
    tables = {row["relname"] for row in await (await database.execute(query)).fetchall()}

    assert set(PRIVATE_TABLES) == tables


async def test_nothing_lies_in_a_schema_that_no_matrix_knows(database: Database) -> None:
    query = """
        select distinct n.nspname from pg_namespace n
        where n.nspname !~ '^(pg_|information_schema$)'
          and (exists (select from pg_class c where c.relnamespace = n.oid)
               or exists (select from pg_proc p where p.pronamespace = n.oid))
    """
    schemas = {row["nspname"] for row in await (await database.execute(query)).fetchall()}

    assert schemas - PLATFORM_SCHEMAS == {"public", "private"}


async def test_a_partition_can_be_reached_through_its_table_alone(database: Database) -> None:
    query = """
        select c.oid::regclass::text as name from pg_class c
        where c.relispartition and c.relkind in ('r', 'p')
          and (c.relnamespace <> 'private'::regnamespace or not c.relrowsecurity
               or exists (select from aclexplode(c.relacl) a
                          where a.grantee not in (c.relowner, 'wasl_backup'::regrole)))
    """

    assert await (await database.execute(query)).fetchall() == []


@pytest.mark.parametrize("table", PRIVATE_TABLES)
async def test_private_tables_are_not_exposed(world: World, table: str) -> None:
    private = {"Accept-Profile": "private"}

    hidden = {role: await world.callers[role].request("GET", table) for role in ROLES}
    asked_for = {role: await world.callers[role].request("GET", table, headers=private) for role in ROLES}

    assert {role: answer.status_code for role, answer in hidden.items()} == dict.fromkeys(ROLES, 404)
    assert {role: answer.status_code for role, answer in asked_for.items()} == dict.fromkeys(ROLES, 406)
