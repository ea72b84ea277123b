"""What each role of the database is granted, exactly: a grant more or less fails here and is decided on, not found out.

r selects, i inserts, u updates, d deletes; in brackets the columns, where not all of them.
"""

import pytest

from tests.rls.test_functions import COMPUTED
from tests.support.callers import Database

WORKER = """
private.analytics_increments     r i d
private.analytics_totals         r i u d
private.analytics_zones          r i u
private.api_key_budgets          r i u
private.circuit_breakers         r i u d
private.currencies               r
private.dead_jobs                r i u d
private.document_contents        r i d
private.jobs                     r i u d
private.listed_payments          r i u d
private.partitioned_tables       r u(keep)
private.payment_looks            r u d
private.payment_method_tokens    r
private.payment_transitions      r
private.post_preparations        r
private.reconciliation_progress  r i u d
private.restores                 r
private.sealed_channel_secrets   r u(ciphertext key_id)
private.sealed_credentials       r u(ciphertext key_id)
private.tracking_watch           r u d
private.webhook_event_keys       r i d
private.webhook_queue            r
private.webhook_secrets          r u(ciphertext key_id)
public.alert_channels            r u(failing_since last_error last_sent_at)
public.alert_notifications       r u(attempts last_error message_id next_attempt_at sent_at status)
public.alerts                    r i u
public.api_credentials           r u(fingerprint key_id last_used_at)
public.api_key_usage             r i u
public.api_keys                  r(id organization_id requests_per_minute) u(last_used_at)
public.audit_log                 r
public.connection_grants         r
public.automation_runs           r
public.automation_steps          r
public.automation_versions       r
public.automations               r
public.data_subject_requests     r
public.data_subject_steps        r
public.encryption_keys           r i u
public.events                    r i
public.health_changes            r
public.health_incident_entries   r
public.health_incidents          r
public.integration_analytics     r i u
public.integration_analytics_daily r i u d
public.integration_connections   r u(health_changed_at health_checked_at health_state health_streak last_error
                                     next_health_check_at status)
public.integration_health        r i
public.integration_logs          r i
public.integration_providers     r
public.lead_consents             r
public.lead_forms                r
public.lead_links                r
public.lead_syncs                r
public.leads                     r
public.marketing_audiences       r
public.marketing_campaign_figures r
public.marketing_campaigns       r
public.marketing_deals           r
public.operations                r i u
public.organization_members      r
public.organizations             r
public.payment_differences       r i u
public.payment_disputes          r
public.payment_events            r
public.payment_methods           r
public.payment_policies          r
public.payment_providers         r
public.payment_reconciliations   r i u
public.payment_refunds           r
public.payments                  r
public.payouts                   r
public.pickups                   r u
public.provider_status           r i u
public.rate_limits               r u
public.shipment_documents        r i u
public.shipment_events           r i
public.shipment_quotes           r u
public.shipment_rates            r i
public.shipments                 r u
public.shipping_locations        r
public.shipping_manifests        r
public.shipping_providers        r
public.social_account_metrics    r
public.social_comments           r
public.social_engagement         r
public.social_media_accounts     r
public.social_posts              r
public.sync_runs                 r
public.sync_streams              r
public.synthetic_checks          r u(changed_at checked_at last_error next_check_at state streak)
public.webhook_deliveries        r
public.webhook_endpoints         r u(bodies_erased_until last_received_at last_refusal last_refused_at received_count
                                     refused_count)
public.webhook_events            r i u
public.webhook_requests          r d
public.webhook_subscriptions     r
"""

