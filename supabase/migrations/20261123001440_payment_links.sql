-- Links that a merchant sends to a payer. Whoever follows one is brought to a gateway's page; which gateway, and whether
-- it is up, is found out only then.

create type public.payment_link_status as enum ('active', 'paid', 'disabled');

create table public.payment_links (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    environment public.environment not null,
    token text not null unique,
    status public.payment_link_status not null default 'active',
    amount public.money_amount not null,
    currency text not null references private.currencies (code),
    reference text not null,
    description text,
    input jsonb not null,
    single_use boolean not null,
    expires_at timestamptz,
    disabled_at timestamptz,
    paid_payment_id uuid,
    created_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id)
);
comment on table public.payment_links is 'Links that payers follow to pay.';
comment on column public.payment_links.environment is 'That of the connections that may take its payments.';
comment on column public.payment_links.reference is 'The merchant''s own, such as an invoice number; its payments have it too.';
comment on column public.payment_links.token is 'Ends the link''s address: /functions/v1/pay/{token}.';
comment on column public.payment_links.input is
'What each payment of it is made with, by the arguments of create_payment; but for what says who pays and where.';
comment on column public.payment_links.single_use is 'Whether it can be paid once only.';
comment on column public.payment_links.expires_at is 'From then on nobody can begin to pay; null: never.';
comment on column public.payment_links.disabled_at is 'When it was disabled; one whose payment was under way can be paid after that.';
comment on column public.payment_links.paid_payment_id is 'The payment that paid a link of single use.';
create index payment_links_by_organization on public.payment_links (organization_id, created_at desc);
create index payment_links_by_currency on public.payment_links (currency);
create trigger payment_links_touch before update on public.payment_links
for each row execute function private.touch_updated_at();

alter table public.payments add foreign key (organization_id, payment_link_id)
references public.payment_links (organization_id, id);

alter table public.payment_links enable row level security;
create policy "members read links" on public.payment_links for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
grant select on public.payment_links to authenticated, service_role;

-- As of payments.
create function public.customer(payment_link public.payment_links) returns jsonb
language sql volatile set search_path = ''
as $$ select coalesce(private.personal(l.id) -> 'customer', '{}') from public.payment_links l where l.id = payment_link.id $$;
comment on function public.customer(public.payment_links) is 'Who is to pay, if the link is for somebody, as payments say it.';

create function public.billing_address(payment_link public.payment_links) returns jsonb
language sql volatile set search_path = ''
as $$ select private.personal(l.id) -> 'billing_address' from public.payment_links l where l.id = payment_link.id $$;
comment on function public.billing_address(public.payment_links) is 'Where the payer lives, as payments say it.';

create function public.shipping_address(payment_link public.payment_links) returns jsonb
language sql volatile set search_path = ''
as $$ select private.personal(l.id) -> 'shipping_address' from public.payment_links l where l.id = payment_link.id $$;
comment on function public.shipping_address(public.payment_links) is 'Where what is paid for goes, as payments say it.';

grant execute on function public.customer(public.payment_links), public.billing_address(public.payment_links),
    public.shipping_address(public.payment_links)
to authenticated, service_role;

create function private.create_payment_link(
    organization_id uuid, input jsonb, single_use boolean, expires_at timestamptz, idempotency_key text
) returns public.payment_links
language plpgsql security definer set search_path = ''
as $$
declare
    link public.payment_links;
    earlier public.operations;
    environment public.environment;
    terms constant jsonb := jsonb_strip_nulls(jsonb_build_object('single_use', single_use, 'expires_at', expires_at));
    link_id constant uuid := private.uuid_v7();
    kept jsonb;
begin
    organization_id := private.resolve_organization(organization_id, 'developer', 'payments:write');
    input := input || jsonb_build_object(
        'amount', private.checked_amount(input ->> 'amount', input ->> 'currency')::numeric::text);
    -- Where the payer comes back to is known only when somebody follows the link, if it is not said.
    perform private.check_payment(jsonb_build_object('return_url', 'https://link.invalid') || input);
    if expires_at <= now() or not isfinite(expires_at) then
        perform private.refuse(400, 'invalid_expires_at',
            'The link must expire in the future; leave expires_at out if it never does.', 'expires_at');
    end if;
    environment := private.connection_environment(organization_id, (input ->> 'connection_id')::uuid,
        (input ->> 'environment')::public.environment, 'payments');
    earlier := private.find_repeated_operation(organization_id, 'payment_link.create', idempotency_key, input || terms);
    if earlier.id is not null then
        select * into link from public.payment_links l where l.id = earlier.subject_id;
        return link;
    end if;
    kept := private.seal_payer(organization_id, 'payment_link', link_id, input);
    insert into public.payment_links as l (id, organization_id, environment, token, amount, currency, reference, description,
        input, single_use, expires_at, created_by)
    values (link_id, organization_id, environment,
        'pl_' || rtrim(translate(encode(extensions.gen_random_bytes(24), 'base64'), E'+/\n', '-_'), '='),
        private.checked_amount(input ->> 'amount', input ->> 'currency'), input ->> 'currency', input ->> 'reference',
        input ->> 'description', kept || jsonb_build_object('environment', environment), single_use, expires_at,
        private.actor())
    returning l.* into link;
    insert into public.operations (organization_id, connection_id, kind, status, subject_type, subject_id, input,
        idempotency_key, input_hash, created_by, finished_at)
    values (organization_id, (input ->> 'connection_id')::uuid, 'payment_link.create', 'succeeded', 'payment_link', link.id,
        kept || terms, idempotency_key, private.input_hash(organization_id, input || terms), private.actor(), now());
    return link;
