-- No card's number or security code in what clients write into tables themselves; what they send to RPCs is refused there.
-- (A check constraint would say no as well, and quote the row in the server's log.)

create function private.refuse_card_data() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.refuse_card_number(e.value, e.key) from jsonb_each_text(to_jsonb(new)) e
    where tg_op = 'INSERT' or e.value is distinct from to_jsonb(old) ->> e.key;
    return new;
end
$$;

create trigger alert_channels_card_data before insert or update on public.alert_channels
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger alert_rules_card_data before insert or update on public.alert_rules
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger api_keys_card_data before insert or update on public.api_keys
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger integration_connections_card_data before insert or update on public.integration_connections
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger integration_providers_card_data before insert or update on public.integration_providers
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger maintenance_windows_card_data before insert or update on public.maintenance_windows
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger organizations_card_data before insert or update on public.organizations
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger payment_providers_card_data before insert or update on public.payment_providers
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger shipping_providers_card_data before insert or update on public.shipping_providers
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger synthetic_checks_card_data before insert or update on public.synthetic_checks
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger webhook_endpoints_card_data before insert or update on public.webhook_endpoints
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger webhook_subscriptions_card_data before insert or update on public.webhook_subscriptions
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
