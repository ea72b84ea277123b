-- What clients ask of posts that are there but not published: changes, another time, a cancellation.

-- The post, locked, after the caller has been checked against its organization; its job before it, as workers lock them.
create function private.own_post(
    post_id uuid, scope text default 'social:write', minimum_role public.organization_role default 'developer'
) returns public.social_posts
language plpgsql security definer set search_path = ''
as $$
declare
    post public.social_posts;
begin
    perform from private.jobs j join public.operations o on o.id = j.id
    where o.subject_id = own_post.post_id and o.kind = 'post.publish' for update of j;
    select * into post from public.social_posts p where p.id = own_post.post_id for no key update;
    if post.id is null or not private.may(post.organization_id, minimum_role, scope,
        private.environment_of('account', post.account_id)) then
        perform private.refuse(404, 'post_not_found', 'There is no such post of yours.', 'post_id');
    end if;
    return post;
end
$$;

create function private.account_of(post public.social_posts) returns public.social_media_accounts
language sql stable security definer set search_path = ''
as $$ select a.* from public.social_media_accounts a where a.id = post.account_id $$;

-- The newest operation that publishes, or has published, a post.
create function private.publishing_of(post public.social_posts) returns public.operations
language sql security definer set search_path = ''
as $$
    select o.* from public.operations o where o.subject_id = post.id and o.kind = 'post.publish'
    order by o.created_at desc, o.id desc limit 1 for no key update
$$;

-- What a post says, by the arguments' names.
create function private.content_of(post public.social_posts) returns jsonb
language sql immutable set search_path = ''
as $$
    select private.without_nulls(jsonb_build_object('text', post.text, 'media', private.media_as_given(post.media), 'link', post.link,
        'format', post.format, 'first_comment', post.first_comment))
$$;

-- `changes` are by the arguments' names, without nulls; an empty link or comment takes it away.
create function private.update_post(post_id uuid, changes jsonb) returns public.social_posts
language plpgsql security definer set search_path = ''
as $$
declare
    post public.social_posts := private.own_post(post_id);
    account constant public.social_media_accounts := private.account_of(post);
    content jsonb;
    edited public.social_posts;
    job_id constant uuid := (select j.id from private.jobs j join public.operations o on o.id = j.id
        where o.subject_id = post.id and o.kind = 'post.publish' and j.claim_id is null and not j.outcome_unknown);
    zone text;
    moment timestamptz;
begin
    if post.status not in ('draft', 'scheduled') or post.status = 'scheduled' and job_id is null then
        perform private.refuse(409, 'post_not_editable', format('A post that is %s cannot be changed like that.',
            case post.status when 'scheduled' then 'publishing' else post.status end), 'post_id');
    end if;
    perform private.check_account(account, 'post_id');
    content := private.content_of(post) || changes - 'scheduled_at' - 'time_zone';
    content := content - array(select key from jsonb_each(content) where key = 'link' and value = '{}'
        or key = 'first_comment' and value = '""');
    edited := jsonb_populate_record(null::public.social_posts, private.checked_post(content, '{}', account));
    zone := private.checked_zone(coalesce(changes ->> 'time_zone', post.time_zone), post.organization_id);
    moment := coalesce(private.checked_moment(changes ->> 'scheduled_at', zone), post.scheduled_at);
    delete from private.post_preparations r where r.post_id = post.id;
    update public.social_posts p
    set text = edited.text, media = case when changes ? 'media' then edited.media else p.media end, link = edited.link, format = edited.format,
        first_comment = edited.first_comment, scheduled_at = moment, problems = '[]',
        time_zone = case when moment is not null or changes ? 'time_zone' then zone end,
        status = case when p.status = 'scheduled' and moment <= now() then 'publishing' else p.status end
    where p.id = post.id
    returning p.* into post;
    update private.jobs j set run_at = moment where j.id = job_id and changes ? 'scheduled_at';
    perform private.plan_check(post);
    return post;
end
$$;

