-- What may be said of parcels, and of who sends and receives them. The fields and their lengths are those of
-- workers/providers/shipping/models.py.

create function private.check_keys(value jsonb, known text[], field text) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    unknown text;
begin
    if jsonb_typeof(value) is distinct from 'object' then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1),
            format('It is an object with %s.', array_to_string(known, ', ')), field);
    end if;
    select key into unknown from jsonb_object_keys(value) key where key <> all (known) order by key limit 1;
    if unknown is not null then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1),
            format('There is no such field; there are %s.', array_to_string(known, ', ')), field || '.' || left(unknown, 60));
    end if;
end
$$;

create function private.check_present(value jsonb, needed text[], field text) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    missing text;
begin
    select each into missing from unnest(needed) each where coalesce(value ->> each, '') = '' limit 1;
    if missing is not null then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1),
            format('It needs %s.', array_to_string(needed, ', ')), field || '.' || missing);
    end if;
end
$$;

-- What is left out passes.
create function private.check_text(value jsonb, longest integer, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if jsonb_typeof(value) <> 'string' or char_length(value #>> '{}') not between 1 and longest then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1),
            format('It is a text of 1 to %s characters.', longest), field);
    end if;
    perform private.refuse_card_number(value #>> '{}', field);
end
$$;

create function private.check_pattern(value text, pattern text, message text, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if value !~ pattern then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1), message, field);
    end if;
end
$$;

-- A weight or length: a decimal string or a number, above zero.
create function private.check_measure(value jsonb, most integer, decimals integer, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if jsonb_typeof(value) not in ('string', 'number')
       or value #>> '{}' !~ format('^[0-9]{1,6}(\.[0-9]{1,%s})?$', decimals)
       or (value #>> '{}')::numeric <= 0 or (value #>> '{}')::numeric > most then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1), format(
            'It is a decimal such as "1.5", above 0, at most %s, with at most %s decimals.', most, decimals), field);
    end if;
end
$$;

create function private.emirate_pattern() returns text
language sql immutable set search_path = ''
as $$ select '^(abu_dhabi|dubai|sharjah|ajman|umm_al_quwain|ras_al_khaimah|fujairah)$' $$;

-- Where something is fetched or delivered, as far as a price needs it. What more a party has is allowed too.
create function private.check_place(place jsonb, field text) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    wrong record;
begin
    perform private.check_keys(place, array['name', 'company', 'phone', 'email', 'line1', 'line2', 'area', 'city', 'emirate',
        'state', 'postal_code', 'country', 'makani', 'latitude', 'longitude', 'tax_number'], field);
    perform private.check_present(place, array['city', 'country'], field);
    perform private.check_text(e.value,
        case e.key when 'postal_code' then 20 when 'email' then 254 else 255 end, field || '.' || e.key)
    from jsonb_each(place) e
    where e.key not in ('phone', 'latitude', 'longitude'); -- some phone numbers pass for a card's
    perform private.check_country(place ->> 'country', field || '.country');
    select p.* into wrong
    from (values
        ('phone', '^\+[1-9][0-9]{6,14}$', 'The phone is written like +971500000001.'),
        ('email', '^[^@\s]+@[^@\s]+$', 'The email is not an address.'),
        ('emirate', private.emirate_pattern(),
         'The emirate is abu_dhabi, dubai, sharjah, ajman, umm_al_quwain, ras_al_khaimah or fujairah.'),
        ('makani', '^[0-9]{5} ?[0-9]{5}$', 'A Makani number has ten digits.'),
        ('tax_number', '^[0-9A-Za-z]{4,30}$', 'A tax number has 4 to 30 letters and digits.'),
        ('latitude', '^-?([0-8]?[0-9](\.[0-9]{1,15})?|90(\.0{1,15})?)$', 'The latitude lies between -90 and 90.'),
        ('longitude', '^-?((1[0-7][0-9]|[0-9]{1,2})(\.[0-9]{1,15})?|180(\.0{1,15})?)$',
         'The longitude lies between -180 and 180.')
    ) p (key, pattern, message)
    where place ? p.key and coalesce(place ->> p.key, '') !~ p.pattern
    limit 1;
    if wrong.key is not null then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1), wrong.message, field || '.' || wrong.key);
    end if;
end
$$;

