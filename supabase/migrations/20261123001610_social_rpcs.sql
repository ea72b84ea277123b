-- What clients ask of accounts and of posts that are not published yet. Each call checks, writes the domain row and its
-- operation in one transaction, and answers with the domain row.

-- Refuses what the connection's provider cannot do, or cannot do now.
create function private.check_capability(connection_id uuid, capability text, field text) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
    network record;
begin
    select p.name, c.status, check_capability.capability = any (p.capabilities) as capable into network
    from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
    where c.id = check_capability.connection_id;
    if not network.capable then
        perform private.refuse(409, 'not_supported',
            format('The hub cannot do that on %s (%s).', network.name, replace(capability, '_', ' ')), field);
    elsif network.status not in ('active', 'needs_attention') then
        perform private.refuse(409, 'connection_not_active', format('The connection is %s.', network.status), field);
    end if;
end
$$;

create function private.choose_accounts(connection_id uuid, account_ids uuid[]) returns setof public.social_media_accounts
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections := private.own_connection(connection_id, 'developer', 'social:write');
    found_accounts integer;
    removed text;
begin
    if account_ids is null or cardinality(account_ids) > 1000 then
        perform private.refuse(400, 'invalid_account_ids', 'Name at most 1000 accounts; an empty list chooses none.', 'account_ids');
    end if;
    select count(*), min(a.name) filter (where a.removed_at is not null) into found_accounts, removed
    from public.social_media_accounts a where a.connection_id = connection.id and a.id = any (account_ids);
    if found_accounts <> (select count(distinct each) from unnest(account_ids) each) then
        perform private.refuse(404, 'account_not_found', 'They are not all accounts of that connection.', 'account_ids');
    elsif removed is not null then
        perform private.refuse(409, 'account_removed', format('The login cannot reach %s any more.', removed), 'account_ids');
    end if;
    update public.social_media_accounts a set enabled = a.id = any (account_ids)
    where a.connection_id = connection.id and a.enabled is distinct from (a.id = any (account_ids));
    if found then
        perform private.audit(connection.organization_id, 'connection.accounts_chosen', 'connection', connection.id::text,
            jsonb_build_object('account_ids', to_jsonb(account_ids)));
    end if;
    return query
        select a.* from public.social_media_accounts a where a.connection_id = connection.id and a.enabled order by a.name, a.id;
end
$$;

create function public.choose_accounts(connection_id uuid, account_ids uuid[]) returns setof public.social_media_accounts
language sql set search_path = ''
as $$ select * from private.choose_accounts(connection_id, account_ids) $$;
comment on function public.choose_accounts is
'Says which of a login''s accounts the hub works with: exactly these. Answers with them.';

create function private.refresh_accounts(connection_id uuid) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections := private.own_connection(connection_id, 'developer', 'social:write');
    operation public.operations;
begin
    perform private.check_capability(connection.id, 'lists_accounts', 'connection_id');
    select * into operation from public.operations o
    where o.subject_id = connection.id and o.kind = 'account.list' and o.status = 'pending' limit 1;
    if operation.id is not null then
        return operation;
    end if;
    return private.enqueue_operation(connection.organization_id, 'account.list', 'connection', connection.id, '{}', connection.id);
end
$$;

create function public.refresh_accounts(connection_id uuid) returns public.operations
language sql set search_path = ''
as $$ select private.refresh_accounts(connection_id) $$;
comment on function public.refresh_accounts is
'Looks up again which accounts a login may work with; answers with the operation to watch.';

-- The one organization that accounts belong to, after the caller has been checked against it.
create function private.organization_of_accounts(organization_id uuid, account_ids uuid[]) returns uuid
language plpgsql stable security definer set search_path = ''
as $$
declare
    stray bigint;
begin
    if coalesce(cardinality(account_ids), 0) not between 1 and 50
       or (select count(distinct each) from unnest(account_ids) each) <> cardinality(account_ids) then
        perform private.refuse(400, 'invalid_account_ids', 'Name 1 to 50 accounts, each once.', 'account_ids');
    end if;
    if organization_id is not null then
        perform private.authorize(organization_id, 'developer', 'social:write');
    end if;
    organization_id := coalesce(organization_id,
        (select a.organization_id from public.social_media_accounts a where a.id = account_ids[1]));
    if not private.may(organization_id, 'developer', 'social:write') then
        stray := 0;
    else
        select e.turn - 1 into stray from unnest(account_ids) with ordinality e (id, turn)
        where not exists (
            select from public.social_media_accounts a
            where a.id = e.id and a.organization_id = organization_of_accounts.organization_id
              and coalesce(private.environment_of('account', a.id) = private.key_environment(), true))
        order by e.turn limit 1;
    end if;
    if stray is not null then
        perform private.refuse(404, 'account_not_found', 'There is no such account of yours.', 'account_ids.' || stray);
    end if;
    return organization_id;
end
$$;

-- Whether posts can go to an account now.
create function private.check_account(account public.social_media_accounts, field text) returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
    if account.removed_at is not null then
        perform private.refuse(409, 'account_removed', format('The login cannot reach %s any more.', account.name), field);
    elsif not account.enabled then
        perform private.refuse(409, 'account_not_enabled', format('Choose %s with choose_accounts first.', account.name), field);
    elsif not account.can_publish then
        perform private.refuse(409, 'account_cannot_publish',
            format('The login''s role at the network does not let it post on %s.', account.name), field);
    end if;
    perform private.check_capability(account.connection_id, 'publishes_posts', field);
