-- How news of accounts, posts and comments becomes their state.

create function private.post_alert(post_id uuid) returns text
language sql immutable set search_path = ''
as $$ select format('post:%s:failed', post_id) $$;

-- What is told of a post to whoever listens.
create function private.emit_post_event(post public.social_posts, type text, source text, occurred_at timestamptz default null)
returns void
language plpgsql security definer set search_path = ''
as $$
declare
    account record;
begin
    select a.name, a.provider_account_id, c.id as connection_id, c.provider_key, c.environment into account
    from public.social_media_accounts a join public.integration_connections c on c.id = a.connection_id
    where a.id = post.account_id;
    perform private.emit_event(post.organization_id, type, 'post', post.id, private.without_nulls(jsonb_build_object(
        'account', account.name, 'account_id', post.account_id, 'provider_account_id', account.provider_account_id,
        'provider', account.provider_key, 'connection_id', account.connection_id, 'group_id', post.group_id,
        'format', post.format, 'text', post.text, 'provider_post_id', post.provider_post_id, 'permalink', post.permalink,
        'published_at', post.published_at, 'failure', post.failure, 'told_by', source)), account.environment, occurred_at);
end
$$;

-- Where the news leaves a post. What is published stays so until it is deleted; what is deleted stays so.
create function private.with_post_news(post public.social_posts, news jsonb) returns public.social_posts
language plpgsql stable set search_path = ''
as $$
declare
    told constant text := news ->> 'status';
begin
    if post.status <> 'deleted' and (
        told = 'published'
        or told = 'deleted' and post.status = 'published'
        or told in ('publishing', 'failed', 'cancelled') and post.status in ('scheduled', 'publishing')) then
        post.status := told;
    end if;
    post.provider_post_id := coalesce(post.provider_post_id, news ->> 'provider_post_id');
    post.permalink := coalesce(news ->> 'permalink', post.permalink);
    post.published_at := case when post.status in ('published', 'deleted')
        then coalesce((news ->> 'published_at')::timestamptz, post.published_at, case when told = 'published' then now() end) end;
    post.deleted_at := case when post.status = 'deleted' then coalesce(post.deleted_at, now()) end;
    post.text := coalesce(news ->> 'text', post.text);
    post.edited_at := coalesce((news ->> 'edited_at')::timestamptz, post.edited_at);
    post.problems := coalesce(nullif(news -> 'problems', 'null'), post.problems);
    post.failure := case when post.status in ('failed', 'cancelled')
        then coalesce(nullif(news -> 'failure', 'null'), post.failure) end;
    return post;
end
$$;

-- A post may have been found at the network before the worker that published it could tell: then there are two rows of it,
-- and what was learned below the other belongs to ours.
create function private.adopt_listed_post(post public.social_posts) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    listed uuid;
begin
    select p.id into listed from public.social_posts p
    where p.account_id = post.account_id and p.provider_post_id = post.provider_post_id and p.id <> post.id
      and p.origin = 'network'
    for update;
    update public.social_comments c set post_id = post.id where c.post_id = listed;
    update public.social_engagement e set post_id = post.id where e.post_id = listed;
    delete from public.social_posts p where p.id = listed;
end
$$;

create function private.save_post(post public.social_posts) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    update public.social_posts p
    set status = post.status, provider_post_id = post.provider_post_id, permalink = post.permalink, text = post.text,
        published_at = post.published_at, deleted_at = post.deleted_at, edited_at = post.edited_at,
        problems = post.problems, failure = post.failure
    where p.id = post.id;
end
$$;

-- What follows from a post's being published: it is counted from time to time, and its first comment is made.
create function private.follow_published(post public.social_posts) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    comment public.social_comments;
begin
    delete from private.post_preparations r where r.post_id = post.id;
    perform private.plan_post_look(post);
    if post.first_comment is null then
        return;
    end if;
    insert into public.social_comments as c (organization_id, post_id, author_name, text, is_ours, is_first, status, created_by)
    values (post.organization_id, post.id, (private.account_of(post)).name, post.first_comment, true, true, 'pending',
        post.created_by)
    on conflict do nothing
    returning c.* into comment;
    if comment.id is not null then
        perform private.enqueue_operation(post.organization_id, 'comment.create', 'social_comment', comment.id,
            jsonb_build_object('post_id', post.id, 'text', comment.text), (private.account_of(post)).connection_id);
    end if;