end
$$;

create function public.create_payment_link(
    amount text, currency text, reference text, description text default null, single_use boolean default true,
    expires_at timestamptz default null, connection_id uuid default null, environment public.environment default null,
    capture_method text default 'automatic', customer jsonb default '{}', metadata jsonb default '{}',
    return_url text default null, cancel_url text default null, method text default null, country text default null,
    locale text default null, billing_address jsonb default null, shipping_address jsonb default null,
    items jsonb default '[]', idempotency_key text default null, organization_id uuid default null
) returns public.payment_links
language sql set search_path = ''
as $$
    select private.create_payment_link(organization_id, private.without_nulls(jsonb_build_object(
        'amount', amount, 'currency', currency, 'reference', reference, 'connection_id', connection_id,
        'environment', environment, 'capture_method', coalesce(capture_method, 'automatic'),
        'description', nullif(description, ''), 'customer', coalesce(customer, '{}'), 'metadata', coalesce(metadata, '{}'),
        'return_url', return_url, 'cancel_url', cancel_url, 'method', method, 'country', country, 'locale', locale,
        'billing_address', billing_address, 'shipping_address', shipping_address, 'items', coalesce(items, '[]'))),
        coalesce(single_use, true), expires_at, idempotency_key)
$$;
comment on function public.create_payment_link is
'Makes a link that a payer can follow to pay: /functions/v1/pay/ and the answer''s token, below the hub''s address.';

create function private.disable_payment_link(payment_link_id uuid) returns public.payment_links
language plpgsql security definer set search_path = ''
as $$
declare
    link public.payment_links;
begin
    select * into link from public.payment_links l where l.id = payment_link_id for no key update;
    if link.id is null or not private.may(link.organization_id, 'developer', 'payments:write', link.environment) then
        perform private.refuse(404, 'payment_link_not_found', 'There is no such payment link of yours.', 'payment_link_id');
    end if;
    update public.payment_links l
    set disabled_at = coalesce(l.disabled_at, now()),
        status = case l.status when 'active' then 'disabled' else l.status end
    where l.id = link.id
    returning l.* into link;
    return link;
end
$$;

create function public.disable_payment_link(payment_link_id uuid) returns public.payment_links
language sql set search_path = ''
as $$ select private.disable_payment_link(payment_link_id) $$;
comment on function public.disable_payment_link is
'Lets nobody begin to pay by a link any more; a payment that is under way goes on.';

-- The payment that a link of single use has in hand, whoever follows it: one of another's would be paid twice.
create function private.open_payment_of_link(link public.payment_links) returns public.payments
language sql stable security definer set search_path = ''
as $$
    select p.* from public.payments p
    where p.organization_id = link.organization_id and p.payment_link_id = link.id
      and p.status not in ('failed', 'cancelled', 'expired')
    order by p.created_at desc
    limit 1
$$;

-- On the page of a payment that failed the payer may still try another card. Before another payment takes its place the
-- gateway is asked to close that page; answers whether this is still going on.
create function private.is_closing_pages(link public.payment_links) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments;
begin
    for payment in
        select p.* from public.payments p
        where p.organization_id = link.organization_id and p.payment_link_id = link.id
          and p.status = 'failed' and p.checkout_url is not null and p.provider_payment_id is not null
          and not exists (select from public.operations o where o.subject_id = p.id and o.kind = 'payment.cancel')
    loop
        perform private.enqueue_operation(payment.organization_id, 'payment.cancel', 'payment', payment.id,
            jsonb_build_object('payment_id', payment.id), payment.connection_id);
    end loop;
    return exists (
        select from public.payments p join public.operations o on o.subject_id = p.id
        where p.organization_id = link.organization_id and p.payment_link_id = link.id and p.status = 'failed'
          and o.kind = 'payment.cancel' and o.status = 'pending');
end
$$;

-- A payer who comes back may know more than the gateway has told: the first look of the payment's schedule is made at once.
-- Only that one, so that reloading the page sends nothing to the gateway. A look that is in hand is enough, and is never waited
-- for: whoever ends it plans the next, and would wait for us in turn.
create function private.look_at_once(payment public.payments) returns void
language sql security definer set search_path = ''
as $$
    with first_look as (
        update private.payment_looks l set looks = 1
        where l.payment_id = payment.id and l.looks = 0
          and not exists (select from private.jobs j where j.id = l.payment_id)
        returning l.payment_id
    )
    insert into private.jobs (id, kind, organization_id, priority, max_attempts)
    select f.payment_id, 'payment.look', payment.organization_id, 0, 5 from first_look f
    on conflict do nothing
