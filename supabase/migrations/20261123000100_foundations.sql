-- What every later migration stands on: schemas, the workers' role, default privileges, small helpers, money.

create schema if not exists extensions;
create extension if not exists pgcrypto with schema extensions;

create schema if not exists private;
comment on schema private is 'Not exposed by the Data API: helpers of policies, the job queue, sealed credentials.';

-- Nothing is reachable until a migration grants it, whatever the age of the project.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke execute on functions from public, anon, authenticated, service_role;
alter default privileges in schema private revoke execute on functions from public, anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;

-- The workers' own login. It has no password here: the operator gives it one with `wasl worker-role`.
do $$
begin
    if not exists (select from pg_roles where rolname = 'wasl_worker') then
        -- Workers serve every organization, so row-level security does not apply to them; grants do.
        create role wasl_worker with nologin noinherit bypassrls;
    end if;
end
$$;
-- What workers set in their sessions (workers/store/pool.py), for those that a pooler in transaction mode opens for them.
alter role wasl_worker set statement_timeout = '30s';
alter role wasl_worker set lock_timeout = '10s';
alter role wasl_worker set idle_in_transaction_session_timeout = '30s';
alter role wasl_worker set enable_seqscan = off;
alter role wasl_worker set enable_bitmapscan = off;
alter role wasl_worker set enable_hashjoin = off;
alter role wasl_worker set enable_mergejoin = off;
alter role wasl_worker set jit = off;
comment on role wasl_worker is 'Wasl workers: exactly the grants that claiming, calling and recording need.';

grant usage on schema private to authenticated, service_role, wasl_worker;
grant usage on schema public to anon, authenticated, service_role, wasl_worker;
grant usage on schema extensions to authenticated, service_role, wasl_worker;

-- Time-ordered identifiers (RFC 9562, version 7, with the fraction of the millisecond in rand_a): rows that arrive
-- together lie together in an index, and what one session writes sorts in the order in which it was written.
create function private.uuid_v7() returns uuid
language plpgsql volatile parallel safe set search_path = ''
as $$
declare
    -- A double still tells microseconds apart, and is quicker than numeric.
    micros constant bigint := date_part('epoch', clock_timestamp()) * 1000000;
begin
    return encode(
        overlay(
            uuid_send(gen_random_uuid())
            placing substring(int8send(micros / 1000) from 3)
                || int2send((x'7000'::integer + (micros % 1000) * 4096 / 1000)::smallint)
            from 1 for 8
        ),
        'hex'
    )::uuid;
end
$$;
grant execute on function private.uuid_v7() to authenticated, service_role, wasl_worker;

-- One identifier for work of a kind about something, so that it waits in the queue once.
create function private.derived_id(id uuid, purpose text) returns uuid
language sql immutable set search_path = ''
as $$ select md5(id::text || ':' || purpose)::uuid $$;
grant execute on function private.derived_id(uuid, text) to wasl_worker;

-- The W3C trace that this transaction belongs to: the one a worker set (wasl.trace_id), the one the client's traceparent
-- header names, or else a new one; all that one request makes has the same.
create function private.trace_id() returns text
language plpgsql volatile set search_path = ''
as $$
declare
    headers constant text := coalesce(current_setting('request.headers', true), '');
    trace text := nullif(current_setting('wasl.trace_id', true), '');
begin
    if trace is null then
        trace := case when headers like '%"traceparent"%' then
            substring(headers::jsonb ->> 'traceparent' from '^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}') end;
        if trace is null or trace = repeat('0', 32) then
            trace := replace(gen_random_uuid()::text, '-', '');
        end if;
        if headers <> '' then
            perform set_config('wasl.trace_id', trace, true);
        end if;
    end if;
    return trace;
end
$$;
grant execute on function private.trace_id() to authenticated, service_role, wasl_worker;

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end
$$;

-- One shape for every refusal: an HTTP status, a stable code, a sentence, and the field at fault in `details`.
-- PostgREST turns SQLSTATE PGRST into exactly this answer.
create function private.refuse(
    status integer, code text, message text, field text default null, hint text default null, headers jsonb default '{}'
) returns void
language plpgsql set search_path = ''
as $$
begin
    -- The answer ends up in logs, and may quote what was sent.
    perform private.refuse_card_number(concat_ws('; ', message, field), null) where code !~ 'refused$';
    raise sqlstate 'PGRST' using
        message = jsonb_build_object('code', code, 'message', message, 'details', field, 'hint', hint)::text,
        detail = jsonb_build_object('status', status, 'headers', headers)::text;
