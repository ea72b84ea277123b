-- What clients ask of payments. Each call checks, writes the domain row and its operation in one transaction, and
-- answers with the domain row.

create function private.check_url(url text, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.refuse_card_number(url, field);
    if url is not null and url !~ '^https?://[^\s/?#]+[^\s]*$' or char_length(url) > 2048 then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1),
            format('%s must be an absolute http(s) URL.', field), field);
    end if;
end
$$;

create function private.check_flat_object(value jsonb, field text, most_keys integer) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if value is null or jsonb_typeof(value) <> 'object' then
        perform private.refuse(400, 'invalid_' || field, format('%s must be a JSON object.', field), field);
    elsif (select count(*) from jsonb_each(value)) > most_keys
       or exists (select from jsonb_each(value) e where jsonb_typeof(e.value) <> 'string'
                  or char_length(e.key) not between 1 and 40 or char_length(e.value #>> '{}') > 500) then
        perform private.refuse(400, 'invalid_' || field, format(
            '%s takes at most %s keys of 40 characters, with strings of at most 500 as values.', field, most_keys), field);
    end if;
end
$$;

create function private.passes_luhn(digits text) returns boolean
language sql immutable strict set search_path = ''
as $$
    select sum(case when place % 2 = 0 then (2 * digit::integer) / 10 + (2 * digit::integer) % 10 else digit::integer end)
        % 10 = 0
    from regexp_split_to_table(reverse(digits), '') with ordinality as d (digit, place)
$$;

-- The words with the digits, spaces and hyphens of other scripts as the usual ones.
create function private.in_ascii(words text) returns text
language sql immutable set search_path = ''
as $$
    select case when octet_length(words) = char_length(words) then words else translate(words,
        '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯０１２３４５６７８９'
            || U&'\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\202F\205F\3000'
            || U&'\00AD\061C\200B\200C\200D\200E\200F\202A\202B\202C\202D\202E\2060\2066\2067\2068\2069\FEFF'
            || U&'\2010\2011\2012\2013\2014\2015\2212\FE58\FE63\FF0D',
        repeat('0123456789', 5) || repeat(' ', 34) || repeat('-', 10)) end
$$;

-- The words, and behind them the same as whoever decodes forms and JSON reads them.
create function private.readings(words text) returns text
language plpgsql immutable set search_path = ''
as $$
declare
    decoded text := words;
begin
    if position('%' in decoded) > 0 then
        decoded := regexp_replace(decoded, '%(?:3|[Dd]9%[Aa]|[Dd][Bb]%[Bb]|[Ee][Ff]%[Bb][Cc]%9)([0-9])', '\1', 'g');
        decoded := regexp_replace(decoded, '%(?:20|09|0[AaDd]|[Cc]2%[Aa]0|[Ee]2%80%[0-9A-Fa-f]{2})', ' ', 'g');
        decoded := replace(replace(replace(decoded, '%2D', '-'), '%2d', '-'), '%22', '"');
        decoded := regexp_replace(decoded, '%(?:5[BbDd]|3[AaDd])', ':', 'g');
    end if;
    if position('\u' in decoded) > 0 then
        decoded := regexp_replace(decoded, '\\u(?:003|066|06[Ff]|[Ff][Ff]1)([0-9])', '\1', 'g');
        decoded := regexp_replace(decoded, '\\u(?:0020|00[Aa]0|20[0-9A-Fa-f]{2})', ' ', 'g');
        decoded := regexp_replace(decoded, '\\u00(?:2[Dd])', '-', 'g');
    end if;
    return case when decoded = words then words else concat(words, '; ', decoded) end;
end
$$;

-- Length, issuer digits and Luhn check digit of any neighbouring groups of digits, as workers/card_data.py tells card
-- numbers.
create function private.contains_card_number(words text) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
    -- What has too few digits, or too few characters that could be some, has none; most texts are such.
    if char_length(words) < 13 or octet_length(words) = char_length(words) and position('%' in words) = 0
       and position('\u' in words) = 0 and char_length(translate(words, '0123456789', '')) > char_length(words) - 13 then
        return false;
    end if;
    return exists (
        select
        from private.in_ascii(private.readings(words)) as plain (words),
            regexp_matches(
                -- An identifier of a UUID's form is none, nor is a fraction.
                regexp_replace(plain.words,
                    '(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])'
                    || '|(?<![0-9A-Za-z.])[0-9]{1,12}\.[0-9]{13,}(?![0-9A-Za-z])', 'x', 'g'),
                '(?<![0-9A-Za-z])[0-9]+(?:[ +-]{1,3}[0-9]+)*(?![0-9A-Za-z])', 'g') run,
            regexp_split_to_array(run[1], '[ +-]+') groups,
            generate_subscripts(groups, 1) first,
            generate_series(first, least(first + 18, cardinality(groups))) last,
            array_to_string(groups[first:last], '') digits
        where plain.words ~ '[0-9]([ +-]{0,3}[0-9]){12}' -- quick, and rules most texts out
          and char_length(digits) between 13 and 19
          and digits ~ ('^(4([0-9]{12}|[0-9]{15}|[0-9]{18})'
                || '|5[1-5][0-9]{14}|(222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}'
                || '|3[47][0-9]{13}|3(0[0-5]|[689][0-9])[0-9]{11,16}|35[0-9]{14,17}'
                || '|220[0-4][0-9]{12,15}|6[0-9]{12,18}|5[06-9][0-9]{11,17}|9792[0-9]{12}|81[0-9]{14,17})$')
          and private.passes_luhn(digits));
end
$$;

-- What a card's security code is called, in whatever case.
create function private.security_code_names() returns text
language sql immutable set search_path = ''
as $$
    select '(cv[vc]2?([ _-]?(code|number|value|no))?|(?<![a-z0-9])cvn2?|security[ _-]?(code|number|value)'
        '|card[ _-]?verification[ _-]?(code|number|value))'
$$;

-- It has no check digit, so it is known by its name before it, with no more than punctuation between.
create function private.contains_security_code(words text) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
    return words ~* 'cvv|cvc|cvn|security|verification' -- quick, and rules most texts out
        and private.in_ascii(private.readings(words))
            ~* (private.security_code_names() || '["''\[\]\\>\s:=+(]{1,8}[0-9]{3,4}(?![0-9a-z]|[-./:][0-9])');
end
$$;

create function private.refuse_card_number(words text, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if private.contains_card_number(words) then
        perform private.refuse(400, 'card_number_refused',
            'That looks like a payment card''s number, which Wasl never takes: send the provider''s token.', field);
    elsif private.contains_security_code(words) then
        perform private.refuse(400, 'security_code_refused',
            'That looks like a payment card''s security code, which Wasl never takes: send the provider''s token.', field);
    end if;
end
$$;

create function private.check_customer(customer jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    unknown text;
begin
    perform private.check_flat_object(customer, 'customer', 10);
    select key into unknown from jsonb_object_keys(customer) key where key not in ('name', 'email', 'phone', 'reference') limit 1;
    if unknown is not null then
        perform private.refuse(400, 'invalid_customer', 'A customer has name, email, phone and reference.', 'customer.' || unknown);
    elsif char_length(customer ->> 'reference') not between 1 and 200 then
        perform private.refuse(400, 'invalid_customer', 'The reference has 1 to 200 characters.', 'customer.reference');
    elsif char_length(customer ->> 'name') not between 1 and 255 then
        perform private.refuse(400, 'invalid_customer', 'The name has 1 to 255 characters.', 'customer.name');
    elsif customer ->> 'email' !~ '^[^@\s]+@[^@\s]+$' or char_length(customer ->> 'email') > 254 then
        perform private.refuse(400, 'invalid_customer', 'The email is not an address.', 'customer.email');
    elsif customer ->> 'phone' !~ '^\+[1-9][0-9]{6,14}$' then
        perform private.refuse(400, 'invalid_customer', 'The phone is written like +971500000001.', 'customer.phone');
    end if;
    perform private.refuse_card_number(e.value, 'customer.' || e.key) from jsonb_each_text(customer) e;
end
$$;

create function private.check_metadata(metadata jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.check_flat_object(metadata, 'metadata', 40);
    if exists (select from jsonb_object_keys(metadata) key where starts_with(key, 'wasl_')) then
        perform private.refuse(400, 'invalid_metadata', 'Names that start with wasl_ are Wasl''s own.', 'metadata');
    end if;
    perform private.refuse_card_number(e.key || ': ' || e.value, 'metadata') from jsonb_each_text(metadata) e;
    if exists (select from jsonb_object_keys(metadata) key where key ~* (private.security_code_names() || '\]?$')) then
        perform private.refuse(400, 'security_code_refused',
            'That names a payment card''s security code, which Wasl never takes: send the provider''s token.', 'metadata');
    end if;
end
$$;

create function private.check_address(address jsonb, field text) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    known constant text[] := array['line1', 'line2', 'city', 'state', 'postal_code', 'country'];
    wrong text;
begin
    if address is null then
        return;
    end if;
    perform private.check_flat_object(address, field, 6);
    select key into wrong from jsonb_object_keys(address) key where key <> all (known) limit 1;
    if wrong is null then
        select each into wrong from unnest(array['line1', 'city', 'country']) each
        where coalesce(address ->> each, '') = '' limit 1;
    end if;
    if wrong is not null then
        perform private.refuse(400, 'invalid_' || field,
            'An address has line1, city and country, and may have line2, state and postal_code.', field || '.' || wrong);
    end if;
    select key into wrong from jsonb_each_text(address)
    where char_length(value) not between 1 and case key when 'postal_code' then 20 else 255 end limit 1;
    if wrong is not null then
        perform private.refuse(400, 'invalid_' || field,
            'It has 1 to 255 characters, a postal code at most 20.', field || '.' || wrong);
    end if;
    perform private.check_country(address ->> 'country', field || '.country');
    perform private.refuse_card_number(e.value, field || '.' || e.key) from jsonb_each_text(address) e;
end
$$;

create function private.check_country(country text, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if country !~ '^[A-Z]{2}$' then
        perform private.refuse(400, 'invalid_country', 'A country is an ISO 3166-1 code of two letters, such as AE.', field);
    end if;
end
$$;

create function private.check_item(item jsonb, currency text, field text) returns void
language plpgsql stable set search_path = ''
as $$
declare
    known constant text[] := array['name', 'quantity', 'unit_amount', 'reference', 'category', 'image_url', 'product_url'];
    wrong text;
begin
    if jsonb_typeof(item) <> 'object' then
        perform private.refuse(400, 'invalid_items', 'An item is an object with name, quantity and unit_amount.', field);
    end if;
    select key into wrong from jsonb_object_keys(item) key where key <> all (known) limit 1;
    if wrong is not null then
        perform private.refuse(400, 'invalid_items', 'An item has name, quantity, unit_amount, reference, category, '
            'image_url and product_url.', field || '.' || wrong);
    elsif jsonb_typeof(item -> 'name') is distinct from 'string' or char_length(item ->> 'name') not between 1 and 255 then
        perform private.refuse(400, 'invalid_items', 'The name has 1 to 255 characters.', field || '.name');
    elsif coalesce(item -> 'quantity', '1')::text !~ '^[1-9][0-9]{0,5}$' then
        perform private.refuse(400, 'invalid_items', 'The quantity is a whole number of at least 1.', field || '.quantity');
    elsif jsonb_typeof(item -> 'unit_amount') is distinct from 'string' or item ->> 'unit_amount' !~ '^[0-9]{1,12}(\.[0-9]{1,6})?$'
          or private.at_scale((item ->> 'unit_amount')::numeric, currency) is distinct from
             round((item ->> 'unit_amount')::numeric, (select c.exponent from private.currencies c where c.code = currency)) then
        perform private.refuse(400, 'invalid_items',
            format('The unit_amount is a decimal string with the decimals of %s.', currency), field || '.unit_amount');
    end if;
    select e.key into wrong from jsonb_each(item) e
    where e.key in ('reference', 'category', 'image_url', 'product_url')
      and (jsonb_typeof(e.value) <> 'string' or char_length(e.value #>> '{}') not between 1 and
           case when e.key like '%\_url' then 2048 else 255 end) limit 1;
    if wrong is not null then
        perform private.refuse(400, 'invalid_items', 'It has 1 to 255 characters, a URL at most 2048.', field || '.' || wrong);
    end if;
    perform private.check_url(item ->> 'image_url', field || '.image_url');
    perform private.check_url(item ->> 'product_url', field || '.product_url');
    perform private.refuse_card_number(e.value, field || '.' || e.key) from jsonb_each_text(item) e;
end
$$;

create function private.check_items(items jsonb, currency text) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if jsonb_typeof(items) is distinct from 'array' or jsonb_array_length(items) > 100 then
        perform private.refuse(400, 'invalid_items', 'The items are a list of at most 100.', 'items');
    end if;
    perform private.check_item(e.value, currency, format('items.%s', e.ordinality - 1))
    from jsonb_array_elements(items) with ordinality e;
end
$$;

-- What decides which gateways can take a payment.
create function private.check_routing_facts(facts jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if facts ->> 'capture_method' not in ('automatic', 'manual') then
        perform private.refuse(400, 'invalid_capture_method', 'The capture method is automatic or manual.', 'capture_method');
    elsif facts ->> 'method' !~ '^[a-z][a-z_]{1,29}$' then
        perform private.refuse(400, 'invalid_method', 'A method is a name such as card, apple_pay or knet.', 'method');
    end if;
    perform private.check_country(facts ->> 'country', 'country');
end
$$;

-- `input` is what a client asked for, by the arguments' names, without nulls.
create function private.check_payment(input jsonb) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if char_length(coalesce(input ->> 'reference', '')) not between 1 and 200 then
        perform private.refuse(400, 'invalid_reference', 'The reference must have 1 to 200 characters.', 'reference');
    end if;
    perform private.check_routing_facts(input);
    if char_length(input ->> 'description') > 500 then
        perform private.refuse(400, 'invalid_description', 'The description has at most 500 characters.', 'description');
    end if;
    perform private.refuse_card_number(input ->> each, each) from unnest(array['reference', 'description', 'payment_method']) each;
    if input ->> 'payment_method' !~ '^[A-Za-z0-9_:.-]{1,255}$' then
        perform private.refuse(400, 'invalid_payment_method',
            'Send the provider''s token of a payment method, of at most 255 letters, digits, _, :, . and -.', 'payment_method');
    elsif input ? 'payment_method' and input ? 'payment_method_id' then
        perform private.refuse(400, 'invalid_payment_method',
            'Name a token or a saved payment method, not both.', 'payment_method_id');
    elsif not input ?| array['payment_method', 'payment_method_id'] and not input ? 'return_url' then
        perform private.refuse(400, 'return_url_required',
            'A hosted checkout needs a return_url to send the payer back to.', 'return_url');
    elsif input ->> 'locale' not in ('en', 'ar') then
        perform private.refuse(400, 'invalid_locale', 'The locale is en or ar.', 'locale');
    end if;
    perform private.check_url(input ->> 'return_url', 'return_url');
    perform private.check_url(input ->> 'cancel_url', 'cancel_url');
    perform private.check_customer(input -> 'customer');
    perform private.check_metadata(input -> 'metadata');
    perform private.check_address(input -> 'billing_address', 'billing_address');
    perform private.check_address(input -> 'shipping_address', 'shipping_address');
    perform private.check_items(input -> 'items', input ->> 'currency');
end
$$;

create function private.without_nulls(fields jsonb) returns jsonb
language sql immutable set search_path = ''
as $$ select coalesce(jsonb_object_agg(key, value) filter (where value <> 'null'), '{}') from jsonb_each(fields) $$;
grant execute on function private.without_nulls(jsonb) to authenticated, service_role;

-- Seals what is said of people beside the payment or link that says it; answers what is left.
create function private.seal_payer(organization_id uuid, record_type text, record_id uuid, input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    told constant jsonb := private.without_nulls(jsonb_build_object('customer', nullif(input -> 'customer', '{}'),
        'billing_address', input -> 'billing_address', 'shipping_address', input -> 'shipping_address'));
begin
    if told <> '{}' then
        perform private.keep_personal(organization_id, record_type, record_id, told,
            told -> 'customer' ->> 'email', told -> 'customer' ->> 'phone');
    end if;
    return input - array['customer', 'billing_address', 'shipping_address'];
end
$$;

-- The payment and its operation, of whoever may make them. A saved payment method says which connection to use.
create function private.make_payment(
    organization_id uuid, input jsonb, idempotency_key text, payment_link_id uuid default null,
    payment_id uuid default private.uuid_v7()
) returns public.payments
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments;
    earlier public.operations;
    connection_id uuid;
    environment public.environment;
    decimals constant jsonb := to_jsonb(private.at_scale(0, input ->> 'currency'));
begin
    perform private.check_payment(input);
    earlier := private.find_repeated_operation(organization_id, 'payment.create', idempotency_key, input);
    if earlier.id is not null then
        select * into payment from public.payments p where p.id = earlier.subject_id;
        return payment;
    end if;
    connection_id := private.payment_connection(organization_id, input);
    environment := private.connection_environment(organization_id, connection_id,
        (input ->> 'environment')::public.environment, 'payments');
    payment := jsonb_populate_record(null::public.payments, input || jsonb_build_object(
        'id', payment_id, 'organization_id', organization_id, 'environment', environment, 'status', 'pending',
        'connection_id', connection_id, 'amount_authorized', decimals, 'amount_captured', decimals,
        'amount_refunded', decimals, 'provider_data', '{}'::jsonb, 'payment_link_id', payment_link_id,
        'save_payment_method', coalesce((input ->> 'save_payment_method')::boolean, false),
        'created_by', case when payment_link_id is null then private.actor() else 'payment_link:' || payment_link_id end,
        'created_at', now(), 'updated_at', now()));
    insert into public.payments values (payment.*);
    perform private.enqueue_operation(organization_id, 'payment.create', 'payment', payment.id, input,
        connection_id, idempotency_key, kept_input => private.seal_payer(organization_id, 'payment', payment.id, input));
    insert into public.payment_events (organization_id, payment_id, occurred_at, type, to_status, amount, source)
    values (organization_id, payment.id, payment.created_at, 'payment.requested', 'pending', payment.amount, 'client');
    return payment;
end
$$;

create function private.create_payment(organization_id uuid, input jsonb, idempotency_key text) returns public.payments
language plpgsql security definer set search_path = ''
as $$
begin
    organization_id := private.resolve_organization(organization_id, 'developer', 'payments:write');
    return private.make_payment(organization_id, input || jsonb_build_object(
        'amount', private.checked_amount(input ->> 'amount', input ->> 'currency')::numeric::text), idempotency_key);
end
$$;

create function public.create_payment(
    amount text, currency text, reference text, connection_id uuid default null,
    environment public.environment default null, capture_method text default 'automatic',
    payment_method text default null, description text default null, customer jsonb default '{}',
    metadata jsonb default '{}', return_url text default null, cancel_url text default null,
    method text default null, country text default null, locale text default null,
    billing_address jsonb default null, shipping_address jsonb default null, items jsonb default '[]',
    save_payment_method boolean default false, payment_method_id uuid default null,
    idempotency_key text default null, organization_id uuid default null
) returns public.payments
language sql set search_path = ''
as $$
    select private.create_payment(organization_id, private.without_nulls(jsonb_build_object(
        'amount', amount, 'currency', currency, 'reference', reference, 'connection_id', connection_id,
        'environment', environment, 'capture_method', coalesce(capture_method, 'automatic'),
        'payment_method', payment_method, 'payment_method_id', payment_method_id, 'description', nullif(description, ''),
        'customer', coalesce(customer, '{}'), 'metadata', coalesce(metadata, '{}'), 'return_url', return_url,
        'cancel_url', cancel_url, 'method', method, 'country', country, 'locale', locale,
        'billing_address', billing_address, 'shipping_address', shipping_address, 'items', coalesce(items, '[]'),
        'save_payment_method', nullif(save_payment_method, false))), idempotency_key)
$$;
comment on function public.create_payment is
'Takes a payment. Without a payment method the payer is sent to checkout_url, a page of the gateway. Answers with the payment, still pending; a worker carries it out.';

-- The payment, locked, after the caller has been checked against its organization.
create function private.own_payment(payment_id uuid, scope text) returns public.payments
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments;
begin
    select * into payment from public.payments p where p.id = payment_id for no key update;
    if payment.id is null or not private.may(payment.organization_id, 'developer', scope, payment.environment) then
        perform private.refuse(404, 'payment_not_found', 'There is no such payment of yours.', 'payment_id');
    end if;
    return payment;
end
$$;

create function private.refuse_while_busy(payment public.payments, kinds text[]) returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
    if exists (select from public.operations o
               where o.subject_id = payment.id and o.status = 'pending' and o.kind = any (kinds)) then
        perform private.refuse(409, 'operation_in_progress',
            'Another capture or cancellation of this payment is under way: wait for it.', 'payment_id');
    end if;
end
$$;

create function private.capture_payment(payment_id uuid, amount text, idempotency_key text) returns public.payments
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments := private.own_payment(payment_id, 'payments:write');
    capturable numeric := payment.amount_authorized - payment.amount_captured;
    money numeric;
    input jsonb;
begin
    if amount is not null then
        money := private.checked_amount(amount, payment.currency);
    end if;
    input := jsonb_strip_nulls(jsonb_build_object('payment_id', payment_id, 'amount', money::text));
    if (private.find_repeated_operation(payment.organization_id, 'payment.capture', idempotency_key, input)).id is not null then
        return payment;
    end if;
    if payment.status not in ('authorized', 'partially_captured') then
        perform private.refuse(409, 'payment_not_capturable',
            format('A payment that is %s cannot be captured.', payment.status), 'payment_id');
    end if;
    if money > capturable then
        perform private.refuse(409, 'amount_exceeds_authorized',
            format('At most %s %s can be captured.', capturable, payment.currency), 'amount');
    end if;
    perform private.refuse_while_busy(payment, array['payment.capture', 'payment.cancel', 'payment.complete']);
    perform private.enqueue_operation(payment.organization_id, 'payment.capture', 'payment', payment.id, input,
        payment.connection_id, idempotency_key);
    return payment;
end
$$;

create function public.capture_payment(payment_id uuid, amount text default null, idempotency_key text default null)
returns public.payments
language sql set search_path = ''
as $$ select private.capture_payment(payment_id, amount, idempotency_key) $$;
comment on function public.capture_payment is 'Captures an authorized payment, wholly or in part.';

create function private.cancel_payment(payment_id uuid, reason text, idempotency_key text) returns public.payments
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments := private.own_payment(payment_id, 'payments:write');
    input jsonb;
begin
    if reason is not null and reason not in ('duplicate', 'fraudulent', 'requested_by_customer', 'abandoned') then
        perform private.refuse(400, 'invalid_reason',
            'The reason is duplicate, fraudulent, requested_by_customer or abandoned.', 'reason');
    end if;
    input := jsonb_strip_nulls(jsonb_build_object('payment_id', payment_id, 'reason', reason));
    if payment.status = 'cancelled'
       or (private.find_repeated_operation(payment.organization_id, 'payment.cancel', idempotency_key, input)).id is not null then
        return payment;
    end if;
    if payment.status not in ('created', 'requires_action', 'processing', 'authorized', 'failed') then
        perform private.refuse(409, 'payment_not_cancellable', case payment.status
            when 'pending' then 'The payment has not reached a gateway yet: cancel its operation instead.'
            else format('A payment that is %s cannot be cancelled.', payment.status) end, 'payment_id');
    end if;
    perform private.refuse_while_busy(payment, array['payment.capture', 'payment.cancel', 'payment.complete']);
    perform private.enqueue_operation(payment.organization_id, 'payment.cancel', 'payment', payment.id, input,
        payment.connection_id, idempotency_key);
    return payment;
end
$$;

create function public.cancel_payment(payment_id uuid, reason text default null, idempotency_key text default null)
returns public.payments
language sql set search_path = ''
as $$ select private.cancel_payment(payment_id, reason, idempotency_key) $$;
comment on function public.cancel_payment is 'Cancels a payment before it is captured.';

create function private.refund_payment(payment_id uuid, amount text, reason text, idempotency_key text)
returns public.payment_refunds
language plpgsql security definer set search_path = ''
as $$
declare
    -- The lock on the payment is what keeps many refunds at once within what was captured.
    payment public.payments := private.own_payment(payment_id, 'payments:write');
    refund public.payment_refunds;
    earlier public.operations;
    available numeric;
    money numeric;
    input jsonb;
begin
    if amount is not null then
        money := private.checked_amount(amount, payment.currency);
    end if;
    if char_length(reason) > 200 then
        perform private.refuse(400, 'invalid_reason', 'The reason has at most 200 characters.', 'reason');
    end if;
    perform private.refuse_card_number(reason, 'reason');
    input := jsonb_strip_nulls(jsonb_build_object('payment_id', payment_id, 'amount', money::text, 'reason', reason));
    earlier := private.find_repeated_operation(payment.organization_id, 'payment.refund', idempotency_key, input);
    if earlier.id is not null then
        select * into refund from public.payment_refunds r where r.id = earlier.subject_id;
        return refund;
    end if;
    select payment.amount_captured - coalesce(sum(r.amount::numeric), 0) into available
    from public.payment_refunds r where r.payment_id = payment.id and r.status in ('pending', 'succeeded');
    if payment.amount_captured = 0 then
        perform private.refuse(409, 'payment_not_refundable',
            format('A payment that is %s has nothing to refund.', payment.status), 'payment_id');
    elsif available <= 0 then
        perform private.refuse(409, 'refund_exceeds_captured', 'All that was captured is refunded or being refunded.', 'amount');
    elsif money > available then
        perform private.refuse(409, 'refund_exceeds_captured',
            format('At most %s %s can still be refunded.', available, payment.currency), 'amount');
    end if;
    insert into public.payment_refunds as r (organization_id, payment_id, amount, currency, reason, created_by)
    values (payment.organization_id, payment.id, coalesce(money, available), payment.currency, reason, private.actor())
    returning r.* into refund;
    perform private.enqueue_operation(payment.organization_id, 'payment.refund', 'payment_refund', refund.id, input,
        payment.connection_id, idempotency_key);
    insert into public.payment_events (organization_id, payment_id, refund_id, occurred_at, type, to_status, amount, source)
    values (payment.organization_id, payment.id, refund.id, refund.created_at, 'refund.requested', 'pending',
            refund.amount, 'client');
    return refund;
end
$$;

create function public.refund_payment(
    payment_id uuid, amount text default null, reason text default null, idempotency_key text default null
) returns public.payment_refunds
language sql set search_path = ''
as $$ select private.refund_payment(payment_id, amount, reason, idempotency_key) $$;
comment on function public.refund_payment is
'Refunds a payment: an amount, or all that is left. Answers with the refund, still pending; a worker carries it out.';

create function private.sync_payment(payment_id uuid) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments := private.own_payment(payment_id, 'payments:write');
begin
    if payment.connection_id is null then
        perform private.refuse(409, 'payment_not_sent', 'The payment has not reached a gateway yet.', 'payment_id');
    end if;
    return private.enqueue_operation(payment.organization_id, 'payment.sync', 'payment', payment.id,
        jsonb_build_object('payment_id', payment_id), payment.connection_id);
end
$$;

create function public.sync_payment(payment_id uuid) returns public.operations
language sql set search_path = ''
as $$ select private.sync_payment(payment_id) $$;
comment on function public.sync_payment is 'Asks the gateway how the payment stands; answers with the operation to watch.';

grant execute on function
    private.create_payment(uuid, jsonb, text),
    public.create_payment(text, text, text, uuid, public.environment, text, text, text, jsonb, jsonb, text, text, text, text,
        text, jsonb, jsonb, jsonb, boolean, uuid, text, uuid),
    private.capture_payment(uuid, text, text), public.capture_payment(uuid, text, text),
    private.cancel_payment(uuid, text, text), public.cancel_payment(uuid, text, text),
    private.refund_payment(uuid, text, text, text), public.refund_payment(uuid, text, text, text),
    private.sync_payment(uuid), public.sync_payment(uuid)
to authenticated, service_role;
