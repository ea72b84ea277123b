-- Leads and events that workers bring: what automations say, and what people fill in at networks.

-- What was refused, as providers' errors are written.
create function private.refusal(message text) returns jsonb
language sql immutable set search_path = ''
as $$
    select private.without_nulls(jsonb_build_object('code', e -> 'code', 'message', e -> 'message', 'field', e -> 'details'))
    from (select refusal.message::jsonb as e) told
$$;

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
    return jsonb_build_object('error', private.refusal(sqlerrm));
end
$$;

create function private.keep_provider_lead(connection_id uuid, facts jsonb) returns jsonb
language sql security definer set search_path = ''
as $$
    select private.keep_lead_of_worker(c.organization_id, facts || jsonb_build_object('source', 'provider:' || c.provider_key))
    from public.integration_connections c where c.id = keep_provider_lead.connection_id
$$;

-- As track_event, for automations: every connection that tracks events counts it. Answers {event_id}, or {error}.
create function private.track_event_of_worker(organization_id uuid, facts jsonb, environment public.environment) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    told constant jsonb := jsonb_build_object('properties', '{}'::jsonb, 'items', '[]'::jsonb) || private.without_nulls(facts);
begin
    perform private.check_keys(told, array['name', 'properties', 'client_id', 'user_id', 'session_id', 'email', 'amount',
        'currency', 'reference', 'items', 'consent'], 'with');
    perform private.check_tracked_event(told);
    return jsonb_build_object('event_id', (private.record_event(organization_id, told, null, environment)).id);
exception when sqlstate 'PGRST' then
    return jsonb_build_object('error', private.refusal(sqlerrm));
end
$$;

-- Of a mail that was not sent: it does not count among those of the day.
create function private.drop_confirmation(token_hash bytea) returns void
language sql security definer set search_path = ''
as $$ delete from private.lead_confirmations c where c.token_hash = drop_confirmation.token_hash $$;

grant execute on function private.drop_confirmation(bytea),
    private.track_event_of_worker(uuid, jsonb, public.environment),
    private.keep_lead_of_worker(uuid, jsonb), private.keep_provider_lead(uuid, jsonb)
to wasl_worker;