create function public.update_post(
    post_id uuid, text text default null, media jsonb default null, link jsonb default null, format text default null,
    first_comment text default null, scheduled_at text default null, time_zone text default null
) returns public.social_posts
language sql set search_path = ''
as $$
    select private.update_post(post_id, private.without_nulls(jsonb_build_object('text', text, 'media', media, 'link', link,
        'format', format, 'first_comment', first_comment, 'scheduled_at', scheduled_at, 'time_zone', time_zone)))
$$;
comment on function public.update_post is
'Changes a draft or a scheduled post; what is left out stays, an empty link or first comment is taken away.';

create function private.publish_draft(post_id uuid, scheduled_at text, time_zone text) returns public.social_posts
language plpgsql security definer set search_path = ''
as $$
declare
    post public.social_posts := private.own_post(post_id);
    account constant public.social_media_accounts := private.account_of(post);
    zone text;
    moment timestamptz;
begin
    if post.status <> 'draft' then
        perform private.refuse(409, 'post_not_draft', format('A post that is %s is no draft.', post.status), 'post_id');
    end if;
    perform private.check_account(account, 'post_id');
    perform private.checked_post(private.content_of(post), '{}', account);
    zone := private.checked_zone(coalesce(time_zone, post.time_zone), post.organization_id);
    moment := coalesce(private.checked_moment(scheduled_at, zone), post.scheduled_at);
    perform private.check_moment(moment);
    update public.social_posts p
    set scheduled_at = moment, time_zone = case when moment is not null then zone end
    where p.id = post.id
    returning p.* into post;
    return private.send_post(post, account.connection_id);
end
$$;

create function public.publish_draft(post_id uuid, scheduled_at text default null, time_zone text default null)
returns public.social_posts
language sql set search_path = ''
as $$ select private.publish_draft(post_id, scheduled_at, time_zone) $$;
comment on function public.publish_draft is
'Publishes a draft at a time, or at the time it has; at once when there is none.';

-- A post that no network has yet is called off with the operation that would publish it.
create function private.cancel_post(post_id uuid) returns public.social_posts
language plpgsql security definer set search_path = ''
as $$
declare
    post public.social_posts := private.own_post(post_id);
    operation constant public.operations := private.publishing_of(post);
begin
    if post.status = 'draft' then
        update public.social_posts p set status = 'cancelled' where p.id = post.id;
    elsif post.status not in ('scheduled', 'publishing', 'cancelled') then
        perform private.refuse(409, 'post_not_cancellable',
            format('A post that is %s cannot be cancelled.', post.status), 'post_id');
    elsif post.status <> 'cancelled' and operation.status = 'pending' then
        perform private.call_off_operation(operation);
    elsif post.status <> 'cancelled' then
        delete from private.dead_jobs d
        where d.id = operation.id and d.last_error ->> 'code' is distinct from 'outcome_unknown';
        if not found then
            perform private.refuse(409, 'post_not_cancellable',
                'Nobody knows whether the network has it: look there, and say so with resolve_post.', 'post_id');
        end if;
        perform private.abandon_post(operation);
    end if;
    select * into post from public.social_posts p where p.id = post.id;
    return post;
end
$$;

create function public.cancel_post(post_id uuid) returns public.social_posts
language sql set search_path = ''
as $$ select private.cancel_post(post_id) $$;
comment on function public.cancel_post is
'Calls off a draft or scheduled post; one that is being published is called off if it still can be.';

-- For abandon_subject: what an operation that was called off was about does not happen.
create function private.abandon_post(operation public.operations) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    case operation.kind
        when 'post.publish' then
            update public.social_posts p set status = 'cancelled'
            where p.id = operation.subject_id and p.status in ('scheduled', 'publishing');
            delete from private.post_preparations r where r.post_id = operation.subject_id;
            delete from private.jobs j
            where j.id = private.derived_id(operation.subject_id, 'check') and j.claim_id is null;
        when 'comment.create' then
            update public.social_comments c set status = 'deleted' where c.id = operation.subject_id and c.status = 'pending';
    end case;
end
$$;

grant execute on function
    private.update_post(uuid, jsonb), public.update_post(uuid, text, jsonb, jsonb, text, text, text, text),
    private.publish_draft(uuid, text, text), public.publish_draft(uuid, text, text),
    private.cancel_post(uuid), public.cancel_post(uuid)
to authenticated, service_role;
