-- What API keys use: told by NOTIFY from private.check_request, settled here.

-- name: listen
listen wasl_requests

-- name: settle
-- A key that is a minute ahead of the clock has spent its limit; it may not be behind, or it could save up for a flood.
-- Nobody waits for the disk: after a crash a moment's requests are not counted.
with soon as materialized (
    select set_config('synchronous_commit', 'off', true)
),
told as materialized (
    select t.api_key_id, t.requests
    from unnest(%(api_key_ids)s::uuid[], %(requests)s::bigint[]) as t (api_key_id, requests) cross join soon
),
used as (
    update public.api_keys k set last_used_at = now() from told t where k.id = t.api_key_id
    returning k.id, k.organization_id, t.requests, t.requests * make_interval(secs => 60.0 / k.requests_per_minute) as takes
),
spent as (
    insert into private.api_key_budgets as b (api_key_id, spent_until)
    select u.id, now() + u.takes from used u
    on conflict (api_key_id) do update
    set spent_until = greatest(b.spent_until, now()) + (excluded.spent_until - now())
)
insert into public.api_key_usage as a (api_key_id, organization_id, day, requests)
select u.id, u.organization_id, (now() at time zone 'UTC')::date, u.requests from used u
on conflict (api_key_id, day) do update set requests = a.requests + excluded.requests
