-- What clients say below posts, and do about what others say there.

-- A comment of the account's own and its operation, once the caller has been checked; `asked` tells a repeat.
create function private.make_comment(
    post public.social_posts, parent public.social_comments, words text, asked jsonb, idempotency_key text
) returns public.social_comments
language plpgsql security definer set search_path = ''
as $$
declare
    comment public.social_comments;
    earlier public.operations;
    network record;
begin
    earlier := private.find_repeated_operation(post.organization_id, 'comment.create', idempotency_key, asked);
    if earlier.id is not null then
        select * into comment from public.social_comments c where c.id = earlier.subject_id;
        return comment;
    end if;
    perform private.check_published(post, 'writes_comments');
    select * into network from private.network_of(post);
    perform private.check_words(words, 8000, 'text');
    if char_length(words) > (network.facts ->> 'longest_comment')::integer then
        perform private.refuse(400, 'comment_too_long', format('%s takes %s characters; the comment has %s.', network.name,
            network.facts ->> 'longest_comment', char_length(words)), 'text');
    end if;
    insert into public.social_comments as c (organization_id, post_id, parent_id, provider_parent_id, author_name, text,
        is_ours, status, created_by)
    values (post.organization_id, post.id, parent.id, parent.provider_comment_id, (private.account_of(post)).name, words,
        true, 'pending', private.actor())
    returning c.* into comment;
    perform private.enqueue_operation(post.organization_id, 'comment.create', 'social_comment', comment.id, asked,
        network.connection_id, idempotency_key);
    return comment;
end
$$;

create function private.comment_on_post(post_id uuid, words text, idempotency_key text) returns public.social_comments
language plpgsql security definer set search_path = ''
as $$
begin
    return private.make_comment(private.own_post(post_id), null, words,
        jsonb_build_object('post_id', post_id, 'text', words), idempotency_key);
end
$$;

create function public.comment_on_post(post_id uuid, text text, idempotency_key text default null)
returns public.social_comments
language sql set search_path = ''
as $$ select private.comment_on_post(post_id, text, idempotency_key) $$;
comment on function public.comment_on_post is
'Comments on a published post as its account. Answers with the comment, still pending; a worker carries it out.';

-- The comment, locked, after the caller has been checked against its organization; its job before it, as workers lock them.
create function private.own_comment(comment_id uuid) returns public.social_comments
language plpgsql security definer set search_path = ''
as $$
declare
    comment public.social_comments;
begin
    perform from private.jobs j join public.operations o on o.id = j.id
    where o.subject_id = own_comment.comment_id and o.kind = 'comment.create' for update of j;
    select * into comment from public.social_comments c where c.id = own_comment.comment_id for no key update;
    if comment.id is null or not private.may(comment.organization_id, 'developer', 'social:write',
        private.environment_of('post', comment.post_id)) then
        perform private.refuse(404, 'comment_not_found', 'There is no such comment of yours.', 'comment_id');
    end if;
    return comment;
end
$$;

-- The post of a comment that its network has, which must be able to do something about it.
create function private.post_of(comment public.social_comments, capability text) returns public.social_posts
language plpgsql stable security definer set search_path = ''
as $$
declare
    post public.social_posts;
begin
    if comment.provider_comment_id is null or comment.status = 'deleted' then
        perform private.refuse(409, 'comment_not_published', format('That comment is %s.', comment.status), 'comment_id');
    end if;
    select * into post from public.social_posts p where p.id = comment.post_id;
    perform private.check_published(post, capability, 'comment_id');
    return post;
end
$$;

create function private.reply_to_comment(comment_id uuid, words text, idempotency_key text) returns public.social_comments
language plpgsql security definer set search_path = ''
as $$
declare
    comment constant public.social_comments := private.own_comment(comment_id);
begin
    return private.make_comment(private.post_of(comment, 'writes_comments'), comment, words,
        jsonb_build_object('comment_id', comment_id, 'text', words), idempotency_key);
end
$$;

create function public.reply_to_comment(comment_id uuid, text text, idempotency_key text default null)
returns public.social_comments
language sql set search_path = ''
as $$ select private.reply_to_comment(comment_id, text, idempotency_key) $$;
comment on function public.reply_to_comment is
'Answers a comment as the post''s account. Answers with the new comment, still pending; a worker carries it out.';

create function private.hide_comment(comment_id uuid, hidden boolean) returns public.social_comments
language plpgsql security definer set search_path = ''
as $$
declare
    comment constant public.social_comments := private.own_comment(comment_id);
    post constant public.social_posts := private.post_of(comment, 'hides_comments');
begin
    if hidden is null then
        perform private.refuse(400, 'invalid_hidden', 'Say whether it is to be hidden.', 'hidden');
    end if;
    perform private.enqueue_operation(comment.organization_id, 'comment.hide', 'social_comment', comment.id,
        jsonb_build_object('comment_id', comment.id, 'hidden', hidden), (private.network_of(post)).connection_id);
    return comment;
end
$$;

create function public.hide_comment(comment_id uuid, hidden boolean) returns public.social_comments
language sql set search_path = ''
as $$ select private.hide_comment(comment_id, hidden) $$;
comment on function public.hide_comment is
'Hides what somebody says, or shows it again, where the network can. Answers with the comment, still as it was.';

create function private.delete_comment(comment_id uuid) returns public.social_comments
language plpgsql security definer set search_path = ''
as $$
declare
    comment public.social_comments := private.own_comment(comment_id);
    operation public.operations;
begin
    if comment.status = 'deleted' then
        return comment;
    elsif comment.status = 'failed' then
        update public.social_comments c set status = 'deleted' where c.id = comment.id;
    elsif comment.status = 'pending' then
        select * into operation from public.operations o
        where o.subject_id = comment.id and o.kind = 'comment.create' for no key update;
        if operation.status <> 'pending' then
            perform private.refuse(409, 'comment_not_deletable',
                'Nobody knows whether the network has it: look there first.', 'comment_id');
        end if;
        perform private.call_off_operation(operation);
    elsif not exists (select from public.operations o
                      where o.subject_id = comment.id and o.status = 'pending' and o.kind = 'comment.delete') then
        perform private.enqueue_operation(comment.organization_id, 'comment.delete', 'social_comment', comment.id,
            jsonb_build_object('comment_id', comment.id),
            (private.network_of(private.post_of(comment, 'writes_comments'))).connection_id);
    end if;
    select * into comment from public.social_comments c where c.id = comment.id;
    return comment;
end
$$;

create function public.delete_comment(comment_id uuid) returns public.social_comments
language sql set search_path = ''
as $$ select private.delete_comment(comment_id) $$;
comment on function public.delete_comment is
'Takes a comment away: one that the network has by a worker, one that was never sent at once.';

grant execute on function
    private.comment_on_post(uuid, text, text), public.comment_on_post(uuid, text, text),
    private.reply_to_comment(uuid, text, text), public.reply_to_comment(uuid, text, text),
    private.hide_comment(uuid, boolean), public.hide_comment(uuid, boolean),
    private.delete_comment(uuid), public.delete_comment(uuid)
to authenticated, service_role;
