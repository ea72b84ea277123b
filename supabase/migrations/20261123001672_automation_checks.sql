-- What an automation may be. Every fault is named by its path in the definition.

-- What conditions and placeholders may name of an event.
create function private.event_path_pattern() returns text
language sql immutable set search_path = ''
as $$ select '(id|type|subject_type|subject_id|environment|source|occurred_at|data(\.[A-Za-z0-9_]{1,60}){1,5})' $$;

create function private.refuse_definition(message text, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.refuse(400, 'invalid_definition', message, field);
end
$$;

create function private.check_part(value jsonb, known text[], field text) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    unknown text;
begin
    if jsonb_typeof(value) is distinct from 'object' then
        perform private.refuse_definition(format('It is an object with %s.', array_to_string(known, ', ')), field);
    end if;
    select key into unknown from jsonb_object_keys(value) key where key <> all (known) order by key limit 1;
    if unknown is not null then
        perform private.refuse_definition(format('There is no such part; there are %s.', array_to_string(known, ', ')),
            field || '.' || left(unknown, 60));
    end if;
end
$$;

create function private.check_comparison(node jsonb, field text) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    op constant text := node ->> 'op';
    type constant text := jsonb_typeof(node -> 'value');
begin
    perform private.check_part(node, array['field', 'op', 'value'], field);
    if jsonb_typeof(node -> 'field') is distinct from 'string' or node ->> 'field' !~ ('^' || private.event_path_pattern() || '$') then
        perform private.refuse_definition('It is a part of the event, such as type or data.amount.', field || '.field');
    elsif jsonb_typeof(node -> 'op') is distinct from 'string'
          or op not in ('eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'not_in', 'contains', 'starts_with', 'exists', 'missing') then
        perform private.refuse_definition('The op is eq, ne, gt, gte, lt, lte, in, not_in, contains, starts_with, exists or missing.',
            field || '.op');
    elsif (op in ('exists', 'missing')) = (node ? 'value') then
        perform private.refuse_definition('exists and missing have no value, all others have one.', field || '.value');
    elsif op in ('in', 'not_in') and (type <> 'array' or jsonb_array_length(node -> 'value') not between 1 and 100
          or exists (select from jsonb_array_elements(node -> 'value') e where jsonb_typeof(e) not in ('string', 'number', 'boolean'))) then
        perform private.refuse_definition('It is a list of 1 to 100 texts or numbers.', field || '.value');
    elsif op in ('gt', 'gte', 'lt', 'lte') and type not in ('string', 'number')
          or op in ('contains', 'starts_with') and type <> 'string'
          or op in ('eq', 'ne') and type not in ('string', 'number', 'boolean') then
        perform private.refuse_definition('It is a text or a number.', field || '.value');
    end if;
end
$$;

-- Answers how many nodes there are.
create function private.check_condition(node jsonb, field text, depth integer) returns integer
language plpgsql immutable set search_path = ''
as $$
declare
    branch constant text := (select key from jsonb_object_keys(case jsonb_typeof(node) when 'object' then node else '{}' end) key
                             where key in ('all', 'any', 'not') order by key limit 1);
begin
    if depth > 5 then
        perform private.refuse_definition('Conditions are at most 5 deep.', field);
    elsif branch is null then
        perform private.check_comparison(node, field);
        return 1;
    end if;
    perform private.check_part(node, array[branch], field);
    if branch = 'not' then
        return 1 + private.check_condition(node -> 'not', field || '.not', depth + 1);
    end if;
    return 1 + private.check_conditions(node -> branch, field || '.' || branch, depth + 1);
end
$$;

create function private.check_conditions(nodes jsonb, field text, depth integer default 1) returns integer
language plpgsql immutable set search_path = ''
as $$
begin
    if nodes is null then
        return 0;
    elsif jsonb_typeof(nodes) <> 'array' or jsonb_array_length(nodes) > 50 then
        perform private.refuse_definition('It is a list of at most 50 conditions.', field);
    end if;
    return (select coalesce(sum(private.check_condition(e.value, format('%s.%s', field, e.ordinality - 1), depth)), 0)
            from jsonb_array_elements(nodes) with ordinality e);
end
$$;

-- What an action is done with: texts, in which {{data.reference}} stands for a part of the event, and {{data.name or ""}} for
-- one that may be missing.
create function private.check_template(value jsonb, field text, depth integer default 1) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if depth > 5 then
        perform private.refuse_definition('It is at most 5 deep.', field);
    end if;
    case jsonb_typeof(value)
        when 'object' then
            perform private.check_template(e.value, field || '.' || left(e.key, 60), depth + 1) from jsonb_each(value) e;
        when 'array' then
            perform private.check_template(e.value, format('%s.%s', field, e.ordinality - 1), depth + 1)
            from jsonb_array_elements(value) with ordinality e;
        when 'string' then
            if char_length(value #>> '{}') > 5000 then
                perform private.refuse_definition('A text has at most 5000 characters.', field);
            elsif regexp_replace(value #>> '{}', '\{\{\s*' || private.event_path_pattern()
                      || '(\s+or\s+("[^"\\{}]*"|''[^''\\{}]*''))?\s*\}\}', '', 'g') ~ '\{\{|\}\}' then
                perform private.refuse_definition('A placeholder is written {{data.reference}}, with a part of the event, or '
                    '{{data.name or "there"}} where that may be missing.', field);
            end if;
        else
            null;
    end case;
end
$$;

-- What a connection has to be able to do for an action; null: the action needs none.
create function private.capabilities_for(kind text) returns text[]
language sql immutable set search_path = ''
as $$
    select case kind
        when 'contact.upsert' then array['keeps_contacts'] when 'contact.tag' then array['tags_contacts']
        when 'contact.event' then array['notes_contact_events'] when 'deal.upsert' then array['keeps_deals']
        when 'event.track' then array['tracks_events'] end
$$;

create function private.check_action_connection(
    action jsonb, organization_id uuid, environment public.environment, field text
) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
    needed constant text[] := private.capabilities_for(action ->> 'kind');
    named public.integration_connections;
begin
    if needed is null and action ? 'connection_id' then
        perform private.refuse_definition('This action needs no connection.', field);
    elsif not action ? 'connection_id' then
        if action ->> 'kind' in ('contact.upsert', 'contact.tag', 'contact.event', 'deal.upsert') then
            perform private.refuse_definition('This action needs a connection.', field);
        end if;
        return;
    elsif jsonb_typeof(action -> 'connection_id') <> 'string'
          or action ->> 'connection_id' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        perform private.refuse_definition('It is the id of a connection.', field);
    end if;
    select c.* into named from public.integration_connections c
    where c.id = (action ->> 'connection_id')::uuid and c.organization_id = check_action_connection.organization_id
      and c.status <> 'disconnected';
    if named.id is null then
        perform private.refuse_definition('That is not a connection of your organization.', field);
    elsif not exists (select from public.integration_providers p where p.key = named.provider_key and p.capabilities @> needed) then
        perform private.refuse_definition('That connection cannot do this.', field);
    elsif environment is not null and environment <> named.environment then
        perform private.refuse_definition(format('That connection is a %s connection.', named.environment), field);
    end if;
end
$$;

-- Answers how many nodes its conditions have.
create function private.check_action(action jsonb, organization_id uuid, environment public.environment, field text)
returns integer
language plpgsql stable set search_path = ''
as $$
begin
    perform private.check_part(action, array['kind', 'connection_id', 'after_seconds', 'when', 'with'], field);
    if jsonb_typeof(action -> 'kind') is distinct from 'string'
       or private.capabilities_for(action ->> 'kind') is null and action ->> 'kind' <> 'lead.upsert' then
        perform private.refuse_definition('The kind is contact.upsert, contact.tag, contact.event, deal.upsert, event.track '
            'or lead.upsert.', field || '.kind');
    elsif jsonb_typeof(action -> 'after_seconds') <> 'number' or action ->> 'after_seconds' !~ '^[0-9]{1,7}$'
          or (action ->> 'after_seconds')::numeric > 2592000 then
        perform private.refuse_definition('It is a whole number of seconds, of at most 30 days.', field || '.after_seconds');
    elsif jsonb_typeof(action -> 'with') is distinct from 'object' or action -> 'with' = '{}' then
        perform private.refuse_definition('It is an object with what the action is done with.', field || '.with');
    end if;
    perform private.check_action_connection(action, organization_id, environment, field || '.connection_id');
    perform private.check_template(action -> 'with', field || '.with');
    return private.check_conditions(action -> 'when', field || '.when');
end
$$;

create function private.check_definition(definition jsonb, organization_id uuid, environment public.environment) returns void
language plpgsql stable set search_path = ''
as $$
declare
    wrong bigint;
    nodes integer;
begin
    perform private.check_part(definition, array['events', 'conditions', 'actions'], 'definition');
    if octet_length(definition::text) > 32768 then
        perform private.refuse_definition('It has at most 32 KB.', 'definition');
    elsif jsonb_typeof(definition -> 'events') is distinct from 'array'
          or jsonb_array_length(definition -> 'events') not between 1 and 20 then
        perform private.refuse_definition('It is a list of 1 to 20 types of events.', 'definition.events');
    elsif jsonb_typeof(definition -> 'actions') is distinct from 'array'
          or jsonb_array_length(definition -> 'actions') not between 1 and 20 then
        perform private.refuse_definition('It is a list of 1 to 20 actions.', 'definition.actions');
    end if;
    perform private.refuse_card_number(definition::text, 'definition');
    select e.ordinality - 1 into wrong from jsonb_array_elements(definition -> 'events') with ordinality e
    where jsonb_typeof(e.value) <> 'string' or char_length(e.value #>> '{}') > 100
       or e.value #>> '{}' !~ '^[a-z_]+(\.[a-z_0-9]+)*\.(\*|[a-z_0-9]+)$'
    order by 1 limit 1;
    if wrong is not null then
        perform private.refuse_definition('An event is named like payment.succeeded, or payment.* for all of them.',
            format('definition.events.%s', wrong));
    end if;
    nodes := private.check_conditions(definition -> 'conditions', 'definition.conditions');
    nodes := nodes + (
        select sum(private.check_action(e.value, organization_id, environment, format('definition.actions.%s', e.ordinality - 1)))
        from jsonb_array_elements(definition -> 'actions') with ordinality e);
    if nodes > 50 then
        perform private.refuse_definition('There are at most 50 conditions in all.', 'definition.conditions');
    end if;
end
$$;
