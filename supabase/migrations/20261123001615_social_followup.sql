-- What clients ask of posts that are published, or have failed.

-- The network's own facts that a post must keep to, and the connection it went through.
create function private.network_of(post public.social_posts) returns table (connection_id uuid, name text, facts jsonb)
language sql stable security definer set search_path = ''
as $$
    select c.id, p.name, p.social
    from public.social_media_accounts a
    join public.integration_connections c on c.id = a.connection_id
    join public.integration_providers p on p.key = c.provider_key
    where a.id = post.account_id
$$;

-- Refuses what cannot be done to a post that is not at the network, or not by this network.
create function private.check_published(post public.social_posts, capability text, field text default 'post_id') returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
    if post.status <> 'published' then
        perform private.refuse(409, 'post_not_published', format('That post is %s.', post.status), field);
    end if;
    perform private.check_capability((private.network_of(post)).connection_id, capability, field);
end
$$;

create function private.edit_post(post_id uuid, words text, idempotency_key text) returns public.social_posts
language plpgsql security definer set search_path = ''
as $$
declare
    post public.social_posts := private.own_post(post_id);
    input constant jsonb := jsonb_build_object('post_id', post_id, 'text', words);
    network record;
begin
    if (private.find_repeated_operation(post.organization_id, 'post.edit', idempotency_key, input)).id is not null then
        return post;
    end if;
    perform private.check_published(post, 'edits_posts');
    select n.connection_id, n.name, (
        select (f ->> 'longest_text')::integer from jsonb_array_elements(n.facts -> 'formats') f where f ->> 'format' = post.format
    ) as longest into network from private.network_of(post) n;
    perform private.check_words(words, 65000, 'text');
    if char_length(words) > network.longest then
        perform private.refuse(400, 'text_too_long', format('%s takes %s characters; the text has %s.', network.name,
            network.longest, char_length(words)), 'text');
    end if;
    perform private.enqueue_operation(post.organization_id, 'post.edit', 'social_post', post.id, input,
        network.connection_id, idempotency_key);
    return post;
end
$$;

create function public.edit_post(post_id uuid, text text, idempotency_key text default null) returns public.social_posts
language sql set search_path = ''
as $$ select private.edit_post(post_id, text, idempotency_key) $$;
comment on function public.edit_post is
'Changes the text of a published post, where the network lets it. Answers with the post, still as it was; a worker carries it out.';

create function private.delete_post(post_id uuid, idempotency_key text) returns public.social_posts
language plpgsql security definer set search_path = ''
as $$
declare
    post public.social_posts := private.own_post(post_id);
    input constant jsonb := jsonb_build_object('post_id', post_id);
begin
    if post.status = 'deleted' or (private.find_repeated_operation(
        post.organization_id, 'post.delete', idempotency_key, input)).id is not null then
        return post;
    elsif post.status in ('draft', 'cancelled', 'failed') then
        update public.social_posts p set status = 'deleted', deleted_at = now() where p.id = post.id returning p.* into post;
        perform private.end_alert(post.organization_id, private.post_alert(post.id));
        return post;
    elsif post.status <> 'published' then
        perform private.refuse(409, 'post_not_deletable', format('A post that is %s has to be cancelled.', post.status), 'post_id');
    end if;
    perform private.check_published(post, 'deletes_posts');
    if not exists (select from public.operations o
                   where o.subject_id = post.id and o.status = 'pending' and o.kind = 'post.delete') then
        perform private.enqueue_operation(post.organization_id, 'post.delete', 'social_post', post.id, input,
            (private.network_of(post)).connection_id, idempotency_key);
    end if;
    return post;
end
$$;

create function public.delete_post(post_id uuid, idempotency_key text default null) returns public.social_posts
language sql set search_path = ''
as $$ select private.delete_post(post_id, idempotency_key) $$;
comment on function public.delete_post is
'Takes a post back: a published one by a worker, where the network lets it; one that was never published at once.';

-- Forgets the operation that failed or was given up before, so that nobody retries it as well. One of which nobody knows
-- the outcome is not forgotten.
create function private.forget_publishing(post public.social_posts) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    operation constant public.operations := private.publishing_of(post);
begin
    if operation.status = 'dead' and exists (
        select from private.dead_jobs d where d.id = operation.id and d.last_error ->> 'code' = 'outcome_unknown') then
        perform private.refuse(409, 'post_not_resolved',
            'Nobody knows whether the network has it: look there, and say so with resolve_post.', 'post_id');
    end if;
    delete from private.dead_jobs d where d.id = operation.id;
    perform private.end_alert(post.organization_id, 'operation.dead:' || operation.id);
    perform private.end_alert(post.organization_id, private.post_alert(post.id));
