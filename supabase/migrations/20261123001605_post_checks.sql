-- What may be said in posts. The fields and their lengths are those of workers/providers/social/models.py; what a network
-- takes is told by the catalog, in the words of workers/providers/social/limits.py.

-- Answers with the media as they are stored. Networks fetch them, so they lie at https; in the sandbox http will do.
create function private.checked_media(media jsonb, sandbox boolean, field text) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
    item record;
    fields jsonb;
    checked jsonb := '[]';
begin
    if jsonb_typeof(media) is distinct from 'array' or jsonb_array_length(media) > 20 then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1), 'The media are a list of at most 20.', field);
    end if;
    for item in
        select e.value, format('%s.%s', checked_media.field, e.ordinality - 1) as field
        from jsonb_array_elements(media) with ordinality e
    loop
        perform private.check_keys(item.value, array['url', 'kind', 'alt_text'], item.field);
        fields := '{"kind": "image"}' || private.without_nulls(item.value);
        perform private.check_page(fields -> 'url',
            case when sandbox then 'https?' else 'https' end, item.field || '.url');
        perform private.check_pattern(fields ->> 'kind', '^(image|video)$', 'The kind is image or video.', item.field || '.kind');
        perform private.check_text(fields -> 'alt_text', 1000, item.field || '.alt_text');
        checked := checked || jsonb_build_array(fields);
    end loop;
    return checked;
end
$$;

