-- What clients do with subscriptions and deliveries beside writing rows: secrets, a test, sending anew.

-- The subscription, locked, after the caller has been checked against its organization.
create function private.own_subscription(subscription_id uuid) returns public.webhook_subscriptions
language plpgsql security definer set search_path = ''
as $$
declare
    subscription public.webhook_subscriptions;
begin
    select * into subscription from public.webhook_subscriptions s where s.id = subscription_id for no key update;
    if subscription.id is null or not private.may(subscription.organization_id, 'developer', 'webhooks:write')
       or not private.keeps_to_key(private.environment_of('subscription', subscription.id)) then
        perform private.refuse(404, 'subscription_not_found', 'There is no such subscription of yours.', 'subscription_id');
    end if;
    return subscription;
end
$$;

create function private.rotate_webhook_secret(subscription_id uuid, secret jsonb, overlap_seconds integer)
returns public.webhook_subscriptions
language plpgsql security definer set search_path = ''
as $$
declare
    subscription public.webhook_subscriptions := private.own_subscription(subscription_id);
    former timestamptz := clock_timestamp() + make_interval(secs => overlap_seconds);
begin
    if overlap_seconds is null or overlap_seconds not between 0 and 604800 then
        perform private.refuse(400, 'invalid_overlap_seconds', 'It is 0 to 604800 seconds, which is a week.', 'overlap_seconds');
    elsif jsonb_typeof(secret) is distinct from 'object' or char_length(secret ->> 'ciphertext') > 1365 then
        perform private.refuse(400, 'invalid_secret',
            'It is an object with ciphertext and key_id, sealed from a secret of at most 64 bytes.', 'secret');
    end if;
    perform private.refuse_card_number((secret - 'ciphertext')::text, 'secret');
    perform private.check_ciphertext(secret, subscription.organization_id, 'secret');
    delete from private.webhook_secrets w where w.subscription_id = subscription.id and w.expires_at < now();
    if (select count(*) from private.webhook_secrets w where w.subscription_id = subscription.id) >= 5 then
        perform private.refuse(409, 'too_many_secrets',
            'Five secrets sign at once already: wait until one expires.', 'subscription_id');
    end if;
    update private.webhook_secrets w set expires_at = former
    where w.subscription_id = subscription.id and w.expires_at is null;
    former := case when found and overlap_seconds > 0 then former end;
    insert into private.webhook_secrets (organization_id, subscription_id, key_id, ciphertext, created_by)
    values (subscription.organization_id, subscription.id, secret ->> 'key_id',
        private.from_base64url(secret ->> 'ciphertext'), private.actor());
    update public.webhook_subscriptions s set secret_set_at = clock_timestamp(), former_secret_until = former
    where s.id = subscription.id
    returning s.* into subscription;
    perform private.audit(subscription.organization_id, 'webhook_subscription.secret_set', 'webhook_subscription',
        subscription.id::text, jsonb_build_object('overlap_seconds', overlap_seconds));
    perform private.enqueue_operation(subscription.organization_id, 'subscription.check', 'webhook_subscription',
        subscription.id, '{}');
    perform private.plan_senders(array[subscription.id]);
    return subscription;
end
$$;

create function public.rotate_webhook_secret(subscription_id uuid, secret jsonb, overlap_seconds integer default 86400)
returns public.webhook_subscriptions
language sql set search_path = ''
as $$ select private.rotate_webhook_secret(subscription_id, secret, overlap_seconds) $$;
comment on function public.rotate_webhook_secret is
'Sets the secret, sealed as {ciphertext, key_id}, that a subscription''s deliveries are signed with. The one before signs as well until the overlap is over.';

create function private.test_webhook_subscription(subscription_id uuid) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    subscription public.webhook_subscriptions := private.own_subscription(subscription_id);
begin
    if subscription.secret_set_at is null then
        perform private.refuse(409, 'secret_required', 'It has no secret to sign with yet.', 'subscription_id');
    end if;
    return private.enqueue_operation(subscription.organization_id, 'subscription.test', 'webhook_subscription',
        subscription.id, '{}');
end
$$;

create function public.test_webhook_subscription(subscription_id uuid) returns public.operations
language sql set search_path = ''
as $$ select private.test_webhook_subscription(subscription_id) $$;
comment on function public.test_webhook_subscription is
'Sends a ping to a subscription, once, be it enabled or not; answers with the operation whose result tells what was answered.';