end
$$;

-- Money is a decimal string at every surface. The casts are PostgREST's domain representations: a row shows "99.00",
-- a filter takes amount=gt.50, and SQL still computes with numeric. Postgres itself warns that it ignores them.
-- The upper bound also keeps NaN and Infinity out, which compare as greater than every number.
create domain public.money_amount as numeric check (value >= 0 and value < 1000000000000);
comment on domain public.money_amount is 'An amount in major units of the currency beside it, as a decimal string.';

create function private.money_to_json(amount public.money_amount) returns json
language sql immutable set search_path = ''
as $$ select to_json(amount::numeric::text) $$;

create function private.money_from_json(amount json) returns public.money_amount
language sql immutable set search_path = ''
as $$ select (amount #>> '{}')::numeric $$;

create function private.money_from_text(amount text) returns public.money_amount
language sql immutable set search_path = ''
as $$ select amount::numeric $$;

set client_min_messages = error;
create cast (public.money_amount as json) with function private.money_to_json(public.money_amount) as implicit;
create cast (json as public.money_amount) with function private.money_from_json(json) as implicit;
create cast (text as public.money_amount) with function private.money_from_text(text) as implicit;
reset client_min_messages;
-- PostgREST's own login too: it uses only the casts that the role it connects as may call.
grant execute on function private.money_to_json(public.money_amount), private.money_from_json(json),
    private.money_from_text(text)
to authenticated, authenticator, service_role, wasl_worker;

create table private.currencies (
    code text primary key check (code ~ '^[A-Z]{3}$'),
    exponent smallint not null check (exponent between 0 and 4)
);
comment on table private.currencies is
'ISO 4217 list one, without funds, metals and test codes: the codes and how many decimals an amount may have.';
alter table private.currencies enable row level security;
insert into private.currencies (code, exponent)
select unnest(string_to_array(
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY '
    'COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS '
    'INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR '
    'MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD '
    'SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG', ' ')), 2
union all
select unnest(string_to_array('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF', ' ')), 0
union all
select unnest(string_to_array('BHD IQD JOD KWD LYD OMR TND', ' ')), 3;
grant select on private.currencies to wasl_worker;

-- How many decimals a currency has; refuses what is none.
create function private.currency_decimals(currency text, field text default 'currency') returns smallint
language plpgsql stable set search_path = ''
as $$
declare
    decimals smallint;
begin
    select exponent into decimals from private.currencies where code = currency;
    if decimals is null then
        perform private.refuse(400, 'invalid_currency', format('%s is not an ISO 4217 currency code, such as AED.',
            coalesce(quote_literal(left(regexp_replace(currency, '[^A-Za-z]', '*', 'g'), 12)), 'null')), field);
    end if;
    return decimals;
end
$$;

-- Checks an amount that a client sent and gives it the currency's own number of decimals: ("99", "AED") -> 99.00.
create function private.checked_amount(amount text, currency text, field text default 'amount') returns public.money_amount
language plpgsql stable set search_path = ''
as $$
declare
    decimals constant smallint := private.currency_decimals(currency);
begin
    if amount is null or amount !~ '^[0-9]{1,12}(\.[0-9]{1,6})?$' or amount::numeric <= 0 then
        perform private.refuse(400, 'invalid_amount',
            'The amount must be a positive decimal string such as "99.00", of at most twelve digits before the point.',
            field);
    end if;
    if trim_scale(amount::numeric) <> round(amount::numeric, decimals) then
        perform private.refuse(400, 'invalid_amount',
            format('%s amounts have at most %s decimals.', currency, decimals), field);
    end if;
    return round(amount::numeric, decimals);
end
$$;

-- The same number with exactly the currency's decimals, so that zero dirhams read 0.00; never rounds anything away.
create function private.at_scale(amount numeric, currency text) returns numeric
language sql stable set search_path = ''
as $$
    select case when amount = round(amount, c.exponent) then round(amount, c.exponent) else amount end
    from private.currencies c where c.code = currency
$$;