AUTHENTICATED = """
public.alert_channels            r i(connection_id enabled kind kinds language minimum_severity name only_escalations
                                   organization_id repeat_minutes target)
                                 u(connection_id enabled kinds language minimum_severity name only_escalations
                                   repeat_minutes target) d
public.alert_escalations         r i(after_minutes channel_id minimum_severity organization_id)
                                 u(after_minutes minimum_severity) d
public.alert_events              r
public.alert_notifications       r
public.alert_reads               r
public.alert_rules               r i(connection_id enabled environment for_seconds metric minimum_calls name
                                   organization_id percentile provider_key recover_at severity threshold window_minutes)
                                 u(connection_id enabled environment for_seconds minimum_calls name percentile
                                   provider_key recover_at severity threshold window_minutes) d
public.alerts                    r
public.api_credentials           r
public.api_key_usage             r
public.api_keys                  r(created_at created_by environment expires_at hint id last_used_at name
                                   organization_id replaced_by requests_per_minute revoked_at role scopes)
public.audit_log                 r
public.connection_grants         r
public.automation_runs           r
public.automation_steps          r
public.automation_versions       r
public.automations               r
public.data_breaches             r i(approximate_records approximate_subjects causes data_categories effects
                                   endangers_subjects known_at measures nature occurred_at organization_id title)
                                 u(approximate_records approximate_subjects authority_notified_at authority_reference
                                   causes closed_at data_categories effects endangers_subjects known_at measures
                                   nature occurred_at subjects_notified_at title)
public.data_subject_requests     r
public.data_subject_steps        r
public.data_transfers            r i(agreement_url basis country organization_id provider_key reviewed_on source)
                                 u(agreement_url basis country reviewed_on source) d
public.encryption_keys           r
public.events                    r
public.health_changes            r
public.health_incident_entries   r
public.health_incidents          r
public.integration_analytics     r(authentication_errors bytes_received bytes_sent calls connection_id
                                   duration_ms_max duration_ms_sum environment errors failures hour operation
                                   organization_id provider_errors provider_key rate_limit_errors refusals
                                   retried source throttled unanswered unknown)
public.integration_analytics_daily r(authentication_errors bytes_received bytes_sent calls day duration_ms_max
                                   duration_ms_sum environment errors failures operation organization_id
                                   provider_errors provider_key rate_limit_errors refusals retried source
                                   throttled unanswered unknown)
public.integration_connections   r
public.integration_health        r
public.integration_logs          r
public.integration_providers     r
public.lead_consents             r
public.lead_forms                r
public.lead_links                r
public.lead_syncs                r
public.leads                     r
public.legal_holds               r i(data_class ends_at organization_id reason) u(ends_at reason) d
public.marketing_audiences       r
public.marketing_campaign_figures r
public.marketing_campaigns       r
public.marketing_deals           r
public.maintenance_windows       r i(connection_id duration_minutes enabled ends_at name organization_id start_time
                                   starts_at time_zone weekdays)
                                 u(connection_id duration_minutes enabled ends_at name start_time starts_at time_zone
                                   weekdays) d
public.operations                r
public.organization_members      r
public.organization_quotas       r
public.organizations             r u(country name time_zone)
public.payment_differences       r
public.payment_disputes          r
public.payment_events            r
public.payment_links             r
public.payment_methods           r
public.payment_policies          r
public.payment_providers         r u(countries currencies enabled fee_currency fee_fixed fee_percent maximum_amount
                                     methods minimum_amount priority settlement_currency weight)
public.payment_reconciliations   r
public.payment_refunds           r
public.payments                  r
public.payouts                   r
public.pickups                   r
public.privacy_settings          r u(answer_days breach_hours dpo_email dpo_name dpo_phone jurisdiction)
public.processing_purposes       r i(access_by active data_categories description impact_assessment key lawful_basis
                                   organization_id security subject_categories title)
                                 u(access_by active data_categories description impact_assessment lawful_basis
                                   security subject_categories title) d
public.provider_status           r
public.rate_limits               r u(capacity refill_per_second)
public.retention_periods         r
public.retention_runs            r
public.shipment_documents        r
public.shipment_events           r
public.shipment_quotes           r
public.shipment_rates            r
public.shipments                 r
public.shipping_locations        r
public.shipping_manifests        r
public.shipping_providers        r u(cash_on_delivery countries default_service emirates enabled levels
                                     maximum_weight_kg minimum_weight_kg priority services stalled_after_hours tariff)
public.social_account_metrics    r
public.social_comments           r
public.social_engagement         r
public.social_media_accounts     r u(enabled)
public.social_posts              r
public.sync_runs                 r
public.sync_streams              r
public.synthetic_checks          r i(capability connection_id enabled interval_seconds organization_id)
                                 u(enabled interval_seconds) d
public.webhook_deliveries        r
public.webhook_delivery_attempts r
public.webhook_endpoints         r(allowed_networks bodies_erased_until body_retention_days connection_id created_at
                                   description enabled id ignored_event_types last_received_at last_refusal
                                   last_refused_at max_body_bytes organization_id rate_burst rate_per_second
                                   received_count record_only refused_count token_hint tolerance_seconds)
                                 u(allowed_networks body_retention_days description enabled ignored_event_types
                                   max_body_bytes rate_burst rate_per_second record_only tolerance_seconds)
public.webhook_events            r
public.webhook_requests          r
public.webhook_subscriptions     r i(conditions connection_id enabled environment event_types name ordered
                                   organization_id rate_per_minute template url)
                                 u(conditions connection_id enabled environment event_types name ordered rate_per_minute
                                   template url) d
"""

