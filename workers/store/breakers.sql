-- What all workers know of their providers' trouble. Time is the database's, in Unix seconds.

-- name: read
-- One row always comes, for the time.
select extract(epoch from clock_timestamp())::double precision, b.connection_id, b.state::text, b.successes, b.failures,
       b.consecutive_failures, extract(epoch from b.window_started_at)::double precision,
       extract(epoch from b.opened_at)::double precision, extract(epoch from b.retry_at)::double precision,
       extract(epoch from b.probe_claimed_until)::double precision, b.version
from (select) always
left join private.circuit_breakers b on b.connection_id = any (%(connection_ids)s)

-- name: compare_and_set
-- Each circuit is stored only if its version is still the one it was made of; 0 means that there was none.
with soon as materialized (
    select set_config('synchronous_commit', 'off', true)  -- an unlogged table is not kept through a crash anyway
), changed as materialized (
    select * from jsonb_to_recordset(%(circuits)s) as c (
        connection_id uuid, state public.breaker_state, successes integer, failures integer,
        consecutive_failures integer, window_started_at double precision, opened_at double precision,
        retry_at double precision, probe_claimed_until double precision, version bigint)
), locked as materialized (
    -- In one order, so that two workers never wait for each other.
    select b.connection_id
    from private.circuit_breakers b
    join changed c on c.connection_id = b.connection_id and c.version = b.version
    order by b.connection_id
    for update of b
), updated as (
    update private.circuit_breakers b
    set state = c.state, successes = c.successes, failures = c.failures,
        consecutive_failures = c.consecutive_failures, window_started_at = to_timestamp(c.window_started_at),
        opened_at = to_timestamp(c.opened_at), retry_at = to_timestamp(c.retry_at),
        probe_claimed_until = to_timestamp(c.probe_claimed_until), version = c.version + 1,
        updated_at = clock_timestamp()
    from changed c
    where c.connection_id = b.connection_id and c.version = b.version
      and b.connection_id in (select l.connection_id from locked l)
    returning b.connection_id
), inserted as (
    insert into private.circuit_breakers (connection_id, state, successes, failures, consecutive_failures,
        window_started_at, opened_at, retry_at, probe_claimed_until, version)
    select c.connection_id, c.state, c.successes, c.failures, c.consecutive_failures,
           to_timestamp(c.window_started_at), to_timestamp(c.opened_at), to_timestamp(c.retry_at),
           to_timestamp(c.probe_claimed_until), 1
    from changed c
    where c.version = 0 and exists (select from public.integration_connections i where i.id = c.connection_id)
    order by c.connection_id
    on conflict do nothing
    returning connection_id
)
select connection_id from (select connection_id from updated union all select connection_id from inserted) won
cross join soon
