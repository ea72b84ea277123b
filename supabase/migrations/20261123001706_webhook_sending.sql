-- What became of attempts, and what follows from it for the delivery and for the subscription.

-- A receiver that has failed so often in a row is asked less and less, once in five minutes at least, and no attempt of a
-- delivery is spent meanwhile.
create function private.pause_after(failures integer) returns interval
language sql immutable set search_path = ''
as $$ select case when failures >= 5 then make_interval(secs => least(5 * 2 ^ least(failures - 5, 10), 300)) end $$;

-- The deliveries that were tried: [{delivery_id, created_at, started_at, outcome (delivered, retry, dead), wait_seconds,
-- http_status, duration_ms, request_bytes, response_bytes, response, error}]. Attempts and their figures are one statement,
-- so they cannot disagree. What is told again, because nobody knows whether its commit came through, changes nothing.
create function private.note_attempts(results jsonb) returns void
language sql security definer set search_path = ''
as $$
    with told as materialized (
        select * from jsonb_to_recordset(results) as r (delivery_id uuid, created_at timestamptz, started_at timestamptz,
            outcome text, wait_seconds float8, http_status integer, duration_ms integer, request_bytes integer,
            response_bytes integer, response text, error jsonb)
    ), noted as (
        insert into public.webhook_delivery_attempts
            (id, created_at, organization_id, subscription_id, delivery_id, number, http_status, duration_ms, response, error)
        select private.derived_id(t.delivery_id, extract(epoch from t.started_at)::text), t.started_at, d.organization_id,
            d.subscription_id, d.id, d.attempts + 1, t.http_status, t.duration_ms, t.response, t.error
        from told t join public.webhook_deliveries d on d.id = t.delivery_id and d.created_at = t.created_at
        on conflict (created_at, id) do nothing
        returning delivery_id, number
    ), tried as materialized (
        select t.*, n.number from told t join noted n on n.delivery_id = t.delivery_id
    ), ended as (
        delete from private.webhook_queue q using tried t where q.delivery_id = t.delivery_id and t.outcome <> 'retry'
    ), waiting as (
        update private.webhook_queue q
        set step = q.step + 1, next_attempt_at = clock_timestamp() + make_interval(secs => t.wait_seconds)
        from tried t where q.delivery_id = t.delivery_id and t.outcome = 'retry'
    ), classed as (
        select d.organization_id, coalesce(e.environment, 'live') as environment, d.event_type, t.http_status, t.number,
            date_trunc('hour', t.started_at, 'UTC') as hour, t.duration_ms, t.request_bytes, t.response_bytes,
            case when t.error is null then 'none' when t.http_status is null then 'unanswered'
                 when t.http_status in (401, 403) then 'authentication' when t.http_status = 429 then 'rate_limit'
                 when t.http_status between 400 and 499 then 'refusal' else 'provider' end as class
        from tried t
        join public.webhook_deliveries d on d.id = t.delivery_id and d.created_at = t.created_at
        left join public.events e on e.id = d.event_id and e.created_at = t.created_at
    ), counted as (
        insert into private.analytics_increments (organization_id, environment, provider_key, source, operation, hour,
            calls, errors, authentication_errors, rate_limit_errors, refusals, provider_errors, unanswered, throttled,
            retried, unknown, duration_ms_sum, duration_ms_max, latency, bytes_sent, bytes_received)
        select organization_id, environment, 'wasl', 'delivery', event_type, hour, count(*),
            count(*) filter (where class <> 'none'),
            count(*) filter (where class = 'authentication'),
            count(*) filter (where class = 'rate_limit'),
            count(*) filter (where class = 'refusal'),
            count(*) filter (where class = 'provider'),
            count(*) filter (where class = 'unanswered'),
            count(*) filter (where class = 'rate_limit'),
            count(*) filter (where number > 1),
            count(*) filter (where class = 'unanswered' and request_bytes > 0),
            sum(duration_ms), max(duration_ms), sum(private.latency_mark(duration_ms)), sum(request_bytes),
            sum(response_bytes)
        from classed
        group by organization_id, environment, event_type, hour
    )
    update public.webhook_deliveries d
    set attempts = d.attempts + 1, last_status = t.http_status, last_error = t.error ->> 'message',
        status = case when d.status <> 'pending' or t.outcome = 'retry' then d.status else t.outcome::public.delivery_status end,
        next_attempt_at = case when t.outcome = 'retry' then clock_timestamp() + make_interval(secs => t.wait_seconds) end,
        delivered_at = case when t.outcome = 'delivered' then clock_timestamp() else d.delivered_at end
    from tried t where d.id = t.delivery_id and d.created_at = t.created_at
