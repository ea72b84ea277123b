"""The catalogue of personal data: complete, true to the schema, and fit to be carried out."""

import re

import pytest

from tests.support.callers import Database, Row

COLUMNS = """
    select n.nspname || '.' || c.relname as place, a.attname as name, format_type(a.atttypid, null) as type
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname in ('public', 'private') and c.relkind in ('r', 'p') and not c.relispartition
    order by 1, 2
"""

TELLING = re.compile(
    r"mail|phone|mobile|name$|address|recipient|sender|customer|author(_|$)|signed|person|contact|handle|picture|answers|birth"
    r"|evidence|attribut|instructions|target$|subject$|subject_id$|(^|_)ip($|_)|agent|body|payload|query$|headers|metadata"
)
"""Names by which a text may tell of somebody; whatever is JSON or bytes may, by any name."""

NOBODY = {
    "the hub's own words and figures": (
        *("error", "failure", "failures", "last_error", "why", "engagement", "problems", "charges", "cases", "mapping"),
        "definition",  # people stand in an automation's rules as placeholders
        "provider_data",  # what a provider calls its own rows; where it is more, it stands in the catalogue
    ),
    "a hash or a key": (
        *("hash", "previous_hash", "key_hash", "token_hash", "state_hash", "input_hash"),
        *("fingerprint", "visitor", "key"),
    ),
}
"""Columns of any table in which nobody stands, by why."""

NOBODY_HERE = {
    "the organization's own names": """
        public.organizations.name public.api_keys.name public.integration_connections.name public.automations.name
        public.lead_forms.name public.lead_forms.fields public.alert_channels.name public.webhook_subscriptions.name
        public.api_credentials.name public.marketing_audiences.name public.marketing_campaigns.name
        public.marketing_campaigns.subject public.shipping_locations.name public.social_posts.link
        public.social_posts.media public.shipment_rates.service_name public.shipping_providers.tariff
        public.integration_connections.settings public.alert_rules.name public.maintenance_windows.name
        public.webhook_subscriptions.template""",
    "the hub's own names": """
        private.alert_metrics.name private.quotas.name public.organization_quotas.name
        private.sealed_channel_secrets.name private.partitioned_tables.name
        private.dropped_partitions.name private.personal_tables.name
        private.personal_data.column_name private.personal_data.table_name private.postponed_erasures.table_name
        public.retention_runs.table_name""",
    "ids and figures": """
        public.alerts.detail public.payment_events.detail private.jobs.payload private.dead_jobs.payload
        public.shipments.parcels private.post_preparations.data public.data_subject_requests.certificate
        private.restricted_subjects.subject_index public.alert_events.detail public.provider_status.incidents
        public.webhook_subscriptions.fault public.webhook_events.body_sha256""",
    "sealed": """
        private.sealed_credentials.ciphertext private.sealed_channel_secrets.ciphertext
        private.webhook_secrets.ciphertext""",
}
"""Columns whose name or type could tell of somebody, and in which nobody stands, by why."""

CATALOG_OF_PROVIDERS = "public.integration_providers"


async def catalogued(database: Database) -> set[str]:
    rows = await (await database.execute("select table_name, column_name from private.personal_data")).fetchall()
    return {f"{row['table_name']}.{row['column_name']}" for row in rows}


async def columns(database: Database) -> list[Row]:
    return await (await database.execute(COLUMNS)).fetchall()


def may_tell(column: Row) -> bool:
    if column["type"] in ("jsonb", "json", "bytea", "inet"):
        return True
    return column["type"] in ("text", "text[]") and TELLING.search(column["name"]) is not None


async def test_no_column_that_may_tell_of_somebody_is_forgotten(database: Database) -> None:
    known = await catalogued(database)

    unknown = [
        f"{column['place']}.{column['name']}"
        for column in await columns(database)
        if may_tell(column)
        and column["place"] != CATALOG_OF_PROVIDERS
        and column["name"] not in {name for names in NOBODY.values() for name in names}
        and f"{column['place']}.{column['name']}" not in set(" ".join(NOBODY_HERE.values()).split()) | known
    ]

    assert unknown == [], "add them to private.personal_data, or say here why nobody stands in them"


async def test_every_column_of_the_catalogue_is_there(database: Database) -> None:
    there = {f"{column['place']}.{column['name']}" for column in await columns(database)}

    assert await catalogued(database) - there == set()


async def test_every_table_of_the_catalogue_can_be_carried_out(database: Database) -> None:
    """Its SQL is valid: what finds a row, what tells that it is erased, what erases it, by when it expires."""
    places = await (
        await database.execute(
            """
            select t.name, t.erase, t.age, t.on_expiry, coalesce(t.only_when, 'true') as only_when,
                case when t.subject_column is not null
                    then private.about_subject(t, '00000000-0000-0000-0000-000000000000') else 'true' end as found,
                case when t.erase <> 'stays' then private.has_personal_data(t) else 'true' end as left_over,
                (select string_agg(format('%I = %s', d.column_name, d.erased_as), ', ') from private.personal_data d
                 where d.table_name = t.name and d.erased_as is not null) as changes
            from private.personal_tables t
            """
        )
    ).fetchall()
    for place in places:
        age = place["age"] or "null"
        condition = f"{place['found']} and {place['left_over']} and {place['only_when']} and t.{age} is not null"
        await database.execute(
            f"explain select from {place['name']} t where {condition.replace('t.null', 'null')}".encode()
        )
        if place["erase"] == "columns":
            await database.execute(f"explain update {place['name']} t set {place['changes']}".encode())
        if place["age"] or place["erase"] == "columns":
            await database.execute(f"explain select t.id, t.organization_id from {place['name']} t".encode())


@pytest.mark.parametrize("erase", ["columns", "lead"])
async def test_what_is_erased_says_what_becomes_of_it(database: Database, erase: str) -> None:
    query = """
        select t.name from private.personal_tables t where t.erase = %s and not exists (
            select from private.personal_data d where d.table_name = t.name and d.erased_as is not null)
    """
    assert await (await database.execute(query, [erase])).fetchall() == []


async def test_what_stays_says_why(database: Database) -> None:
    query = """
        select t.name, d.column_name
        from private.personal_tables t join private.personal_data d on d.table_name = t.name
        where d.erased_as is null and d.note = '' and t.note = ''
    """
    assert await (await database.execute(query)).fetchall() == []
