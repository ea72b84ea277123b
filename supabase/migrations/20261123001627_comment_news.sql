-- How news of comments becomes their state: of our own, as workers carry them out, and of all, as networks list them.

create function private.emit_comment_event(comment public.social_comments) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    place record;
begin
    select p.permalink, p.provider_post_id, a.id as account_id, a.name as account, c.provider_key, c.environment into place
    from public.social_posts p
    join public.social_media_accounts a on a.id = p.account_id
    join public.integration_connections c on c.id = a.connection_id
    where p.id = comment.post_id;
    perform private.emit_event(comment.organization_id, 'comment.created', 'comment', comment.id, private.without_nulls(
        jsonb_build_object('post_id', comment.post_id, 'account_id', place.account_id, 'account', place.account,
            'provider', place.provider_key, 'provider_post_id', place.provider_post_id, 'permalink', place.permalink,
            'text', comment.text, 'author_id', comment.author_id, 'author_name', comment.author_name,
            'parent_id', comment.parent_id, 'commented_at', comment.commented_at)),
        place.environment, comment.commented_at);
end
$$;

-- News of a comment of our own, or of one that is hidden or deleted by us: {status (published, failed, deleted),
-- provider_comment_id, commented_at, is_hidden, failure}. Says 'applied', 'unchanged' or 'unknown'.
create function private.apply_comment_news(comment_id uuid, news jsonb) returns text
language plpgsql security definer set search_path = ''
as $$
declare
    before public.social_comments;
    comment public.social_comments;
    told constant text := news ->> 'status';
begin
    -- Whoever lists the post's comments meanwhile is waited for: either sees what the other knew.
    perform from public.social_posts p
    where p.id = (select c.post_id from public.social_comments c where c.id = apply_comment_news.comment_id)
    for no key update;
    select * into before from public.social_comments c where c.id = apply_comment_news.comment_id for no key update;
    if before.id is null then
        return 'unknown';
    end if;
    comment := before;
    if before.status = 'pending' and told in ('published', 'failed') or before.status = 'failed' and told = 'published'
       or told = 'deleted' then
        comment.status := told;
    end if;
    comment.provider_comment_id := coalesce(before.provider_comment_id, news ->> 'provider_comment_id');
    comment.commented_at := coalesce((news ->> 'commented_at')::timestamptz, before.commented_at);
    comment.is_hidden := coalesce((news ->> 'is_hidden')::boolean, before.is_hidden);
    comment.failure := case when comment.status = 'failed' then coalesce(nullif(news -> 'failure', 'null'), before.failure) end;
    if comment is not distinct from before then
        return 'unchanged';
    end if;
    -- It may have been listed before the worker that wrote it could tell: answers to that row belong to ours.
    if before.provider_comment_id is null then
        update public.social_comments c set parent_id = comment.id
        from public.social_comments listed
        where c.parent_id = listed.id and listed.post_id = comment.post_id
          and listed.provider_comment_id = comment.provider_comment_id and listed.id <> comment.id;
        delete from public.social_comments c
        where c.post_id = comment.post_id and c.provider_comment_id = comment.provider_comment_id and c.id <> comment.id;
    end if;
    update public.social_comments c
    set status = comment.status, provider_comment_id = comment.provider_comment_id, commented_at = comment.commented_at,
        is_hidden = comment.is_hidden, failure = comment.failure
    where c.id = comment.id;
    return 'applied';
end
$$;

-- What is said below a post, [{provider_comment_id, parent_id, author_id, author_name, text, created_at, is_ours,
-- is_hidden, likes}]: a page of it, or all. Answers how many are new.
create function private.apply_comments(post_id uuid, comments jsonb) returns integer
language plpgsql security definer set search_path = '' set enable_seqscan = off
as $$
declare
    post public.social_posts;
    fresh uuid[];
    comment public.social_comments;
begin
    select * into post from public.social_posts p where p.id = apply_comments.post_id for no key update;
    if post.id is null then
        return 0;
    end if;
    update public.social_comments c
    set text = coalesce(n.text, c.text), is_hidden = coalesce(n.is_hidden, c.is_hidden), likes = coalesce(n.likes, c.likes)
    from jsonb_to_recordset(comments) as n (provider_comment_id text, text text, is_hidden boolean, likes bigint)
    where c.post_id = post.id and c.provider_comment_id = n.provider_comment_id
      and (n.text <> c.text or n.is_hidden <> c.is_hidden or n.likes is distinct from c.likes and n.likes is not null);
    with written as (
        insert into public.social_comments as c (organization_id, post_id, provider_comment_id, provider_parent_id, author_id,
            author_name, text, is_ours, is_hidden, likes, status, commented_at, created_by)
        select post.organization_id, post.id, n.provider_comment_id, n.parent_id, n.author_id, n.author_name, n.text,
            coalesce(n.is_ours, false), coalesce(n.is_hidden, false), n.likes,
            case when n.is_ours then 'published' else 'seen' end::public.comment_status, n.created_at, 'worker'
        from (
            select distinct on (l.provider_comment_id) l.*
            from jsonb_to_recordset(comments) as l (provider_comment_id text, parent_id text, author_id text,
                author_name text, text text, created_at timestamptz, is_ours boolean, is_hidden boolean, likes bigint)
        ) n
        order by n.created_at, n.provider_comment_id
        on conflict do nothing
        returning c.id
    )
    select array_agg(w.id) into fresh from written w;
    -- Answers may be listed before what they answer.
    update public.social_comments c set parent_id = parent.id
    from public.social_comments parent
    where c.post_id = post.id and c.parent_id is null and c.provider_parent_id is not null
      and parent.post_id = post.id and parent.provider_comment_id = c.provider_parent_id;
    for comment in
        select c.* from public.social_comments c where c.id = any (fresh) and not c.is_ours order by c.id
    loop
        perform private.emit_comment_event(comment);
    end loop;
    return coalesce(cardinality(fresh), 0);
end
$$;

grant execute on function private.apply_comments(uuid, jsonb), private.apply_comment_news(uuid, jsonb) to wasl_worker;
