-- How an organization's payments choose their gateway: one policy for each environment, changed as a whole.

create type public.payment_routing_rule as enum ('priority', 'weighted', 'lowest_fee');
comment on type public.payment_routing_rule is
'priority: in order, and by weight among equals; weighted: shared out by weight; lowest_fee: by the fee model of each connection.';

create table public.payment_policies (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    environment public.environment not null,
    version integer not null default 1 check (version > 0),
    rule public.payment_routing_rule not null default 'priority',
    cases jsonb not null default '[]'::jsonb check (jsonb_typeof(cases) = 'array'),
    failover boolean not null default true,
    updated_by text not null,
    updated_at timestamptz not null default now(),
    primary key (organization_id, environment)
);
comment on table public.payment_policies is
'How payments choose their gateway. Without a row: by priority, with failover. Earlier versions stand in the audit log.';
comment on column public.payment_policies.environment is 'Whose connections it is about.';
comment on column public.payment_policies.rule is 'What the order of connections follows.';
comment on column public.payment_policies.version is 'Rises by one with each change.';
comment on column public.payment_policies.cases is
'[{name, when: {currencies, countries, methods, minimum_amount, maximum_amount}, rule, connections, exclusive}]: the first that a payment meets may change the rule and put connections first, or let no others in.';
comment on column public.payment_policies.failover is 'Whether another gateway takes over when the first certainly did nothing.';
comment on column public.payment_policies.updated_by is 'user:<id>, api_key:<id> or service.';

alter table public.payment_policies enable row level security;
create policy "members read policies" on public.payment_policies for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
grant select on public.payment_policies to authenticated, service_role, wasl_worker;