-- Media without what workers have found out about the files.
create function private.media_as_given(media jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select coalesce(jsonb_agg(private.without_nulls(jsonb_build_object(
        'url', m.value -> 'url', 'kind', m.value -> 'kind', 'alt_text', m.value -> 'alt_text')) order by m.ordinality), '[]')
    from jsonb_array_elements(media) with ordinality m
$$;

-- An address that a network fetches or shows. It may hold any digits, as those of files do.
create function private.check_page(url jsonb, scheme text, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if jsonb_typeof(url) is distinct from 'string' or char_length(url #>> '{}') > 2048
       or url #>> '{}' !~ ('^' || scheme || '://[^\s/?#@\\]+([/?#]\S*)?$') then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1),
            format('It is an absolute %s URL of at most 2048 characters.', replace(scheme, '?', ' or http')), field);
    end if;
end
$$;

create function private.checked_link(link jsonb, field text) returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.check_keys(link, array['url', 'title', 'description'], field);
    link := private.without_nulls(link);
    perform private.check_page(link -> 'url', 'https?', field || '.url');
    perform private.check_text(link -> 'title', 400, field || '.title');
    perform private.check_text(link -> 'description', 4000, field || '.description');
    return link;
end
$$;

-- Words that must say something.
create function private.check_words(words text, longest integer, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.check_text(to_jsonb(btrim(coalesce(words, ''))), longest, field);
end
$$;

-- A post's content for an account: the common part, over it the variant for its network, over that its own. Answers
-- {content, places}; the places say by which argument each field came.
create function private.variant_of(input jsonb, account_id uuid, provider_key text) returns jsonb
language sql immutable set search_path = ''
as $$
    with layers (rank, place, fields) as (
        values
            (0, '', input - array(select key from jsonb_object_keys(input) key
                                  where key <> all (array['text', 'media', 'link', 'format', 'first_comment']))),
            (1, format('variants.%s.', provider_key), input #> array['variants', provider_key]),
            (2, format('variants.%s.', account_id), input #> array['variants', account_id::text])
    ),
    chosen as (
        select distinct on (f.key) f.key, f.value, l.place || f.key as place
        from layers l cross join lateral jsonb_each(l.fields) f
        where l.fields is not null
        order by f.key, l.rank desc
    )
    select jsonb_build_object(
        'content', coalesce(jsonb_object_agg(c.key, c.value) filter (where c.value <> 'null'), '{}'),
        'places', coalesce(jsonb_object_agg(c.key, c.place), '{}'))
    from chosen c
$$;

create function private.check_variants(variants jsonb, account_ids uuid[]) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
    stray text;
begin
    if jsonb_typeof(variants) is distinct from 'object' then
        perform private.refuse(400, 'invalid_variants', 'The variants are an object by account or provider.', 'variants');
    end if;
    select key into stray from jsonb_object_keys(variants) key
    where key <> all (account_ids::text[]) and not exists (
        select from public.social_media_accounts a join public.integration_connections c on c.id = a.connection_id
        where a.id = any (account_ids) and c.provider_key = key)
    order by key limit 1;
    if stray is not null then
        perform private.refuse(400, 'invalid_variants',
            'A variant is for one of the accounts named, by its id, or for a provider of theirs, by its key.',
            'variants.' || left(stray, 60));
    end if;
    perform private.check_keys(e.value, array['text', 'media', 'link', 'format', 'first_comment'], 'variants.' || e.key)
    from jsonb_each(variants) e;
end
$$;

-- What is wrong by the network's own limits, as far as it shows without the files: the first of them, [code, message, field].
create function private.post_problem(content jsonb, network text, facts jsonb, writes_comments boolean) returns text[]
language plpgsql immutable set search_path = ''
as $$
declare
    shape constant text := content ->> 'format';
    limits constant jsonb := (select e from jsonb_array_elements(facts -> 'formats') e where e ->> 'format' = shape);
    media constant jsonb := content -> 'media';
    amount record;
begin
    if limits is null then
        return array['unknown_format', format('%s has no such format; it has: %s.', network,
            (select string_agg(e ->> 'format', ', ') from jsonb_array_elements(facts -> 'formats') e)), 'format'];
    elsif char_length(content ->> 'text') > (limits ->> 'longest_text')::integer then
        return array['text_too_long', format('%s takes %s characters; the text has %s.', network,
            limits ->> 'longest_text', char_length(content ->> 'text')), 'text'];
    elsif content ? 'link' and not (limits ->> 'links')::boolean then
        return array['link_not_shown', format('%s shows no link in a %s: put it into the text.', network, shape), 'link'];
    elsif content ? 'link' and media <> '[]' then
        return array['link_with_media', format('%s shows either a link or media: put the link into the text.', network), 'link'];
    elsif media = '[]' and (limits ->> 'needs_media')::boolean then
        return array['media_needed', format('%s takes no %s without a picture or film.', network, shape), 'media'];
    end if;
    for amount in
        select m ->> 'kind' as kind, count(*) as given, count(*) over () as kinds,
            nullif(limits -> ((m ->> 'kind') || 's'), 'null') as allowed
        from jsonb_array_elements(media) m group by 1 order by 1
    loop
        if amount.allowed is null then
            return array['media_not_taken', format('%s takes no %s in this form.', network, amount.kind), 'media'];
        elsif amount.given > (amount.allowed ->> 'most')::integer then
            return array['too_many_media', format('%s takes %s of kind %s in one post, not %s.', network,
                amount.allowed ->> 'most', amount.kind, amount.given), 'media'];
        elsif amount.kinds > 1 and not (limits ->> 'mixes_media')::boolean then
            return array['mixed_media', format('%s takes either pictures or films in one post.', network), 'media'];
        end if;
    end loop;
    if content ? 'first_comment' and not writes_comments then
        return array['not_supported', format('The hub cannot comment on %s.', network), 'first_comment'];
    elsif char_length(content ->> 'first_comment') > (facts ->> 'longest_comment')::integer then
        return array['comment_too_long', format('%s takes %s characters; the comment has %s.', network,
            facts ->> 'longest_comment', char_length(content ->> 'first_comment')), 'first_comment'];
    end if;
    return null;
end
$$;

-- A post's content as it is stored. `places` says by which argument each field came, where that is not its own name.
create function private.checked_post(content jsonb, places jsonb, account public.social_media_accounts) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    text_field constant text := coalesce(places ->> 'text', 'text');
    comment_field constant text := coalesce(places ->> 'first_comment', 'first_comment');
    network record;
    problem text[];
begin
    select p.name, p.social, 'writes_comments' = any (p.capabilities) as comments, c.environment = 'sandbox' as sandbox
    into network
    from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
    where c.id = account.connection_id;
    content := '{"text": "", "media": [], "format": "post"}' || content;
    if content -> 'text' <> '""' then
        perform private.check_text(content -> 'text', 65000, text_field);
    end if;
    perform private.check_text(content -> 'first_comment', 8000, comment_field);
    perform private.check_pattern(content ->> 'format', '^(post|reel|story)$', 'The format is post, reel or story.',
        coalesce(places ->> 'format', 'format'));
    content := content || jsonb_build_object('media',
        private.checked_media(content -> 'media', network.sandbox, coalesce(places ->> 'media', 'media')));
    if content ? 'link' then
        content := content || jsonb_build_object('link',
            private.checked_link(content -> 'link', coalesce(places ->> 'link', 'link')));
    end if;
    if btrim(content ->> 'text') = '' and content -> 'media' = '[]' and not content ? 'link' then
        perform private.refuse(400, 'empty_post', 'A post needs a text, a link or media.', text_field);
    end if;
    problem := private.post_problem(content, network.name, network.social, network.comments);
    if problem is not null then
        perform private.refuse(400, problem[1], format('%s (on %s)', problem[2], account.name),
            coalesce(places ->> problem[3], problem[3]));
    end if;
    return content;
end
$$;

create function private.checked_zone(time_zone text, organization_id uuid) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
    zone constant text := coalesce(time_zone,
        (select o.time_zone from public.organizations o where o.id = checked_zone.organization_id));
begin
    if zone not in ('Asia/Dubai', 'UTC') and not exists (select from pg_catalog.pg_timezone_names z where z.name = zone) then
        perform private.refuse(400, 'invalid_time_zone', 'The time zone is an IANA name such as Asia/Dubai.', 'time_zone');
    end if;
    return zone;
end
$$;

-- The moments at which clocks in a zone show a local time: two when they are put back, none when they are put forward.
create function private.moments_of(local_time timestamp, zone text) returns timestamptz[]
language sql stable set search_path = ''
as $$
    select coalesce(array_agg(distinct m.moment), '{}')
    from (values (interval '-1 day'), (interval '1 day')) s (shift),
        lateral (select (local_time at time zone zone) + s.shift as near) n,
        lateral (select (local_time - ((n.near at time zone zone) - (n.near at time zone 'UTC'))) at time zone 'UTC' as moment) m
    where m.moment at time zone zone = local_time
$$;

-- When a post is to be published: ISO 8601, a moment if it has an offset, else local time in the zone.
create function private.checked_moment(scheduled_at text, zone text) returns timestamptz
language plpgsql stable set search_path = ''
as $$
declare
    has_offset constant boolean := scheduled_at ~ '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$' and scheduled_at ~ ':';
    moments timestamptz[];
begin
    if scheduled_at is null then
        return null;
    elsif scheduled_at !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?$'
       or not pg_input_is_valid(scheduled_at, 'timestamptz') then
        perform private.refuse(400, 'invalid_scheduled_at',
            'It is a time in ISO 8601, such as 2026-11-23T09:00 or 2026-11-23T09:00:00+04:00.', 'scheduled_at');
    end if;
    moments := case when has_offset then array[scheduled_at::timestamptz]
        else private.moments_of(scheduled_at::timestamp, zone) end;
    if cardinality(moments) <> 1 then
        perform private.refuse(400, 'invalid_scheduled_at', format(case cardinality(moments)
            when 0 then 'There is no such time in %s: clocks are put forward then.'
            else 'There are two such times in %s, since clocks are put back then: say which, with an offset.' end, zone),
            'scheduled_at');
    end if;
    perform private.check_moment(moments[1]);
    return moments[1];
end
$$;

create function private.check_moment(moment timestamptz) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if moment < now() - interval '5 minutes' then
        perform private.refuse(400, 'invalid_scheduled_at', 'That time has passed.', 'scheduled_at');
    elsif moment > now() + interval '1 year' then
        perform private.refuse(400, 'invalid_scheduled_at', 'It lies at most a year ahead.', 'scheduled_at');
    end if;
end
$$;