end
$$;

create function private.retry_post(post_id uuid) returns public.social_posts
language plpgsql security definer set search_path = ''
as $$
declare
    post public.social_posts := private.own_post(post_id);
    account constant public.social_media_accounts := private.account_of(post);
begin
    if post.status <> 'failed' then
        perform private.refuse(409, 'post_not_failed', format('A post that is %s cannot be retried.', post.status), 'post_id');
    end if;
    perform private.check_account(account, 'post_id');
    perform private.checked_post(private.content_of(post), '{}', account);
    perform private.forget_publishing(post);
    return private.send_post(post, account.connection_id);
end
$$;

create function public.retry_post(post_id uuid) returns public.social_posts
language sql set search_path = ''
as $$ select private.retry_post(post_id) $$;
comment on function public.retry_post is 'Publishes a post that has failed anew.';

create function private.resolve_post(post_id uuid, provider_post_id text) returns public.social_posts
language plpgsql security definer set search_path = ''
as $$
declare
    post public.social_posts := private.own_post(post_id, 'social:write', 'admin');
    operation constant public.operations := private.publishing_of(post);
begin
    if post.status not in ('scheduled', 'publishing') or operation.status not in ('dead', 'failed')
       or coalesce((select d.last_error from private.dead_jobs d where d.id = operation.id), operation.error) ->> 'code'
          is distinct from 'outcome_unknown' then
        perform private.refuse(409, 'post_not_unresolved',
            'It is known how that post ended, or workers are still finding out.', 'post_id');
    end if;
    perform private.check_pattern(provider_post_id, '^[^\s/?#]{1,255}$',
        'The network''s id of a post has 1 to 255 characters, no spaces and no slashes.', 'provider_post_id');
    perform private.apply_post_news(post.id, case when provider_post_id is not null
        then jsonb_build_object('status', 'published', 'provider_post_id', provider_post_id)
        else jsonb_build_object('status', 'failed', 'failure', jsonb_build_object('code', 'not_made',
            'message', 'Somebody looked: the network does not have it.')) end, 'client', operation.id);
    delete from private.dead_jobs d where d.id = operation.id;
    update public.operations o
    set status = case when provider_post_id is null then 'failed' else 'succeeded' end::public.operation_status
    where o.id = operation.id;
    perform private.end_alert(post.organization_id, 'operation.dead:' || operation.id);
    perform private.audit(post.organization_id, 'post.resolved', 'post', post.id::text,
        jsonb_build_object('was_published', provider_post_id is not null));
    select * into post from public.social_posts p where p.id = post.id;
    return post;
end
$$;

create function public.resolve_post(post_id uuid, provider_post_id text default null) returns public.social_posts
language sql set search_path = ''
as $$ select private.resolve_post(post_id, provider_post_id) $$;
comment on function public.resolve_post is
'Says how a post ended whose network never answered: published, with the id that it has there, or not.';

create function private.measure_post(post_id uuid) returns public.social_posts
language plpgsql security definer set search_path = ''
as $$
declare
    post public.social_posts := private.own_post(post_id);
begin
    perform private.check_published(post, 'measures_posts');
    insert into private.post_looks as l (post_id, due_at, asked_at)
    values (post.id, coalesce(private.next_post_look(post.published_at, now()), now() + interval '1 day'), now())
    on conflict on constraint post_looks_pkey do update set asked_at = now()
    where l.asked_at is null or l.asked_at <= now() - interval '1 minute';
    if found then
        insert into private.jobs (id, kind, organization_id, payload, max_attempts)
        select private.uuid_v7(), 'post.measure', post.organization_id, jsonb_build_object('connection_id', a.connection_id,
            'account_id', a.id, 'post_ids', jsonb_build_array(post.id)), 3
        from public.social_media_accounts a where a.id = post.account_id;
    end if;
    return post;
end
$$;

create function public.measure_post(post_id uuid) returns public.social_posts
language sql set search_path = ''
as $$ select private.measure_post(post_id) $$;
comment on function public.measure_post is
'Has a post counted soon, at most once a minute. Answers with the post as it was last counted.';

grant execute on function
    private.edit_post(uuid, text, text), public.edit_post(uuid, text, text),
    private.delete_post(uuid, text), public.delete_post(uuid, text),
    private.retry_post(uuid), public.retry_post(uuid),
    private.resolve_post(uuid, text), public.resolve_post(uuid, text),
    private.measure_post(uuid), public.measure_post(uuid)
to authenticated, service_role;