end
$$;

-- For a scheduled post with files: whether the network will take them is found out before its time.
create function private.plan_check(post public.social_posts) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    if post.status = 'scheduled' and post.media <> '[]' then
        perform private.plan_job(private.derived_id(post.id, 'check'), 'post.check', post.organization_id,
            jsonb_build_object('post_id', post.id), 2, 5);
    end if;
end
$$;

-- Has a post that the caller has checked and locked published at its time, or at once.
create function private.send_post(post public.social_posts, connection_id uuid) returns public.social_posts
language plpgsql security definer set search_path = ''
as $$
begin
    delete from private.post_preparations r where r.post_id = post.id;
    update public.social_posts p
    set status = case when p.scheduled_at > now() then 'scheduled' else 'publishing' end::public.post_status,
        failure = null, problems = '[]'
    where p.id = post.id
    returning p.* into post;
    perform private.enqueue_operation(post.organization_id, 'post.publish', 'social_post', post.id,
        jsonb_build_object('post_id', post.id), connection_id, null, 0::smallint,
        case when post.status = 'scheduled' then post.scheduled_at end);
    perform private.plan_check(post);
    return post;
end
$$;

create function private.publish_post(organization_id uuid, account_ids uuid[], input jsonb, idempotency_key text)
returns setof public.social_posts
language plpgsql security definer set search_path = ''
as $$
declare
    asked constant jsonb := input || jsonb_build_object('account_ids', to_jsonb(account_ids));
    new_group constant uuid := private.uuid_v7();
    earlier public.operations;
    account public.social_media_accounts;
    post public.social_posts;
    variant jsonb;
    zone text;
    moment timestamptz;
begin
    organization_id := private.organization_of_accounts(organization_id, account_ids);
    earlier := private.find_repeated_operation(organization_id, 'post.group', idempotency_key, asked);
    if earlier.id is not null then
        return query select p.* from public.social_posts p where p.group_id = earlier.subject_id order by p.id;
        return;
    end if;
    perform private.check_variants(input -> 'variants', account_ids);
    zone := private.checked_zone(input ->> 'time_zone', organization_id);
    moment := private.checked_moment(input ->> 'scheduled_at', zone);
    for account in
        select a.* from unnest(account_ids) with ordinality e (id, turn)
        join public.social_media_accounts a on a.id = e.id order by e.turn
    loop
        perform private.check_account(account, 'account_ids.' || array_position(account_ids, account.id) - 1);
        variant := private.variant_of(input, account.id,
            (select c.provider_key from public.integration_connections c where c.id = account.connection_id));
        post := jsonb_populate_record(null::public.social_posts,
            private.checked_post(variant -> 'content', variant -> 'places', account));
        insert into public.social_posts as p (organization_id, account_id, group_id, format, text, media, link,
            first_comment, scheduled_at, time_zone, created_by)
        values (organization_id, account.id, new_group, post.format, post.text, post.media, post.link,
            post.first_comment, moment, case when moment is not null or input ? 'time_zone' then zone end, private.actor())
        returning p.* into post;
        if not (input ->> 'draft')::boolean then
            post := private.send_post(post, account.connection_id);
        end if;
        return next post;
    end loop;
    -- What no account made use of has not been looked at, and is not kept.
    insert into public.operations (organization_id, kind, status, subject_type, subject_id, input, idempotency_key,
        input_hash, created_by, finished_at)
    values (organization_id, 'post.group', 'succeeded', 'post_group', new_group, asked - 'variants' - array['text', 'media',
        'link', 'first_comment', 'format'], idempotency_key,
        private.input_hash(organization_id, asked), private.actor(), now());
end
$$;

create function public.publish_post(
    account_ids uuid[], text text default '', media jsonb default '[]', link jsonb default null,
    format text default 'post', first_comment text default null, variants jsonb default '{}',
    scheduled_at text default null, time_zone text default null, draft boolean default false,
    idempotency_key text default null, organization_id uuid default null
) returns setof public.social_posts
language sql set search_path = ''
as $$
    select * from private.publish_post(organization_id, account_ids, private.without_nulls(jsonb_build_object(
        'text', coalesce(text, ''), 'media', coalesce(media, '[]'), 'link', link, 'format', coalesce(format, 'post'),
        'first_comment', first_comment, 'variants', coalesce(variants, '{}'), 'scheduled_at', scheduled_at,
        'time_zone', time_zone, 'draft', coalesce(draft, false))), idempotency_key)
$$;
comment on function public.publish_post is
'Publishes on each account, at once or at a time: with an offset a moment, else local in time_zone. Variants by account or provider lay over the common part.';

grant execute on function
    private.choose_accounts(uuid, uuid[]), public.choose_accounts(uuid, uuid[]),
    private.refresh_accounts(uuid), public.refresh_accounts(uuid),
    private.publish_post(uuid, uuid[], jsonb, text),
    public.publish_post(uuid[], text, jsonb, jsonb, text, text, jsonb, text, text, boolean, text, uuid)
to authenticated, service_role;