MONEY = {"money_from_json", "money_from_text", "money_to_json"}
WORKER_FUNCTIONS = MONEY | {
    "keep_lead_of_worker",
    "keep_provider_lead",
    "drop_confirmation",
    "automations_for",
    "begin_run",
    "begin_sync",
    "begin_subject_request",
    "add_deliveries",
    "apply_account_metrics",
    "apply_accounts",
    "apply_comment_news",
    "apply_comments",
    "advance_sync",
    "apply_audiences",
    "apply_campaigns",
    "apply_contact",
    "apply_contacts",
    "apply_deals",
    "apply_dispute_news",
    "apply_engagement",
    "apply_listed_posts",
    "apply_payment_news",
    "apply_payout_news",
    "apply_post_news",
    "apply_refund_news",
    "apply_shipment_news",
    "apply_tracking",
    "audit",
    "audit_content",
    "begin_due_reconciliations",
    "check_audit_lines",
    "check_recent_ledgers",
    "derived_id",
    "disable_subscription",
    "drop_old_partitions",
    "due_retention",
    "emit_event",
    "enqueue_due_accounts",
    "enqueue_due_posts",
    "enqueue_due_refreshes",
    "enqueue_inspections",
    "expire_oauth_states",
    "evaluate_alert_rules",
    "find_stalled_shipments",
    "follow_status_page",
    "forget_oauth_code",
    "forget_old_alerts",
    "forget_payment_method",
    "keep_oauth_state",
    "keep_media",
    "keep_preparation",
    "latency_mark",
    "make_partitions",
    "note_access_failure",
    "note_backup_plan",
    "note_backup_run",
    "note_channel",
    "note_webhook_requests",
    "oauth_exchange",
    "personal",
    "end_step",
    "enqueue_due_pushes",
    "enqueue_expired_archives",
    "erase_postponed",
    "expire_rows",
    "enqueue_due_syncs",
    "finish_sync",
    "is_event_wanted",
    "keep_confirmation",
    "lead_consent",
    "leads_to_push",
    "note_empty_files",
    "note_expired_archive",
    "note_pushes",
    "note_subject_archive",
    "plan_tracking",
    "post_has_news",
    "raise_alert",
    "record_synthetic_check",
    "look_after_deliveries",
    "plan_next_sender",
    "record_deliveries",
    "replay_batch",
    "request_refresh",
    "end_alert",
    "settle_difference_alert",
    "store_grant",
    "tell_of_alerts",
    "subject_archive_head",
    "subject_files",
    "subject_rows",
    "take_subject_step",
    "subscriptions_for",
    "take_webhook_tokens",
    "track_event_of_worker",
    "tracking_interval",
    "uuid_v7",
    "latest_migration",
    "trace_id",
    "follow_trace",
    "warn_of_ending_access",
    "warn_of_privacy_deadlines",
    "whole_request",
    "stream_has_news",
    "withdraw_consent_of",
}
HELPERS = MONEY | {
    *(
        "bound_connections",
        "check_request",
        "current_api_key_id",
        "environment_of",
        "key_environment",
    ),
    *("my_organizations", "operation_environment", "personal", "trace_id", "uuid_v7", "whole_request", "without_nulls"),
}
"""What policies, defaults, casts and computed columns call in a client's name."""

