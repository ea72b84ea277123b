-- An organization with a connection that no rate limit holds back; returns the ids of both.
with organization as (
    insert into public.organizations (name, slug) values ('Benchmark', %(slug)s) returning id
), connection as (
    insert into public.integration_connections (organization_id, provider_key, name, environment, status)
    select id, 'stripe', 'Benchmark', 'sandbox', 'active' from organization
    returning id, organization_id
)
insert into public.rate_limits (connection_id, organization_id, capacity, refill_per_second, tokens)
select id, organization_id, 1000000, 1000000, 1000000 from connection
returning connection_id, organization_id