$$;

-- Whoever has the link may know this much of its payment, and nothing of who pays.
create function private.shown_to_payer(payment public.payments) returns jsonb
language sql immutable set search_path = ''
as $$
    select jsonb_build_object('payment_id', payment.id, 'status', payment.status, 'checkout_url', payment.checkout_url,
        'amount', payment.amount::numeric::text, 'currency', payment.currency)
$$;

-- For the Supabase function `pay`. Without payment_id: the payment of whoever follows the link, made when there is none to
-- go on with. With it: how that payment of the link stands; `returned` when its payer has just come back.
create function private.open_payment_link(token text, page_url text, payment_id uuid, returned boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    link public.payment_links;
    payment public.payments;
    back text;
begin
    if payment_id is not null then
        select p.* into payment from public.payments p join public.payment_links l
            on l.organization_id = p.organization_id and l.id = p.payment_link_id
        where l.token = open_payment_link.token and p.id = open_payment_link.payment_id;
        if payment.id is null then
            perform private.refuse(404, 'payment_link_not_found', 'There is no such payment of such a link.');
        elsif returned then
            perform private.look_at_once(payment);
        end if;
        return private.shown_to_payer(payment);
    end if;
    -- Two who follow a link of single use at once are given one payment.
    select * into link from public.payment_links l where l.token = open_payment_link.token for no key update;
    if link.id is null then
        perform private.refuse(404, 'payment_link_not_found', 'There is no such payment link.');
    elsif link.status <> 'active' then
        perform private.refuse(410, 'payment_link_' || link.status, 'This payment link cannot be paid any more.');
    elsif link.expires_at <= now() then
        perform private.refuse(410, 'payment_link_expired', 'This payment link has expired.');
    end if;
    if link.single_use then
        payment := private.open_payment_of_link(link);
        if payment.id is null and private.is_closing_pages(link) then
            return jsonb_build_object('payment_id', null, 'status', 'pending');
        end if;
    end if;
    if payment.id is null then
        if (select count(*) from public.payments p where p.organization_id = link.organization_id
              and p.payment_link_id = link.id and p.created_at > now() - interval '1 minute') >= 30 then
            perform private.refuse(429, 'too_many_payments', 'Too many payments by this link within a minute.');
        end if;
        payment_id := private.uuid_v7();
        back := page_url || '?back=' || payment_id;
        -- Of a link whose payer was erased nobody is known any more.
        payment := private.make_payment(link.organization_id,
            case when link.input ? 'return_url' then '{}' else jsonb_build_object('return_url', back, 'cancel_url', back) end
                || '{"customer": {}, "metadata": {}}' || link.input || private.personal(link.id),
            null, link.id, payment_id);
    end if;
    return private.shown_to_payer(payment);
end
$$;

create function public.open_payment_link(
    token text, page_url text, payment_id uuid default null, returned boolean default false
) returns jsonb
language sql set search_path = ''
as $$ select private.open_payment_link(token, page_url, payment_id, returned) $$;
comment on function public.open_payment_link is
'For the Supabase function `pay` only: the payment of whoever follows a link, and the page to send them to once there is one.';

-- For news of a payment that was made by a link. Reserved money that was released leaves a link of single use unpaid.
create function private.settle_payment_link(payment public.payments) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    link public.payment_links;
begin
    if payment.payment_link_id is null
       or payment.status in ('pending', 'created', 'requires_action', 'processing') then
        return;
    end if;
    select * into link from public.payment_links l where l.id = payment.payment_link_id and l.single_use for no key update;
    if link.id is null then
        return;
    elsif payment.status in ('failed', 'cancelled', 'expired') then
        update public.payment_links l
        set status = case when l.disabled_at is null then 'active' else 'disabled' end::public.payment_link_status,
            paid_payment_id = null
        where l.id = link.id and l.paid_payment_id = payment.id;
    elsif link.status <> 'paid' then
        update public.payment_links l set status = 'paid', paid_payment_id = payment.id where l.id = link.id;
    elsif link.paid_payment_id <> payment.id and payment.status <> 'disputed' then
        -- Somebody paid on the page of an earlier payment that seemed to have ended. What to do is the merchant's to say.
        perform private.audit(link.organization_id, 'payment_link.paid_again', 'payment_link', link.id::text,
            jsonb_build_object('payment_id', payment.id, 'paid_payment_id', link.paid_payment_id));
    end if;
end
$$;

grant execute on function
    private.create_payment_link(uuid, jsonb, boolean, timestamptz, text),
    public.create_payment_link(text, text, text, text, boolean, timestamptz, uuid, public.environment, text, jsonb, jsonb,
        text, text, text, text, text, jsonb, jsonb, jsonb, text, uuid),
    private.disable_payment_link(uuid), public.disable_payment_link(uuid)
to authenticated, service_role;
grant execute on function
    private.open_payment_link(text, text, uuid, boolean), public.open_payment_link(text, text, uuid, boolean)
to service_role;