GRANTED = """
    with grants as (
        select c.oid::regclass::text as name, lower(left(a.privilege_type, 1)) as privilege, null::text as column
        from pg_class c, aclexplode(c.relacl) a
        where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and a.grantee = %(role)s::regrole
        union all
        select c.oid::regclass::text, lower(left(a.privilege_type, 1)), t.attname::text
        from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
        where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and a.grantee = %(role)s::regrole
    ), verbs as (
        select name, replace(privilege, 's', 'r') as verb,
            replace(privilege, 's', 'r')
                || coalesce('(' || string_agg("column", ' ' order by "column") || ')', '') as written
        from grants group by name, privilege
    )
    select case when name like 'private.%%' then name else 'public.' || name end || ' '
        || string_agg(written, ' ' order by position(verb in 'riud')) as line
    from verbs group by name order by 1
"""


def lines(table: str) -> list[str]:
    """The table with single spaces; an indented line goes on with the one before."""
    return [" ".join(line.split()) for line in table.replace("\n ", " ").strip().splitlines()]


@pytest.mark.parametrize(("role", "expected"), [("wasl_worker", WORKER), ("authenticated", AUTHENTICATED)])
async def test_tables(database: Database, role: str, expected: str) -> None:
    granted = [row["line"] for row in await (await database.execute(GRANTED, {"role": role})).fetchall()]

    assert sorted(granted) == sorted(lines(expected))


async def functions_of(database: Database, role: str, schema: str) -> set[str]:
    query = f"""
        select proname from pg_proc
        where pronamespace = %s::regnamespace and has_function_privilege(%s, oid, 'execute') and not {COMPUTED}
    """
    return {row["proname"] for row in await (await database.execute(query.encode(), (schema, role))).fetchall()}


async def computed_columns(database: Database) -> set[str]:
    rows = await (await database.execute(f"select proname from pg_proc where {COMPUTED}".encode())).fetchall()
    return {row["proname"] for row in rows}


async def test_workers_call_no_more_functions_than_they_need(database: Database) -> None:
    assert await functions_of(database, "wasl_worker", "private") == WORKER_FUNCTIONS
    assert await functions_of(database, "wasl_worker", "public") == set()


async def test_clients_reach_behind_each_rpc_the_one_function_of_its_name(database: Database) -> None:
    for role in ("authenticated", "service_role"):
        rpcs = await functions_of(database, role, "public") - await computed_columns(database)
        behind = await functions_of(database, role, "private")
        assert behind - HELPERS == rpcs


async def test_whoever_is_not_signed_in_may_follow_a_parcel_and_nothing_else(database: Database) -> None:
    assert await functions_of(database, "anon", "public") == {"track_parcel"}
    assert await functions_of(database, "anon", "private") == {"check_request", "track_parcel"}
    tables = """
        select count(*) as reached from pg_class
        where relnamespace = 'private'::regnamespace and relkind in ('r', 'p')
          and has_any_column_privilege('anon', oid, 'select')
    """
    assert await (await database.execute(tables)).fetchone() == {"reached": 0}


async def test_postgrests_login_has_nothing_of_its_own_but_the_casts_of_money(database: Database) -> None:
    assert await functions_of(database, "authenticator", "private") == MONEY
    assert await functions_of(database, "authenticator", "public") == set()


async def test_the_workers_role_is_none_of_the_powerful_ones(database: Database) -> None:
    query = """
        select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolinherit, rolbypassrls,
            (select count(*) from pg_auth_members where member = r.oid) as memberships
        from pg_roles r where rolname = 'wasl_worker'
    """

    assert await (await database.execute(query)).fetchone() == {
        "rolsuper": False,
        "rolcreaterole": False,
        "rolcreatedb": False,
        "rolreplication": False,
        "rolinherit": False,
        "rolbypassrls": True,  # Workers serve every organization; their grants are what holds them.
        "memberships": 0,
    }