$$;

create function private.note_receiver(subscription_id uuid, failed integer, delivered boolean, pause_seconds float8)
returns public.webhook_subscriptions
language plpgsql security definer set search_path = ''
as $$
declare
    before public.webhook_subscriptions;
    subscription public.webhook_subscriptions;
begin
    select * into before from public.webhook_subscriptions s where s.id = subscription_id for no key update;
    if delivered and before.failures = 0 and pause_seconds is null or before.id is null then
        return before;
    end if;
    update public.webhook_subscriptions s
    set failures = case when delivered then 0 else s.failures + failed end,
        failing_since = case when delivered then null when failed > 0 then coalesce(s.failing_since, clock_timestamp())
            else s.failing_since end,
        paused_until = greatest(
            case when not delivered then clock_timestamp() + private.pause_after(s.failures + failed) end,
            clock_timestamp() + make_interval(secs => pause_seconds))
    where s.id = subscription_id
    returning s.* into subscription;
    if delivered and before.failures > 0 then
        perform private.end_alert(subscription.organization_id, 'subscription.failing:' || subscription.id);
    elsif before.failures < 5 and subscription.failures >= 5 then
        perform private.raise_alert(subscription.organization_id, null, 'subscription.failing',
            'subscription.failing:' || subscription.id, 'warning', format('Deliveries to %s fail', subscription.name),
            jsonb_build_object('subscription_id', subscription.id, 'failures', subscription.failures,
                'failing_since', subscription.failing_since));
    end if;
    return subscription;
end
$$;

-- Records attempts of one subscription's deliveries in one transaction, and says how the subscription stands then.
create function private.record_deliveries(
    subscription_id uuid, results jsonb, pause_seconds float8, gone boolean, patience interval
) returns table (enabled boolean, paused boolean, failures integer)
language plpgsql security definer set search_path = ''
as $$
declare
    subscription public.webhook_subscriptions;
    died constant bigint := (select count(*) from jsonb_array_elements(results) r where r ->> 'outcome' = 'dead');
begin
    perform private.note_attempts(results);
    subscription := private.note_receiver(subscription_id,
        (select count(*) from jsonb_array_elements(results) r where r ->> 'outcome' <> 'delivered')::integer,
        results @? '$[*] ? (@.outcome == "delivered")', pause_seconds);
    if gone then
        perform private.disable_subscription(subscription.id, 'gone', null);
    elsif subscription.failing_since < clock_timestamp() - patience then
        perform private.disable_subscription(subscription.id, 'failing', null);
    elsif died > 0 and subscription.id is not null then
        perform private.raise_alert(subscription.organization_id, null, 'delivery.dead', 'delivery.dead:' || subscription.id,
            'warning', format('Deliveries to %s were given up', subscription.name),
            jsonb_build_object('subscription_id', subscription.id, 'given_up', died));
    end if;
    return query
    select s.enabled, coalesce(s.paused_until > clock_timestamp(), false), s.failures
    from public.webhook_subscriptions s where s.id = subscription.id;
end
$$;

-- By the clock: senders that were lost with their job, and secrets that no longer sign.
create function private.look_after_deliveries() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    forgotten uuid[];
begin
    delete from private.webhook_secrets w where w.expires_at < now();
    select array_agg(s.id) into forgotten from public.webhook_subscriptions s
    where s.enabled and s.secret_set_at is not null
      and exists (select from private.webhook_queue q where q.subscription_id = s.id and q.next_attempt_at < now())
      and not exists (select from private.jobs j where j.id = private.derived_id(s.id, 'webhook.send'));
    perform private.plan_senders(forgotten) where forgotten is not null;
    return coalesce(cardinality(forgotten), 0);
end
$$;
grant execute on function
    private.record_deliveries(uuid, jsonb, float8, boolean, interval), private.look_after_deliveries()
to wasl_worker;
