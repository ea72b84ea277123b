"""What every table, function, policy and key of the schema has to have, whatever is added later."""

import re
from enum import StrEnum
from typing import Any

import pytest

from tests.support.callers import Database, Row
from workers.providers.manifest import Category, Environment
from workers.providers.payments.models import PaymentStatus, RefundStatus
from workers.providers.shipping.models import ServiceLevel, ShipmentStatus
from workers.providers.social.models import AccountKind, PostFormat

NAMED_TABLES = set(
    """
    integration_providers integration_connections api_credentials integration_health integration_logs webhook_endpoints
    webhook_events rate_limits integration_analytics payment_providers shipping_providers social_media_accounts
    organizations organization_members encryption_keys operations payments payment_refunds shipments shipment_events
    shipment_quotes shipment_rates shipment_documents shipping_locations shipping_manifests pickups social_posts leads
    webhook_subscriptions webhook_deliveries webhook_delivery_attempts alerts alert_channels alert_escalations
    alert_events
    alert_notifications alert_reads alert_rules maintenance_windows api_keys audit_log events connection_grants
    social_comments social_engagement social_account_metrics
    lead_consents lead_syncs
    lead_links lead_forms sync_streams sync_runs marketing_audiences marketing_campaigns marketing_campaign_figures
    marketing_deals automations automation_versions automation_runs automation_steps
    data_subject_requests data_subject_steps processing_purposes data_transfers data_breaches retention_periods
    legal_holds privacy_settings
    integration_analytics_daily health_changes health_incidents health_incident_entries provider_status synthetic_checks
    api_key_usage organization_quotas
    """.split()  # noqa: SIM905
)

# Columns whose name says it all.
OBVIOUS_COLUMNS = set(
    """
    id api_key_id organization_id subject_id connection_id endpoint_id subscription_id payment_id refund_id shipment_id
    account_id alert_id channel_id
    operation_id provider_key name description status enabled kind title detail url amount currency
    created_at created_by updated_at occurred_at finished_at processed_at published_at delivered_at recorded_at
    received_at refunded_at checked_at expires_at revoked_at retired_at acknowledged_at acknowledged_by resolved_at
    health_changed_at health_checked_at next_health_check_at first_seen_at last_seen_at last_received_at
    last_refused_at next_attempt_at estimated_delivery_at refilled_at
    attempts last_error error_code reason input_bytes request_bytes response_bytes bytes_sent bytes_received calls
    errors latency_ms duration_ms_sum duration_ms_max method request_headers response_headers response_body
    public_key algorithm state severity category countries methods maximum_amount fee_fixed fee_currency capacity
    sandbox_base_url live_base_url documentation_url status_page_url max_body_bytes received_count verified role
    emirates services minimum_weight_kg maximum_weight_kg sender recipient declared_value tracking_number
    provider_shipment_id provider_post_id provider_refund_id handle picture_url followers permalink email full_name
    company cancel_url capture_method from_status to_status source_id target_id failure trace_id hint scopes
    target credentials_version
    """.split()  # noqa: SIM905
)


async def rows(database: Database, query: str) -> list[Row]:
    return await (await database.execute(query)).fetchall()


async def names(database: Database, query: str) -> list[Any]:
    """The first column of a query."""
    return [next(iter(row.values())) for row in await rows(database, query)]


async def test_every_table_of_the_design_is_there(database: Database) -> None:
    tables = await names(database, "select table_name from information_schema.tables where table_schema = 'public'")

    assert NAMED_TABLES - set(tables) == set()


async def test_every_table_has_row_level_security(database: Database) -> None:
    unprotected = """
        select relname from pg_class
        where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p')
          and not relrowsecurity
    """

    assert await names(database, unprotected) == []


async def test_every_table_of_clients_carries_its_organization(database: Database) -> None:
    without = """
        select relname from pg_class c
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id')
    """

    assert sorted(await names(database, without)) == ["integration_providers", "organizations", "provider_status"]


async def test_every_table_is_found_by_its_organization(database: Database) -> None:
    """An index led by organization_id, for the policies."""
    without = """
        select c.relname from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and not exists (
              select from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum and i.indpred is null)
    """

    assert await names(database, without) == []


async def test_anon_and_public_are_granted_only_the_check_of_requests_and_to_follow_a_parcel(
    database: Database,
) -> None:
    granted = """
        select object from (
            select relname::text as object, relacl as acl from pg_class
            where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
            union all
            select proname::text, coalesce(proacl, acldefault('f', proowner)) from pg_proc
            where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            union all
            select attname::text, attacl from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
            union all
            select nspname::text, nspacl from pg_namespace where nspname = 'private'
        ) as objects, aclexplode(acl) as entry
        where entry.grantee in (0, 'anon'::regrole)
    """

    # track_parcel is in public, and in private behind it.
    assert sorted(await names(database, granted)) == ["check_request", "private", "track_parcel", "track_parcel"]


async def test_every_function_pins_its_search_path(database: Database) -> None:
    unpinned = """
        select oid::regprocedure::text from pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
          and not coalesce('search_path=""' = any (proconfig), false)
    """

    assert await names(database, unpinned) == []


async def test_no_function_that_clients_see_runs_as_its_owner(database: Database) -> None:
    definers = "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"

    assert await names(database, definers) == []


async def test_every_view_shows_what_its_reader_may_see(database: Database) -> None:
    others = """
        select relname from pg_class where relnamespace = 'public'::regnamespace
          and (relkind = 'm' or relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions), false))
    """

    assert await names(database, others) == []


