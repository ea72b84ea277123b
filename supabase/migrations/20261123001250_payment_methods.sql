-- Payment methods that a gateway keeps for later payments. The gateway holds the card; here lies what to call it by.

create type public.payment_method_status as enum ('active', 'deleted');

create table public.payment_methods (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    connection_id uuid not null,
    environment public.environment not null,
    customer_reference text check (char_length(customer_reference) between 1 and 200),
    type text not null,
    brand text,
    last_four text check (last_four ~ '^[0-9]{4}$'),
    expires text check (expires ~ '^[0-9]{4}-[0-9]{2}$'),
    status public.payment_method_status not null default 'active',
    first_payment_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.payment_methods is 'What payers agreed to have kept by a gateway, for later payments through the same connection.';
comment on column public.payment_methods.environment is 'That of its connection.';
comment on column public.payment_methods.last_four is 'The last digits of a card''s number.';
comment on column public.payment_methods.customer_reference is 'The customer''s reference of the payment it was kept with.';
comment on column public.payment_methods.type is 'Such as card or paypal.';
comment on column public.payment_methods.brand is 'Such as Visa, in the gateway''s spelling.';
comment on column public.payment_methods.expires is 'Year and month, such as 2029-04.';
comment on column public.payment_methods.first_payment_id is 'The payment it was kept with.';
create index payment_methods_by_customer on public.payment_methods (organization_id, customer_reference);
create index payment_methods_by_connection on public.payment_methods (organization_id, connection_id);
create trigger payment_methods_touch before update on public.payment_methods
for each row execute function private.touch_updated_at();

create table private.payment_method_tokens (
    payment_method_id uuid primary key references public.payment_methods (id) on delete cascade,
    connection_id uuid not null,
    token text not null,
    provider_data jsonb not null default '{}'::jsonb,
    unique (connection_id, token)
);
comment on table private.payment_method_tokens is
'What the gateway calls a saved payment method. Of use only with the connection''s credentials, and still nobody''s business.';
alter table private.payment_method_tokens enable row level security;

alter table public.payments add foreign key (organization_id, payment_method_id)
references public.payment_methods (organization_id, id);

alter table public.payment_methods enable row level security;
create policy "members read payment methods" on public.payment_methods for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
grant select on public.payment_methods to authenticated, service_role;
grant select on public.payment_methods, private.payment_method_tokens to wasl_worker;

-- Which connection a payment has to go through: the one that was named, or that of its saved payment method.
create function private.payment_connection(organization_id uuid, input jsonb) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
    named constant uuid := input ->> 'connection_id';
    method public.payment_methods;
begin
    if not input ? 'payment_method_id' then
        return named;
    end if;
    -- Locked: a payment either comes before somebody asks to delete its method, which then waits for it, or not at all.
    select * into method from public.payment_methods m
    where m.id = (input ->> 'payment_method_id')::uuid and m.organization_id = payment_connection.organization_id
    for share;
    if method.id is null or method.status <> 'active' or exists (
        select from public.operations o
        where o.subject_id = method.id and o.kind = 'payment_method.delete' and o.status = 'pending') then
        perform private.refuse(404, 'payment_method_not_found', 'There is no such saved payment method of yours.',
            'payment_method_id');
    elsif named is not null and named <> method.connection_id then
        perform private.refuse(409, 'connection_mismatch',
            'That payment method is kept by another connection.', 'connection_id');
    end if;
    return method.connection_id;
end
$$;

-- For news of a payment: what the gateway says it keeps.
create function private.keep_payment_method(payment public.payments, kept jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    method public.payment_methods;
begin
    if not payment.save_payment_method or payment.connection_id is null or kept ->> 'token' is null
       or exists (select from private.payment_method_tokens t
                  where t.connection_id = payment.connection_id and t.token = kept ->> 'token') then
        return;
    end if;
    insert into public.payment_methods as m (organization_id, connection_id, environment, customer_reference, type, brand,
        last_four, expires, first_payment_id)
    values (payment.organization_id, payment.connection_id, payment.environment, private.personal(payment.id) -> 'customer' ->> 'reference',
        coalesce(kept ->> 'type', 'card'), kept ->> 'brand', kept ->> 'last_four', kept ->> 'expires', payment.id)
    returning m.* into method;
    insert into private.payment_method_tokens (payment_method_id, connection_id, token, provider_data)
    values (method.id, payment.connection_id, kept ->> 'token', coalesce(nullif(kept -> 'provider_data', 'null'), '{}'));
end
$$;

-- For workers: the gateway has forgotten it.
create function private.forget_payment_method(payment_method_id uuid) returns void
language sql security definer set search_path = ''
as $$
    delete from private.payment_method_tokens t where t.payment_method_id = forget_payment_method.payment_method_id;
    update public.payment_methods m set status = 'deleted' where m.id = forget_payment_method.payment_method_id;
$$;
grant execute on function private.forget_payment_method(uuid) to wasl_worker;

create function private.delete_payment_method(payment_method_id uuid, idempotency_key text) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    method public.payment_methods;
    input jsonb := jsonb_build_object('payment_method_id', payment_method_id);
    earlier public.operations;
begin
    select * into method from public.payment_methods m where m.id = payment_method_id for no key update;
    if method.id is null or not private.may(method.organization_id, 'developer', 'payments:write', method.environment) then
        perform private.refuse(404, 'payment_method_not_found', 'There is no such saved payment method of yours.',
            'payment_method_id');
    end if;
    earlier := private.find_repeated_operation(method.organization_id, 'payment_method.delete', idempotency_key, input);
    if earlier.id is not null then
        return earlier;
    end if;
    return private.enqueue_operation(method.organization_id, 'payment_method.delete', 'payment_method', method.id, input,
        method.connection_id, idempotency_key);
end
$$;

create function public.delete_payment_method(payment_method_id uuid, idempotency_key text default null)
returns public.operations
language sql set search_path = ''
as $$ select private.delete_payment_method(payment_method_id, idempotency_key) $$;
comment on function public.delete_payment_method is
'Has the gateway forget a saved payment method; answers with the operation to watch.';

grant execute on function private.delete_payment_method(uuid, text), public.delete_payment_method(uuid, text)
to authenticated, service_role;