-- Somebody at a place: the sender or the recipient.
create function private.check_party(party jsonb, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.check_place(party, field);
    perform private.check_present(party, array['name', 'phone', 'line1', 'city', 'country'], field);
end
$$;

create function private.check_parcels(parcels jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    parcel record;
begin
    if jsonb_typeof(parcels) is distinct from 'array' or jsonb_array_length(parcels) not between 1 and 99 then
        perform private.refuse(400, 'invalid_parcels', 'The parcels are a list of 1 to 99.', 'parcels');
    end if;
    for parcel in
        select e.value, format('parcels.%s', e.ordinality - 1) as field
        from jsonb_array_elements(parcels) with ordinality e
    loop
        perform private.check_keys(parcel.value,
            array['weight_kg', 'length_cm', 'width_cm', 'height_cm', 'reference', 'description'], parcel.field);
        perform private.check_present(parcel.value, array['weight_kg'], parcel.field);
        perform private.check_measure(parcel.value -> 'weight_kg', 30000, 3, parcel.field || '.weight_kg');
        perform private.check_measure(parcel.value -> each, 2000, 2, parcel.field || '.' || each)
        from unnest(array['length_cm', 'width_cm', 'height_cm']) each;
        perform private.check_text(parcel.value -> 'reference', 50, parcel.field || '.reference');
        perform private.check_text(parcel.value -> 'description', 255, parcel.field || '.description');
    end loop;
end
$$;

create function private.check_customs_item(item jsonb, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.check_keys(item,
        array['description', 'quantity', 'unit_value', 'weight_kg', 'hs_code', 'origin_country', 'sku'], field);
    perform private.check_present(item, array['description', 'unit_value', 'weight_kg', 'origin_country'], field);
    perform private.check_text(item -> 'description', 255, field || '.description');
    perform private.check_text(item -> 'sku', 50, field || '.sku');
    perform private.check_text(item -> 'unit_value', 19, field || '.unit_value');
    perform private.check_text(item -> 'origin_country', 2, field || '.origin_country');
    perform private.check_text(item -> 'hs_code', 12, field || '.hs_code');
    perform private.check_pattern(coalesce(item -> 'quantity', '1')::text, '^([1-9][0-9]{0,5}|1000000)$',
        'The quantity is a whole number of 1 to 1000000.', field || '.quantity');
    perform private.check_pattern(item ->> 'unit_value', '^(?=.*[1-9])[0-9]{1,12}(\.[0-9]{1,6})?$',
        'The unit_value is a decimal string above zero.', field || '.unit_value');
    perform private.check_measure(item -> 'weight_kg', 30000, 3, field || '.weight_kg');
    perform private.check_pattern(item ->> 'hs_code', '^[0-9]{6,12}$', 'A code of the Harmonized System has 6 to 12 digits.',
        field || '.hs_code');
    perform private.check_country(item ->> 'origin_country', field || '.origin_country');
end
$$;

create function private.check_customs(customs jsonb) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if customs is null then
        return;
    end if;
    perform private.check_keys(customs,
        array['items', 'currency', 'incoterm', 'purpose', 'invoice_number', 'invoice_date'], 'customs');
    if jsonb_typeof(customs -> 'items') is distinct from 'array' or jsonb_array_length(customs -> 'items') not between 1 and 200 then
        perform private.refuse(400, 'invalid_customs', 'The items are a list of 1 to 200.', 'customs.items');
    end if;
    perform private.check_customs_item(e.value, format('customs.items.%s', e.ordinality - 1))
    from jsonb_array_elements(customs -> 'items') with ordinality e;
    perform private.check_text(e.value, 35, 'customs.' || e.key) from jsonb_each(customs) e where e.key <> 'items';
    perform private.currency_decimals(customs ->> 'currency', 'customs.currency');
    perform private.check_pattern(customs ->> 'incoterm', '^(EXW|FCA|CPT|CIP|DAP|DPU|DDP)$',
        'The incoterm is EXW, FCA, CPT, CIP, DAP, DPU or DDP.', 'customs.incoterm');
    perform private.check_pattern(customs ->> 'purpose', '^(sale|gift|sample|return|repair|personal)$',
        'The purpose is sale, gift, sample, return, repair or personal.', 'customs.purpose');
    if customs ->> 'invoice_date' !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' or not pg_input_is_valid(customs ->> 'invoice_date', 'date') then
        perform private.refuse(400, 'invalid_customs', 'The date is written like 2026-11-23.', 'customs.invoice_date');
    end if;
end
$$;

-- Numbers as decimal strings, which lose nothing on their way: connectors refuse floating-point numbers.
create function private.in_decimals(list jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select jsonb_agg((
        select jsonb_object_agg(e.key, case when e.key ~ '_(kg|cm)$' then to_jsonb(e.value #>> '{}') else e.value end)
        from jsonb_each(each.value) e) order by each.ordinality)
    from jsonb_array_elements(list) with ordinality each
$$;

create function private.check_ships_at(ships_at timestamptz, field text) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if ships_at < now() - interval '1 hour' or ships_at > now() + interval '30 days' then
        perform private.refuse(400, 'invalid_' || field, 'It lies neither in the past nor more than 30 days ahead.', field);
    end if;
end
$$;

-- What a price and a shipment depend on alike, by the arguments' names, complete; answers with amounts in their
-- currency's decimals.
create function private.checked_parcel_facts(facts jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    perform private.currency_decimals(facts ->> 'currency');
    perform private.check_pattern(facts ->> 'contents', '^(goods|documents)$', 'The contents are goods or documents.', 'contents');
    perform private.check_text(facts -> 'description', 500, 'description');
    perform private.check_ships_at((facts ->> 'ships_at')::timestamptz, 'ships_at');
    perform private.check_parcels(facts -> 'parcels');
    perform private.check_customs(facts -> 'customs');
    facts := facts || jsonb_build_object('parcels', private.in_decimals(facts -> 'parcels'));
    if facts ? 'customs' then
        facts := jsonb_set(facts, '{customs,items}', private.in_decimals(facts #> '{customs,items}'));
    end if;
    return facts || (
        select coalesce(jsonb_object_agg(each,
            private.checked_amount(facts ->> each, facts ->> 'currency', each)::numeric::text), '{}')
        from unnest(array['cash_on_delivery_amount', 'declared_value', 'insured_value']) each
        where facts ? each);
end
$$;

create function private.check_tariff_line(line jsonb, field text) returns void
language plpgsql stable set search_path = ''
as $$
declare
    wrong text;
begin
    perform private.check_keys(line, array['service', 'name', 'level', 'countries', 'emirates', 'base_kg', 'base_amount',
        'step_kg', 'step_amount', 'cash_amount', 'currency', 'transit_days'], field);
    perform private.check_present(line, array['service', 'level', 'base_amount', 'currency'], field);
    perform private.check_text(line -> each, 100, field || '.' || each)
    from unnest(array['service', 'name', 'level', 'currency']) each;
    perform private.check_pattern(line ->> 'level', '^(same_day|next_day|express|standard|economy|freight)$',
        'The level is same_day, next_day, express, standard, economy or freight.', field || '.level');
    perform private.currency_decimals(line ->> 'currency', field || '.currency');
    select each into wrong from unnest(array['base_kg', 'step_kg', 'base_amount', 'step_amount', 'cash_amount']) each
    where jsonb_typeof(line -> each) <> 'string' or line ->> each !~ '^[0-9]{1,6}(\.[0-9]{1,3})?$' limit 1;
    if wrong is not null then
        perform private.refuse(400, 'invalid_tariff', 'It is a decimal string such as "12.50".', field || '.' || wrong);
    elsif (line ->> 'step_kg')::numeric = 0 or (line ? 'step_kg') <> (line ? 'step_amount') then
        perform private.refuse(400, 'invalid_tariff', 'A step has step_kg, above zero, and step_amount.', field || '.step_kg');
    elsif jsonb_typeof(line -> 'transit_days') <> 'number' or line ->> 'transit_days' !~ '^[0-9]{1,2}$' then
        perform private.refuse(400, 'invalid_tariff', 'It is a whole number of at most 99.', field || '.transit_days');
    end if;
    perform private.check_codes(line -> 'countries', '^[A-Z]{2}$', field || '.countries');
    perform private.check_codes(line -> 'emirates', private.emirate_pattern(), field || '.emirates');
end
$$;

create function private.check_codes(codes jsonb, pattern text, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if jsonb_typeof(codes) <> 'array' or jsonb_array_length(codes) > 250
       or exists (select from jsonb_array_elements(codes) e where jsonb_typeof(e) <> 'string' or e #>> '{}' !~ pattern) then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1),
            'It is a list of codes such as AE, or of emirates such as dubai.', field);
    end if;
end
$$;

create function private.check_shipping_rules() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.check_codes(to_jsonb(new.countries), '^[A-Z]{2}$', 'countries');
    perform private.check_codes(to_jsonb(new.emirates), private.emirate_pattern(), 'emirates');
    if jsonb_typeof(new.tariff) <> 'array' or jsonb_array_length(new.tariff) > 500 then
        perform private.refuse(400, 'invalid_tariff', 'A tariff is a list of at most 500 lines.', 'tariff');
    end if;
    perform private.check_tariff_line(e.value, format('tariff.%s', e.ordinality - 1))
    from jsonb_array_elements(new.tariff) with ordinality e;
    return new;
end
$$;
create trigger shipping_providers_check_rules before insert or update of countries, emirates, tariff on public.shipping_providers
for each row execute function private.check_shipping_rules();