end
$$;

-- Says 'applied', 'unchanged' or 'unknown' (there is no such post). `news` holds: status (publishing, published, failed,
-- cancelled, deleted), provider_post_id, permalink, text, published_at, failure, problems and edited_at; everything may be
-- missing. What tells nothing new locks nothing.
create function private.apply_post_news(post_id uuid, news jsonb, source text, source_id uuid) returns text
language plpgsql security definer set search_path = '' set enable_seqscan = off
as $$
declare
    before public.social_posts;
    post public.social_posts;
begin
    select * into before from public.social_posts p where p.id = apply_post_news.post_id;
    if before.id is null then
        return 'unknown';
    elsif private.with_post_news(before, news) is not distinct from before then
        return 'unchanged';
    end if;
    -- Whoever lists the account's posts meanwhile is waited for: either sees what the other knew.
    if before.provider_post_id is null and news ->> 'provider_post_id' is not null then
        perform from public.social_media_accounts a where a.id = before.account_id for no key update;
    end if;
    select * into before from public.social_posts p where p.id = apply_post_news.post_id for no key update;
    post := private.with_post_news(before, news);
    if before.provider_post_id is null and post.provider_post_id is not null then
        perform private.adopt_listed_post(post);
    end if;
    perform private.save_post(post);
    if post.status = before.status then
        return 'applied';
    elsif post.status = 'published' then
        perform private.end_alert(post.organization_id, private.post_alert(post.id));
        perform private.follow_published(post);
        perform private.emit_post_event(post, 'post.published', source, post.published_at);
    elsif post.status = 'failed' then
        perform private.raise_alert(post.organization_id, (private.account_of(post)).connection_id, 'post.failed',
            private.post_alert(post.id), 'warning', format('A post on %s failed: %s', (private.account_of(post)).name,
                coalesce(post.failure ->> 'message', 'no reason is known')),
            jsonb_build_object('post_id', post.id, 'account_id', post.account_id, 'failure', post.failure,
                'operation_id', source_id));
        perform private.emit_post_event(post, 'post.failed', source);
    elsif post.status = 'deleted' then
        delete from private.post_looks l where l.post_id = post.id;
        perform private.emit_post_event(post, 'post.deleted', source, post.deleted_at);
    end if;
    return 'applied';
end
$$;

-- How far a post has come before it is published, so that whoever goes on need not begin anew.
create function private.keep_preparation(post_id uuid, data jsonb) returns void
language sql security definer set search_path = ''
as $$
    insert into private.post_preparations (post_id, data) values (post_id, data)
    on conflict on constraint post_preparations_pkey do update set data = excluded.data, changed_at = now()
    where post_preparations.data <> excluded.data
$$;

-- Which files media are, whatever is known of them.
create function private.files_of(media jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_array(m.value -> 'url', m.value -> 'alt_text') order by m.ordinality), '[]')
    from jsonb_array_elements(media) with ordinality m
$$;

-- What is known of a post's files, as checked_media has them, with more about each, and with the kind that each really is;
-- unless they have been changed meanwhile.
create function private.keep_media(post_id uuid, media jsonb) returns void
language sql security definer set search_path = ''
as $$
    update public.social_posts p set media = keep_media.media
    where p.id = keep_media.post_id and private.files_of(p.media) = private.files_of(keep_media.media)
$$;