create function private.check_text_list(list jsonb, pattern text, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if list is not null and (jsonb_typeof(list) <> 'array' or jsonb_array_length(list) > 100
            or exists (select from jsonb_array_elements(list) e
                       where jsonb_typeof(e) <> 'string' or e #>> '{}' !~ pattern)) then
        perform private.refuse(400, 'invalid_cases', 'It is a list of at most 100 codes, in their usual spelling.', field);
    end if;
end
$$;

create function private.check_policy_case(policy_case jsonb, organization_id uuid, environment public.environment, field text)
returns void
language plpgsql stable set search_path = ''
as $$
declare
    condition constant jsonb := coalesce(policy_case -> 'when', '{}');
    wrong text;
begin
    if jsonb_typeof(policy_case) <> 'object' or jsonb_typeof(condition) <> 'object' then
        perform private.refuse(400, 'invalid_cases', 'A case is an object with name, when, rule, connections, exclusive.', field);
    end if;
    select each into wrong from (
        select key from jsonb_object_keys(policy_case) key
        where key not in ('name', 'when', 'rule', 'connections', 'exclusive')
        union all
        select 'when.' || key from jsonb_object_keys(condition) key
        where key not in ('currencies', 'countries', 'methods', 'minimum_amount', 'maximum_amount')
    ) unknown (each) limit 1;
    perform private.refuse_card_number(policy_case ->> 'name', field || '.name');
    if wrong is not null then
        perform private.refuse(400, 'invalid_cases', 'There is no such part of a case.', field || '.' || wrong);
    elsif jsonb_typeof(policy_case -> 'name') is distinct from 'string'
          or char_length(policy_case ->> 'name') not between 1 and 100 then
        perform private.refuse(400, 'invalid_cases', 'A case has a name of 1 to 100 characters.', field || '.name');
    elsif policy_case ->> 'rule' not in ('priority', 'weighted', 'lowest_fee') then
        perform private.refuse(400, 'invalid_cases', 'The rule is priority, weighted or lowest_fee.', field || '.rule');
    elsif jsonb_typeof(policy_case -> 'exclusive') <> 'boolean' then
        perform private.refuse(400, 'invalid_cases', 'It is true or false.', field || '.exclusive');
    end if;
    perform private.check_text_list(condition -> 'currencies', '^[A-Z]{3}$', field || '.when.currencies');
    perform private.check_text_list(condition -> 'countries', '^[A-Z]{2}$', field || '.when.countries');
    perform private.check_text_list(condition -> 'methods', '^[a-z][a-z_]{1,29}$', field || '.when.methods');
    select each into wrong from unnest(array['minimum_amount', 'maximum_amount']) each
    where jsonb_typeof(condition -> each) <> 'string' or condition ->> each !~ '^[0-9]{1,12}(\.[0-9]{1,6})?$' limit 1;
    if wrong is not null then
        perform private.refuse(400, 'invalid_cases', 'The amount is a decimal string.', field || '.when.' || wrong);
    end if;
    perform private.check_text_list(policy_case -> 'connections', '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', field || '.connections');
    select each.value into wrong from jsonb_array_elements_text(coalesce(policy_case -> 'connections', '[]')) each
    where not exists (
        select from public.payment_providers r join public.integration_connections c on c.id = r.connection_id
        where c.id = each.value::uuid and c.organization_id = check_policy_case.organization_id
          and c.environment = check_policy_case.environment) limit 1;
    if wrong is not null then
        perform private.refuse(400, 'invalid_cases', format('%s is not a payment connection of yours in the %s environment.',
            wrong, environment), field || '.connections');
    end if;
end
$$;

create function private.set_payment_policy(
    organization_id uuid, environment public.environment, rule public.payment_routing_rule, cases jsonb, failover boolean,
    expected_version integer
) returns public.payment_policies
language plpgsql security definer set search_path = ''
as $$
declare
    before public.payment_policies;
    policy public.payment_policies;
begin
    organization_id := private.resolve_organization(organization_id, 'developer', 'payments:write');
    if jsonb_typeof(cases) is distinct from 'array' or jsonb_array_length(cases) > 50 then
        perform private.refuse(400, 'invalid_cases', 'The cases are a list of at most 50.', 'cases');
    end if;
    perform private.check_policy_case(e.value, organization_id, environment, format('cases.%s', e.ordinality - 1))
    from jsonb_array_elements(cases) with ordinality e;
    -- Two who change it at once: the second waits here, and is told when it expected the first one's version.
    perform pg_advisory_xact_lock(hashtextextended(organization_id::text || environment, 2));
    select * into before from public.payment_policies p
    where p.organization_id = set_payment_policy.organization_id and p.environment = set_payment_policy.environment;
    if expected_version <> coalesce(before.version, 0) then
        perform private.refuse(409, 'policy_changed',
            format('The policy is at version %s by now: read it again.', coalesce(before.version, 0)), 'expected_version');
    end if;
    insert into public.payment_policies as p (organization_id, environment, rule, cases, failover, updated_by)
    values (organization_id, environment, coalesce(rule, 'priority'), cases, coalesce(failover, true), private.actor())
    on conflict on constraint payment_policies_pkey do update
    set version = p.version + 1, rule = excluded.rule, cases = excluded.cases, failover = excluded.failover,
        updated_by = excluded.updated_by, updated_at = now()
    returning p.* into policy;
    perform private.audit_change(organization_id, 'payment_policy.changed', 'payment_policy', environment::text,
        case when before.version is not null then to_jsonb(before) end, to_jsonb(policy));
    return policy;
end
$$;

create function public.set_payment_policy(
    rule public.payment_routing_rule default 'priority', cases jsonb default '[]', failover boolean default true,
    environment public.environment default 'sandbox', expected_version integer default null, organization_id uuid default null
) returns public.payment_policies
language sql set search_path = ''
as $$
    select private.set_payment_policy(organization_id, coalesce(environment, 'sandbox'), rule, cases, failover, expected_version)
$$;
comment on function public.set_payment_policy is
'Replaces the routing policy of an environment. With expected_version only if nobody has changed it since (0: there is none).';

-- "Which gateway would this take, and why?" A worker answers, since it is the one that chooses; nothing is sent.
create function private.route_payment(organization_id uuid, input jsonb) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    environment public.environment;
begin
    organization_id := private.resolve_organization(organization_id, 'viewer', 'payments:read');
    input := input || jsonb_build_object(
        'amount', private.checked_amount(input ->> 'amount', input ->> 'currency')::numeric::text);
    perform private.check_routing_facts(input);
    environment := private.connection_environment(organization_id, null,
        (input ->> 'environment')::public.environment, 'payments');
    return private.enqueue_operation(organization_id, 'payment.route', null, null,
        input || jsonb_build_object('environment', environment));
end
$$;

create function public.route_payment(
    amount text, currency text, method text default null, country text default null,
    capture_method text default 'automatic', save_payment_method boolean default false,
    environment public.environment default null, organization_id uuid default null
) returns public.operations
language sql set search_path = ''
as $$
    select private.route_payment(organization_id, private.without_nulls(jsonb_build_object(
        'amount', amount, 'currency', currency, 'method', method, 'country', country,
        'capture_method', coalesce(capture_method, 'automatic'), 'save_payment_method', coalesce(save_payment_method, false),
        'environment', environment)))
$$;
comment on function public.route_payment is
'Which gateway would this payment take, and why? Sends nothing; answers with the operation whose result will say.';

grant execute on function
    private.set_payment_policy(uuid, public.environment, public.payment_routing_rule, jsonb, boolean, integer),
    public.set_payment_policy(public.payment_routing_rule, jsonb, boolean, public.environment, integer, uuid),
    private.route_payment(uuid, jsonb),
    public.route_payment(text, text, text, text, text, boolean, public.environment, uuid)
to authenticated, service_role;