async def test_every_foreign_key_has_an_index(database: Database) -> None:
    unindexed = """
        select c.conrelid::regclass || '.' || c.conname
        from pg_constraint c
        where c.contype = 'f' and c.conparentid = 0
          and c.connamespace in ('public'::regnamespace, 'private'::regnamespace)
          and not exists (
              select from pg_index i
              where i.indrelid = c.conrelid and i.indpred is null
                and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey)
    """

    assert await names(database, unindexed) == []


async def test_every_policy_is_for_signed_in_callers_one_for_each_command(database: Database) -> None:
    policies = await rows(
        database,
        "select tablename, cmd, roles::text[] as roles, permissive from pg_policies where schemaname = 'public'",
    )

    assert {tuple(policy["roles"]) for policy in policies} == {("authenticated",)}
    commands = [(policy["tablename"], policy["cmd"]) for policy in policies if policy["permissive"] == "PERMISSIVE"]
    assert len(commands) == len(set(commands))
    assert "ALL" not in {command for _, command in commands}


async def test_every_policy_asks_once_for_the_callers_organizations(database: Database) -> None:
    """The form that Postgres evaluates once per query instead of once per row."""
    policies = await rows(
        database,
        "select tablename, policyname, cmd, qual, with_check from pg_policies"
        " where schemaname = 'public' and permissive = 'PERMISSIVE'",
    )

    for policy in policies:
        everybodys = policy["tablename"] in ("integration_providers", "provider_status")
        if everybodys and (policy["cmd"], policy["qual"]) == ("SELECT", "true"):
            continue
        for expression in filter(None, (policy["qual"], policy["with_check"])):
            assert "= ANY (ARRAY( SELECT private.my_organizations(" in expression, policy["policyname"]
        assert policy["cmd"] != "UPDATE" or policy["with_check"] == policy["qual"], policy["policyname"]


async def test_bound_keys_are_kept_to_their_environment_in_every_table_that_has_one(database: Database) -> None:
    """A table that a later migration adds takes `select private.bind_environments()` in it."""
    unguarded = """
        select c.relname from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and private.environment_column(
              array(select attname::text from pg_attribute a where a.attrelid = c.oid)) is not null
          and not exists (select from pg_policies p where p.tablename = c.relname and p.permissive = 'RESTRICTIVE')
    """

    assert await names(database, unguarded) == []


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("table", "select relname, obj_description(oid, 'pg_class') from pg_class where relkind in ('r', 'p')"),
        ("function", "select oid::regprocedure::text, obj_description(oid, 'pg_proc') from pg_proc where true"),
    ],
)
async def test_everything_clients_see_is_explained(database: Database, kind: str, query: str) -> None:
    column = {"table": "relnamespace", "function": "pronamespace"}[kind]
    found = await rows(database, f"{query} and {column} = 'public'::regnamespace")

    assert [name for name, comment in (row.values() for row in found) if not comment] == []


async def test_every_private_table_is_explained(database: Database) -> None:
    silent = """
        select relname from pg_class where relnamespace = 'private'::regnamespace and relkind = 'r'
          and not relispartition and obj_description(oid, 'pg_class') is null
    """

    assert await names(database, silent) == []


async def test_every_column_that_is_not_obvious_is_explained(database: Database) -> None:
    silent = """
        select c.relname || '.' || a.attname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
          and not a.attisdropped and col_description(c.oid, a.attnum) is null
    """

    assert [
        name for name, column in (row.values() for row in await rows(database, silent)) if column not in OBVIOUS_COLUMNS
    ] == []


async def test_every_primary_key_is_there(database: Database) -> None:
    without = """
        select relname from pg_class c
        where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p')
          and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
    """

    assert await names(database, without) == []


async def test_every_time_knows_its_zone(database: Database) -> None:
    naive = """
        select table_name || '.' || column_name from information_schema.columns
        where table_schema in ('public', 'private')
          and data_type in ('timestamp without time zone', 'time with time zone')
    """

    assert await names(database, naive) == []


async def test_no_amount_is_a_floating_point_number(database: Database) -> None:
    amounts = """
        select table_name || '.' || column_name, domain_name from information_schema.columns
        where table_schema = 'public' and column_name ~ '(amount|fee_fixed|cost|declared_value|insured_value)'
          and column_name !~ '_currency$'
          and domain_name is distinct from 'money_amount'
    """

    assert await names(database, amounts) == []


@pytest.mark.parametrize(
    ("enum", "type_name", "only_in_the_database"),
    [
        (PaymentStatus, "payment_status", set()),
        (RefundStatus, "refund_status", {"cancelled"}),  # One that was never sent; to a provider it is not known.
        (ShipmentStatus, "shipment_status", set()),
        (ServiceLevel, "service_level", set()),
        (Category, "provider_category", set()),
        (Environment, "environment", set()),
    ],
)
async def test_connectors_and_database_use_the_same_words(
    database: Database, enum: type[StrEnum], type_name: str, only_in_the_database: set[str]
) -> None:
    query = f"select enumlabel from pg_enum where enumtypid = 'public.{type_name}'::regtype"

    assert set(await names(database, query)) == {member.value for member in enum} | only_in_the_database


@pytest.mark.parametrize(
    ("enum", "table", "column"),
    [(AccountKind, "social_media_accounts", "kind"), (PostFormat, "social_posts", "format")],
)
async def test_networks_and_database_use_the_same_words(
    database: Database, enum: type[StrEnum], table: str, column: str
) -> None:
    query = f"select pg_get_constraintdef(oid) from pg_constraint where conname = '{table}_{column}_check'"

    [definition] = await names(database, query)

    assert set(re.findall(r"'([a-z]+)'::text", definition)) == {member.value for member in enum}