-- Has deliveries sent anew that are not on their way already, from the beginning of the schedule; says how many.
create function private.send_anew(chosen public.webhook_deliveries[]) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    planned uuid[];
begin
    with again as (
        update public.webhook_deliveries d
        set status = 'pending', next_attempt_at = clock_timestamp(), replayed_at = clock_timestamp()
        from unnest(chosen) c join public.webhook_subscriptions s on s.id = c.subscription_id
        where d.id = c.id and d.created_at = c.created_at and d.status <> 'pending'
        returning d.id, d.created_at, d.subscription_id, d.event_id
    ), queued as (
        insert into private.webhook_queue as q (delivery_id, created_at, subscription_id, event_id)
        select a.id, a.created_at, a.subscription_id, a.event_id from again a
        on conflict (delivery_id) do update set step = 0, next_attempt_at = excluded.next_attempt_at
        returning q.subscription_id
    )
    select array_agg(q.subscription_id) into planned from queued q;
    perform private.plan_senders(planned) where planned is not null;
    perform private.end_alert(s.organization_id, 'delivery.dead:' || s.id)
    from public.webhook_subscriptions s where s.id = any (planned);
    return coalesce(cardinality(planned), 0);
end
$$;

create function private.resend_webhook_deliveries(delivery_ids uuid[]) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    chosen public.webhook_deliveries[];
    batch record;
begin
    if delivery_ids is null or cardinality(delivery_ids) not between 1 and 1000 then
        perform private.refuse(400, 'invalid_delivery_ids', 'Send 1 to 1000 delivery ids.', 'delivery_ids');
    end if;
    select array_agg(d order by d.created_at, d.id) into chosen from public.webhook_deliveries d
    where d.id = any (delivery_ids)
      and (private.is_service()
           or d.organization_id = any (array(select private.my_organizations('developer', 'webhooks:write')))
           and private.keeps_to_key(private.environment_of('subscription', d.subscription_id)));
    if coalesce(cardinality(chosen), 0) <> cardinality(array(select distinct unnest(delivery_ids))) then
        perform private.refuse(404, 'delivery_not_found',
            'Some of these deliveries are not yours or do not exist; none is sent anew.', 'delivery_ids');
    elsif exists (select from unnest(chosen) c
                  where not exists (select from public.webhook_subscriptions s where s.id = c.subscription_id)) then
        perform private.refuse(409, 'subscription_gone',
            'The subscription of some of these deliveries is gone; none is sent anew.', 'delivery_ids');
    end if;
    for batch in
        select c.organization_id, jsonb_agg(c.id order by c.id) as ids from unnest(chosen) c group by 1 order by 1
    loop
        perform private.audit(batch.organization_id, 'webhook_delivery.resent', 'webhook_delivery', batch.ids ->> 0,
            jsonb_build_object('deliveries', batch.ids));
    end loop;
    return private.send_anew(chosen);
end
$$;

create function public.resend_webhook_deliveries(delivery_ids uuid[]) returns integer
language sql set search_path = ''
as $$ select private.resend_webhook_deliveries(delivery_ids) $$;
comment on function public.resend_webhook_deliveries is
'Sends deliveries anew, under their former webhook-id, all or none; answers with how many were not on their way already.';

