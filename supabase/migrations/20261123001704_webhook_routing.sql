-- Which subscriptions want an event, and the deliveries that are made of it: once, however often it is routed.

create function private.subscriptions_of(event public.events) returns setof public.webhook_subscriptions
language sql stable security definer rows 2 set search_path = ''
as $$
    select s.* from public.webhook_subscriptions s
    where s.organization_id = event.organization_id and s.enabled
      and (s.environment is null or event.environment is null or s.environment = event.environment)
      and (s.connection_id is null or s.connection_id::text = event.data ->> 'connection_id')
      and private.matches_event(s.event_types, event.type)
    order by s.id
$$;

-- Whether anybody is led by it; asked of every event, and answered by an index where nobody is.
create function private.is_event_wanted(event public.events) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
    return exists (select from public.automations a
                   where a.organization_id = event.organization_id and a.enabled and a.deleted_at is null)
           and exists (select from private.automations_of(event))
        or exists (select from public.webhook_subscriptions s where s.organization_id = event.organization_id and s.enabled)
           and exists (select from private.subscriptions_of(event));
end
$$;

create function private.subscriptions_for(event_id uuid, created_at timestamptz) returns setof public.webhook_subscriptions
language sql stable security definer rows 2 set search_path = ''
as $$
    select s.* from public.events e, private.subscriptions_of(e) s
    where e.id = subscriptions_for.event_id and e.created_at = subscriptions_for.created_at
$$;

-- An event that is still to be routed comes before what is sent in order; for a minute, should its routing be stuck.
create index jobs_to_route on private.jobs (organization_id, id) where kind = 'event.route';

-- When a subscription has something to send next; null: nothing is pending. In order, only the first may be sent.
create function private.next_send(subscription public.webhook_subscriptions) returns timestamptz
language plpgsql stable security definer set search_path = ''
as $$
declare
    head private.webhook_queue;
begin
    if not subscription.enabled or subscription.secret_set_at is null then
        return null;
    elsif not subscription.ordered then
        return (select greatest(q.next_attempt_at, subscription.paused_until) from private.webhook_queue q
                where q.subscription_id = subscription.id order by q.next_attempt_at limit 1);
    end if;
    select * into head from private.webhook_queue q
    where q.subscription_id = subscription.id order by q.event_id limit 1;
    if exists (select from private.jobs j
               where j.kind = 'event.route' and j.organization_id = subscription.organization_id
                 and j.id < head.event_id and j.created_at > now() - interval '1 minute') then
        return greatest(head.next_attempt_at, subscription.paused_until, clock_timestamp() + interval '50 milliseconds');
    end if;
    return greatest(head.next_attempt_at, subscription.paused_until);
end
$$;

-- One job for each subscription sends all that is due for it. Whoever adds to what is due holds a shared lock until it is
-- committed, and a job that ends waits for all of these before it looks once more: so nothing is left lying. The job's own
-- row is locked by nobody who adds, or it could hardly ever be claimed.
create function private.plan_senders(subscription_ids uuid[]) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended(id::text, 4)) from unnest(subscription_ids) id order by id;
    update private.jobs j set run_at = n.at
    from public.webhook_subscriptions s cross join lateral private.next_send(s) as n (at)
    where s.id = any (subscription_ids) and j.id = private.derived_id(s.id, 'webhook.send')
      and j.claim_id is null and j.run_at > n.at;
    insert into private.jobs (id, kind, organization_id, payload, priority, max_attempts, run_at)
    select private.derived_id(s.id, 'webhook.send'), 'webhook.send', s.organization_id,
        jsonb_build_object('subscription_id', s.id), 3, 20, n.at
    from public.webhook_subscriptions s cross join lateral private.next_send(s) as n (at)
    where s.id = any (subscription_ids) and n.at is not null
      and not exists (select from private.jobs j where j.id = private.derived_id(s.id, 'webhook.send'))
    order by 1
    on conflict do nothing;
end
$$;

-- In the transaction that ends such a job.
create function private.plan_next_sender(subscription_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(subscription_id::text, 4));
    perform private.plan_senders(array[subscription_id]);
end
$$;

-- What a worker found that subscriptions are to be sent of an event: [{subscription_id, payload}], the payload as text.
create function private.add_deliveries(event_id uuid, created_at timestamptz, deliveries jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    planned uuid[];
begin
    with added as (
        insert into public.webhook_deliveries as d
            (id, created_at, organization_id, subscription_id, event_id, event_type, payload, next_attempt_at, trace_id)
        select private.derived_id(e.id, s.id::text), e.created_at, e.organization_id, s.id, e.id, e.type, t.payload::json,
            clock_timestamp(), e.trace_id
        from jsonb_to_recordset(deliveries) as t (subscription_id uuid, payload text)
        join public.events e on e.id = add_deliveries.event_id and e.created_at = add_deliveries.created_at
        join public.webhook_subscriptions s on s.id = t.subscription_id and s.organization_id = e.organization_id
        on conflict do nothing
        returning d.id, d.created_at, d.subscription_id, d.event_id
    ), queued as (
        insert into private.webhook_queue as q (delivery_id, created_at, subscription_id, event_id)
        select a.id, a.created_at, a.subscription_id, a.event_id from added a
        returning q.subscription_id
    )
    select array_agg(subscription_id) into planned from queued;
    perform private.plan_senders(planned) where planned is not null;
    return coalesce(cardinality(planned), 0);
end
$$;
grant execute on function
    private.is_event_wanted(public.events), private.subscriptions_for(uuid, timestamptz),
    private.add_deliveries(uuid, timestamptz, jsonb), private.plan_next_sender(uuid)
to wasl_worker;
