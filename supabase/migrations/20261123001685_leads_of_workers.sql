-- Leads that workers bring: what automations say, and what people fill in at networks.

-- As upsert_lead, for workers. Answers {lead_id}, or {error: {code, message, field}} when it is no lead: nothing is kept then.
create function private.keep_lead_of_worker(organization_id uuid, facts jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    told constant jsonb := jsonb_build_object('consents', '[]'::jsonb, 'attribution', '{}'::jsonb, 'attributes', '{}'::jsonb)
        || private.without_nulls(facts - 'consents');
begin
    perform private.check_keys(told, array['email', 'phone', 'first_name', 'last_name', 'company', 'language', 'country',
        'source', 'consents', 'attribution', 'attributes', 'tags', 'untags'], 'with');
    perform private.check_lead(told);
    return jsonb_build_object('lead_id', (private.keep_lead(organization_id, told)).id);
exception when sqlstate 'PGRST' then
    return jsonb_build_object('error', sqlerrm::jsonb);
end
$$;

create function private.keep_provider_lead(connection_id uuid, facts jsonb) returns jsonb
language sql security definer set search_path = ''
as $$
    select private.keep_lead_of_worker(c.organization_id, facts || jsonb_build_object('source', 'provider:' || c.provider_key))
    from public.integration_connections c where c.id = keep_provider_lead.connection_id
$$;

-- Of a mail that was not sent: it does not count among those of the day.
create function private.drop_confirmation(token_hash bytea) returns void
language sql security definer set search_path = ''
as $$ delete from private.lead_confirmations c where c.token_hash = drop_confirmation.token_hash $$;

grant execute on function private.drop_confirmation(bytea),
    private.keep_lead_of_worker(uuid, jsonb), private.keep_provider_lead(uuid, jsonb)
to wasl_worker;