create function private.check_replay_filter(filter jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if jsonb_typeof(filter) is distinct from 'object' or filter - array['status', 'event_types'] <> '{}' then
        perform private.refuse(400, 'invalid_filter', 'It is an object with status and event_types.', 'filter');
    elsif filter ? 'status' and (jsonb_typeof(filter -> 'status') <> 'array'
          or not filter -> 'status' <@ '["delivered", "dead"]' or filter -> 'status' = '[]') then
        perform private.refuse(400, 'invalid_filter', 'It is a list of delivered, dead or both.', 'filter.status');
    elsif filter ? 'event_types' and (jsonb_typeof(filter -> 'event_types') <> 'array'
          or filter @? '$.event_types[*] ? (@.type() != "string")') then
        perform private.refuse(400, 'invalid_filter', 'It is a list of types of events.', 'filter.event_types');
    end if;
end
$$;

create function private.replay_webhook_deliveries(
    subscription_id uuid, since timestamptz, until timestamptz, filter jsonb, idempotency_key text
) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    subscription public.webhook_subscriptions := private.own_subscription(subscription_id);
    input constant jsonb := private.without_nulls(jsonb_build_object(
        'subscription_id', subscription.id, 'since', since, 'until', until, 'filter', coalesce(filter, '{}')));
    operation public.operations := private.find_repeated_operation(
        subscription.organization_id, 'delivery.replay', idempotency_key, input);
begin
    if operation.id is not null then
        return operation;
    end if;
    perform private.check_replay_filter(coalesce(filter, '{}'));
    perform private.check_event_patterns(array(select jsonb_array_elements_text(filter -> 'event_types')))
    where filter ? 'event_types';
    if since is null or since >= coalesce(until, now()) then
        perform private.refuse(400, 'invalid_since', 'The span must begin before it ends, and in the past.', 'since');
    end if;
    operation := private.enqueue_operation(subscription.organization_id, 'delivery.replay', 'webhook_subscription',
        subscription.id, input, null, idempotency_key);
    perform private.audit(subscription.organization_id, 'webhook_subscription.replayed', 'webhook_subscription',
        subscription.id::text, input - 'subscription_id');
    return operation;
end
$$;

create function public.replay_webhook_deliveries(
    subscription_id uuid, since timestamptz, until timestamptz default null, filter jsonb default '{}',
    idempotency_key text default null
) returns public.operations
language sql set search_path = ''
as $$ select private.replay_webhook_deliveries(subscription_id, since, until, filter, idempotency_key) $$;
comment on function public.replay_webhook_deliveries is
'Sends a subscription''s deliveries of a span of time anew: filter is {status: [delivered, dead], event_types: [patterns]}. Answers with the operation; its result tells the progress, {total, done, replayed}.';

-- What a replay is about, by its operation's input; what is on its way is counted but goes on as it is.
create function private.deliveries_to_replay(asked jsonb) returns setof public.webhook_deliveries
language sql stable security definer set search_path = ''
as $$
    select d.* from public.webhook_deliveries d
    where d.subscription_id = (asked ->> 'subscription_id')::uuid
      and d.created_at >= (asked ->> 'since')::timestamptz and d.created_at < (asked ->> 'until')::timestamptz
      and (not asked -> 'filter' ? 'status' or asked #> '{filter,status}' ? d.status::text)
      and (not asked -> 'filter' ? 'event_types'
           or private.matches_event(array(select jsonb_array_elements_text(asked #> '{filter,event_types}')), d.event_type))
$$;

-- The next batch of a replay, and how far that is, in one transaction: what was sent anew is not sent anew by the next
-- worker, should this one die. Says whether there is more, null when the job is no longer the worker's.
create function private.replay_batch(job_id uuid, claim uuid, size integer) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    job private.jobs;
    asked jsonb;
    progress jsonb;
    chosen public.webhook_deliveries[];
    last public.webhook_deliveries;
begin
    select * into job from private.jobs j where j.id = job_id and j.claim_id = claim for update;
    select o.input, coalesce(o.result, '{}') into asked, progress from public.operations o where o.id = job_id;
    if job.id is null or job.cancel_requested then
        return null;
    elsif not progress ? 'total' then
        asked := asked || jsonb_build_object('until', coalesce((asked ->> 'until')::timestamptz, job.created_at));
        progress := jsonb_build_object('done', 0, 'replayed', 0, 'total',
            (select count(*) from private.deliveries_to_replay(asked)));
        update public.operations o set input = asked where o.id = job_id;
    end if;
    select array_agg(d order by d.created_at, d.id) into chosen from (
        select d.* from private.deliveries_to_replay(asked) d
        where not job.payload ? 'after'
           or (d.created_at, d.id) > ((job.payload #>> '{after,0}')::timestamptz, (job.payload #>> '{after,1}')::uuid)
        order by d.created_at, d.id limit size) d;
    if chosen is not null then
        last := chosen[cardinality(chosen)];
        progress := progress || jsonb_build_object('done', (progress ->> 'done')::integer + cardinality(chosen),
            'replayed', (progress ->> 'replayed')::integer + private.send_anew(chosen));
        update private.jobs j set payload = jsonb_build_object('after', jsonb_build_array(last.created_at, last.id))
        where j.id = job_id;
    end if;
    update public.operations o set result = progress where o.id = job_id;
    return coalesce(cardinality(chosen), 0) = size;
end
$$;
grant execute on function private.replay_batch(uuid, uuid, integer) to wasl_worker;

grant execute on function
    private.rotate_webhook_secret(uuid, jsonb, integer), public.rotate_webhook_secret(uuid, jsonb, integer),
    private.test_webhook_subscription(uuid), public.test_webhook_subscription(uuid),
    private.resend_webhook_deliveries(uuid[]), public.resend_webhook_deliveries(uuid[]),
    private.replay_webhook_deliveries(uuid, timestamptz, timestamptz, jsonb, text),
    public.replay_webhook_deliveries(uuid, timestamptz, timestamptz, jsonb, text)
to authenticated, service_role;