-- The accounts that a login may work with now, [{provider_account_id, kind, name, handle, picture_url, followers,
-- can_publish}]: all of them. Those that are missing cannot be reached any more. Answers how many there are.
create function private.apply_accounts(connection_id uuid, accounts jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    is_first boolean;
    listed integer;
    gone public.social_media_accounts;
begin
    select * into connection from public.integration_connections c where c.id = apply_accounts.connection_id for no key update;
    if connection.id is null or connection.status = 'disconnected' then
        return 0;
    end if;
    is_first := not exists (select from public.social_media_accounts a where a.connection_id = connection.id);
    insert into public.social_media_accounts as a (organization_id, connection_id, provider_account_id, kind, name, handle,
        picture_url, followers, can_publish, refreshed_at)
    select distinct on (n.provider_account_id) connection.organization_id, connection.id, n.provider_account_id, n.kind,
        n.name, n.handle, n.picture_url, n.followers, coalesce(n.can_publish, true), now()
    from jsonb_to_recordset(accounts) as n (provider_account_id text, kind text, name text, handle text, picture_url text,
        followers bigint, can_publish boolean)
    on conflict on constraint social_media_accounts_connection_id_provider_account_id_key do update
    set kind = excluded.kind, name = excluded.name, handle = excluded.handle, picture_url = excluded.picture_url,
        followers = coalesce(excluded.followers, a.followers), can_publish = excluded.can_publish,
        refreshed_at = excluded.refreshed_at, removed_at = null;
    get diagnostics listed = row_count;
    if is_first and listed = 1 then
        update public.social_media_accounts a set enabled = true where a.connection_id = connection.id;
    end if;
    perform private.end_alert(connection.organization_id, private.account_alert(a.id))
    from public.social_media_accounts a where a.connection_id = connection.id and a.removed_at is null;
    for gone in
        select a.* from public.social_media_accounts a
        where a.connection_id = connection.id and a.removed_at is null and not exists (
            select from jsonb_array_elements(accounts) n where n ->> 'provider_account_id' = a.provider_account_id)
        order by a.id for no key update
    loop
        update public.social_media_accounts a set removed_at = now(), enabled = false where a.id = gone.id;
        if gone.enabled then
            perform private.raise_alert(connection.organization_id, connection.id, 'account.removed',
                private.account_alert(gone.id), 'warning', format('The login of %s cannot reach %s any more',
                    connection.name, gone.name),
                jsonb_build_object('account_id', gone.id, 'account', gone.name, 'connection_id', connection.id));
        end if;
    end loop;
    return listed;
end
$$;

create function private.account_alert(account_id uuid) returns text
language sql immutable set search_path = ''
as $$ select format('account:%s:removed', account_id) $$;

-- What an account has published by itself, [{provider_post_id, permalink, text, published_at}]; our own posts are known by
-- their ids. Answers how many are new or have changed.
create function private.apply_listed_posts(account_id uuid, posts jsonb) returns integer
language plpgsql security definer set search_path = '' set enable_seqscan = off
as $$
declare
    account public.social_media_accounts;
    post public.social_posts;
    changed integer;
begin
    update public.social_media_accounts a set posts_synced_at = now() where a.id = apply_listed_posts.account_id
    returning a.* into account;
    if account.id is null then
        return 0;
    end if;
    -- In one order, so that two who know of the same posts never wait for each other.
    perform from public.social_posts p
    where p.account_id = account.id
      and p.provider_post_id in (select n ->> 'provider_post_id' from jsonb_array_elements(posts) n)
    order by p.id for no key update;
    update public.social_posts p
    set permalink = coalesce(n.permalink, p.permalink),
        text = case when p.origin = 'network' then coalesce(n.text, p.text) else p.text end
    from jsonb_to_recordset(posts) as n (provider_post_id text, permalink text, text text)
    where p.account_id = account.id and p.provider_post_id = n.provider_post_id
      and (n.permalink <> p.permalink or p.permalink is null and n.permalink is not null
           or p.origin = 'network' and n.text <> p.text);
    get diagnostics changed = row_count;
    for post in
        insert into public.social_posts as p (organization_id, account_id, status, text, provider_post_id, permalink,
            published_at, origin, created_by)
        select distinct on (n.provider_post_id) account.organization_id, account.id, 'published', coalesce(n.text, ''),
            n.provider_post_id, n.permalink, coalesce(n.published_at, now()), 'network', 'worker'
        from jsonb_to_recordset(posts) as n (provider_post_id text, permalink text, text text, published_at timestamptz)
        on conflict do nothing
        returning p.*
    loop
        changed := changed + 1;
        perform private.plan_post_look(post, at_once => true);
    end loop;
    return changed;
end
$$;

grant execute on function
    private.apply_post_news(uuid, jsonb, text, uuid), private.keep_preparation(uuid, jsonb),
    private.keep_media(uuid, jsonb),
    private.apply_accounts(uuid, jsonb), private.apply_listed_posts(uuid, jsonb)
to wasl_worker;
