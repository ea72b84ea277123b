-- What is checked before every request of the Data API: that an API key is still good and has requests left.
--
-- PostgREST opens reads in a transaction that may not write, and what is refused is rolled back, so the check only looks.
-- Each request tells that it was made by NOTIFY, which a reading transaction may; the workers' leader listens, adds up and
-- settles several times a second. A key can therefore go over its limit by what it makes in that moment, and pays for it
-- with a longer wait. While no worker leads nothing is counted and nobody is refused: the limit protects, it does not bill.

create unlogged table private.api_key_budgets (
    api_key_id uuid primary key references public.api_keys (id) on delete cascade,
    spent_until timestamptz not null
);
comment on table private.api_key_budgets is 'How far ahead of the clock each key is. Unlogged: after a crash all begin anew.';
comment on column private.api_key_budgets.spent_until is
'Each request moves it on by a minute over the key''s requests_per_minute (GCRA); more than a minute ahead, it has to wait.';
alter table private.api_key_budgets enable row level security;
grant select, insert, update on private.api_key_budgets to wasl_worker;

create table public.api_key_usage (
    api_key_id uuid not null references public.api_keys (id) on delete cascade,
    organization_id uuid not null references public.organizations (id) on delete cascade,
    day date not null,
    requests bigint not null default 0,
    primary key (api_key_id, day)
);
comment on table public.api_key_usage is 'How many requests each API key''s tokens made, settled within a second or so.';
comment on column public.api_key_usage.day is 'By UTC.';
comment on column public.api_key_usage.requests is 'Those that were not refused.';
create index api_key_usage_by_organization on public.api_key_usage (organization_id, day desc);
alter table public.api_key_usage enable row level security;
create policy "admins read the usage of api keys" on public.api_key_usage for select to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'organization:read'))));
grant select on public.api_key_usage to authenticated, service_role;
grant select, insert, update on public.api_key_usage to wasl_worker;
grant select (id, organization_id, requests_per_minute), update (last_used_at) on public.api_keys to wasl_worker;

create function private.check_request() returns void
language plpgsql security definer set search_path = ''
as $$
declare
    claims constant text := coalesce(current_setting('request.jwt.claims', true), '');
    key_id uuid;
    api_key record;
    wait_seconds integer;
begin
    -- Everybody's requests come by here: those of people are let through before anything is parsed.
    if claims not like '%"api_key_id"%' then
        return;
    end if;
    key_id := nullif(claims::jsonb ->> 'api_key_id', '')::uuid;
    if key_id is null then
        return;
    end if;
    select k.revoked_at, k.expires_at, k.requests_per_minute, b.spent_until into api_key
    from public.api_keys k left join private.api_key_budgets b on b.api_key_id = k.id
    where k.id = key_id;
    if not found or api_key.revoked_at is not null or api_key.expires_at <= now() then
        perform private.refuse(401, 'invalid_api_key', 'The API key of this token is unknown, expired or revoked.',
            headers => '{"WWW-Authenticate": "Bearer error=\"invalid_token\""}');
    end if;
    wait_seconds := ceil(extract(epoch from api_key.spent_until - clock_timestamp()) - 60);
    if wait_seconds > 0 then
        perform private.refuse(429, 'too_many_requests',
            format('This API key makes at most %s requests a minute; go on in %s s.', api_key.requests_per_minute, wait_seconds),
            headers => jsonb_build_object('Retry-After', wait_seconds::text));
    end if;
    if current_setting('transaction_read_only')::boolean then
        -- NOTIFY makes even a read commit; nobody needs to wait for the disk for that.
        perform set_config('synchronous_commit', 'off', true);
    end if;
    perform pg_notify('wasl_requests', key_id::text);
end
$$;
comment on function private.check_request is 'Called by PostgREST before every request (pgrst.db_pre_request).';
-- PostgREST calls it as the request's role. Of all that is in the schema, anon may call this alone.
grant usage on schema private to anon;
grant execute on function private.check_request() to anon, authenticated, service_role;

alter role authenticator set pgrst.db_pre_request = 'private.check_request';
notify pgrst, 'reload config';
