-- What a subscription may be. What SQL cannot judge (JSONPath, where an address may lead, whether a secret is one) a worker
-- checks as soon as there is a secret, and after each change: the operation subscription.check, whose fault switches the
-- subscription off again.

create function private.refuse_subscription(message text, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.refuse(400, 'invalid_subscription', message, field);
end
$$;

create function private.check_event_patterns(patterns text[]) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    wrong bigint;
begin
    if patterns is null or cardinality(patterns) not between 1 and 50 then
        perform private.refuse_subscription('It is a list of 1 to 50 types of events.', 'event_types');
    end if;
    select p.ordinality - 1 into wrong from unnest(patterns) with ordinality p (pattern, ordinality)
    where p.pattern is null or char_length(p.pattern) > 100 or p.pattern !~ '^(\*|[a-z_]+(\.[a-z_0-9]+)*\.(\*|[a-z_0-9]+))$'
    order by 1 limit 1;
    if wrong is not null then
        perform private.refuse_subscription(
            'An event is named like payment.succeeded; payment.* is all of them, and * is every event.',
            format('event_types.%s', wrong));
    end if;
end
$$;

create function private.check_paths(conditions text[]) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    wrong bigint;
begin
    if conditions is null or cardinality(conditions) > 10 then
        perform private.refuse_subscription('It is a list of at most 10 JSONPath queries.', 'conditions');
    end if;
    select c.ordinality - 1 into wrong from unnest(conditions) with ordinality c (path, ordinality)
    where c.path is null or c.path !~ '^\$.' or char_length(c.path) > 300
    order by 1 limit 1;
    if wrong is not null then
        perform private.refuse_subscription('It is a JSONPath query of at most 300 characters, such as $[?@.currency == ''AED''].',
            format('conditions.%s', wrong));
    end if;
end
$$;

-- What clients write, checked field by field before it is kept.
create function private.check_subscription() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    if tg_op = 'INSERT' and new.organization_id is null then
        new.organization_id := private.resolve_organization(null, 'developer', 'webhooks:write');
    end if;
    if new.name is null or char_length(btrim(new.name)) not between 1 and 100 then
        perform private.refuse_subscription('The name must have 1 to 100 characters.', 'name');
    elsif new.url is null or char_length(new.url) > 2048 or new.url !~ '^https?://[^/?#\s@\\]+([/?#][^\s\\]*)?$' then
        perform private.refuse_subscription(
            'It is an address such as https://example.com/webhooks, without user name or password.', 'url');
    elsif new.rate_per_minute not between 1 and 60000 then
        perform private.refuse_subscription('It is a whole number of 1 to 60000 attempts a minute.', 'rate_per_minute');
    elsif new.template is not null and (jsonb_typeof(new.template) <> 'object' or octet_length(new.template::text) > 16384) then
        perform private.refuse_subscription('It is an object of at most 16 KB.', 'template');
    end if;
    perform private.check_event_patterns(new.event_types);
    perform private.check_paths(new.conditions);
    perform private.check_template(new.template, 'template') where new.template is not null;
    if tg_op = 'INSERT' then
        return new;
    end if;
    if new.enabled and (not old.enabled or new.url <> old.url) then
        new.failures := 0;
        new.failing_since := null;
        new.paused_until := null;
    end if;
    if new.enabled and not old.enabled then
        new.disabled_reason := null;
        new.fault := null;
    end if;
    return new;
end
$$;
create trigger webhook_subscriptions_check before insert or update on public.webhook_subscriptions
for each row when (current_user in ('authenticated', 'service_role')) execute function private.check_subscription();

-- What follows from a change of a client's: a worker looks at what only it can judge, and what waited is sent.
create function private.follow_subscription() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    if new.secret_set_at is not null and (not old.enabled and new.enabled
            or (new.url, new.conditions) is distinct from (old.url, old.conditions)) then
        perform private.enqueue_operation(new.organization_id, 'subscription.check', 'webhook_subscription', new.id, '{}');
    end if;
    if new.enabled then
        perform private.end_alert(new.organization_id, 'subscription.disabled:' || new.id) where not old.enabled;
        perform private.end_alert(new.organization_id, 'subscription.failing:' || new.id) where new.failures < old.failures;
        perform private.plan_senders(array[new.id]);
    end if;
    return null;
end
$$;
create trigger webhook_subscriptions_follow after update on public.webhook_subscriptions
for each row when (current_user in ('authenticated', 'service_role')) execute function private.follow_subscription();

-- Switches a subscription off because of what its receiver does or what is wrong with it, and tells its organization.
create function private.disable_subscription(subscription_id uuid, reason text, fault jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    subscription public.webhook_subscriptions;
begin
    update public.webhook_subscriptions s
    set enabled = false, disabled_reason = reason, fault = disable_subscription.fault, updated_at = clock_timestamp()
    where s.id = subscription_id and s.enabled
    returning s.* into subscription;
    if subscription.id is null then
        return;
    end if;
    perform private.audit(subscription.organization_id, 'webhook_subscription.disabled', 'webhook_subscription',
        subscription.id::text, jsonb_build_object('reason', reason));
    perform private.end_alert(subscription.organization_id, 'subscription.failing:' || subscription.id);
    -- Whoever set it up wrongly has just been told so by the operation that found it out.
    perform private.raise_alert(subscription.organization_id, null, 'subscription.disabled',
        'subscription.disabled:' || subscription.id, 'critical',
        format('Nothing is sent to %s any more: its receiver %s', subscription.name,
            case reason when 'gone' then 'answered 410 Gone' else 'has been failing for days' end),
        private.without_nulls(jsonb_build_object('subscription_id', subscription.id, 'reason', reason,
            'failing_since', subscription.failing_since)))
    where reason <> 'invalid';
end
$$;
grant execute on function private.disable_subscription(uuid, text, jsonb) to wasl_worker;
