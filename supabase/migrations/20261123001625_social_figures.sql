-- How posts and accounts do: when each is counted next, what was counted, and what people say below posts. What goes through
-- many posts does so by index, also while statistics lag behind.

-- The next look at a post after a moment; null: it is old enough to be left alone.
create function private.next_post_look(published_at timestamptz, after timestamptz) returns timestamptz
language sql immutable set search_path = ''
as $$
    select min(published_at + step)
    from unnest(array['15 minutes', '1 hour', '3 hours', '6 hours', '12 hours', '24 hours', '2 days', '3 days', '5 days',
        '7 days', '14 days', '30 days', '60 days', '90 days']::interval[]) step
    where published_at + step > after
$$;

-- Has a published post counted at its time, where its network can be asked; `at_once` also now.
create function private.plan_post_look(post public.social_posts, at_once boolean default false) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    next_at timestamptz := private.next_post_look(post.published_at, clock_timestamp());
begin
    if next_at is null or post.status <> 'published' or not exists (
        select from public.social_media_accounts a
        join public.integration_connections c on c.id = a.connection_id and c.status <> 'disconnected'
        join public.integration_providers p on p.key = c.provider_key
            and 'measures_posts' = any (p.capabilities)
        where a.id = post.account_id) then
        delete from private.post_looks l where l.post_id = post.id;
        return;
    end if;
    insert into private.post_looks as l (post_id, due_at) values (post.id, case when at_once then now() else next_at end)
    on conflict on constraint post_looks_pkey do update set due_at = excluded.due_at;
end
$$;

-- What was counted of posts, [{post_id, found, views, reach, reactions, comments, shares, clicks, saves, video_views,
-- reactions_by_type}]; what is null is not told. One that is not found is gone. Answers how many have changed.
create function private.apply_engagement(measures jsonb) returns integer
language plpgsql security definer set search_path = '' set enable_seqscan = off
as $$
declare
    each record;
    post public.social_posts;
    figures jsonb;
    changed integer := 0;
begin
    -- In one order, so that two rounds never wait for each other.
    for each in
        select (m ->> 'post_id')::uuid as post_id, coalesce((m ->> 'found')::boolean, true) as found_there,
            private.without_nulls(m - array['post_id', 'found', 'provider_post_id']) as told
        from jsonb_array_elements(measures) m order by 1
    loop
        if not each.found_there then
            changed := changed
                + (private.apply_post_news(each.post_id, '{"status": "deleted"}', 'poll', null) = 'applied')::integer;
            continue;
        end if;
        select * into post from public.social_posts p where p.id = each.post_id and p.status = 'published' for no key update;
        continue when not found;
        figures := post.engagement || case when each.told -> 'reactions_by_type' = '{}'
            then each.told - 'reactions_by_type' else each.told end;
        changed := changed + (figures <> post.engagement)::integer;
        update public.social_posts p set engagement = figures, measured_at = clock_timestamp() where p.id = post.id;
        if figures <> post.engagement or figures <> '{}' and not exists (
            select from public.social_engagement e
            where e.post_id = post.id and e.taken_at > clock_timestamp() - interval '1 day') then
            insert into public.social_engagement
            select f.* from jsonb_populate_record(null::public.social_engagement, figures || jsonb_build_object(
                'organization_id', post.organization_id, 'post_id', post.id, 'taken_at', clock_timestamp())) f;
        end if;
        perform private.plan_post_look(post);
    end loop;
    return changed;
end
$$;

-- By the clock: one job for as many posts of an account as its network takes in one call. When each is due again is decided
-- before it is counted, so that a worker that dies costs one look and no more. Answers how many jobs are new.
create function private.enqueue_due_posts() returns integer
language plpgsql security definer set search_path = '' set enable_seqscan = off
as $$
declare
    enqueued integer;
begin
    with due as materialized (
        select l.post_id, p.account_id, p.organization_id, p.published_at, a.connection_id,
            p.status = 'published' and a.removed_at is null and c.status in ('active', 'needs_attention')
                and 'measures_posts' = any (n.capabilities) as reachable,
            greatest((n.social ->> 'measure_batch')::integer, 1) as batch
        from private.post_looks l
        join public.social_posts p on p.id = l.post_id
        join public.social_media_accounts a on a.id = p.account_id
        join public.integration_connections c on c.id = a.connection_id
        join public.integration_providers n on n.key = c.provider_key
        where l.due_at <= now()
        order by l.due_at
        limit 5000
        for update of l skip locked
    ),
    ended as (
        -- Nobody has answered to the last look.
        delete from private.post_looks l using due d
        where l.post_id = d.post_id and d.published_at < now() - interval '93 days'
          and (l.asked_at is null or l.asked_at < now() - interval '1 day')
        returning l.post_id
    ),
    moved as (
        update private.post_looks l
        set looks = l.looks + 1, due_at = coalesce(private.next_post_look(d.published_at, now()), now() + interval '1 day')
        from due d where l.post_id = d.post_id and d.post_id not in (select e.post_id from ended e)
        returning l.post_id
    ),
    numbered as (
        select d.*, (row_number() over (partition by d.account_id order by d.post_id) - 1) / d.batch as part
        from due d join moved m on m.post_id = d.post_id
        where d.reachable
    )
    insert into private.jobs (id, kind, organization_id, payload, priority, max_attempts)
    select private.uuid_v7(), 'post.measure', n.organization_id, jsonb_build_object('connection_id', n.connection_id,
        'account_id', n.account_id, 'post_ids', jsonb_agg(n.post_id order by n.post_id)), 5, 3
    from numbered n
    group by n.organization_id, n.connection_id, n.account_id, n.part;
    get diagnostics enqueued = row_count;
    return enqueued;
end
$$;

-- A webhook's hint: the post is looked at soon, at most once a minute. False: it is none of ours.
create function private.post_has_news(connection_id uuid, provider_account_id text, provider_post_id text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    post public.social_posts;
    soon timestamptz;
begin
    select p.* into post
    from public.social_media_accounts a join public.social_posts p on p.account_id = a.id
    where a.connection_id = post_has_news.connection_id
      and (post_has_news.provider_account_id is null or a.provider_account_id = post_has_news.provider_account_id)
      and p.provider_post_id = post_has_news.provider_post_id and p.status = 'published';
    if post.id is null then
        return false;
    end if;
    soon := greatest(now(), post.measured_at + interval '1 minute');
    insert into private.post_looks as l (post_id, due_at) values (post.id, soon)
    on conflict on constraint post_looks_pkey do update set due_at = excluded.due_at where l.due_at > excluded.due_at;
    return true;
end
$$;

-- By the clock: has each enabled account measured once a day. Answers how many jobs are new.
create function private.enqueue_due_accounts() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    enqueued integer;
begin
    with due as materialized (
        select a.id, a.organization_id, a.connection_id
        from public.social_media_accounts a
        join public.integration_connections c on c.id = a.connection_id and c.status in ('active', 'needs_attention')
        join public.integration_providers p on p.key = c.provider_key
            and 'measures_accounts' = any (p.capabilities)
        left join private.account_looks l on l.account_id = a.id
        where a.enabled and (l.due_at is null or l.due_at <= now())
        order by l.due_at nulls first limit 1000
    ),
    moved as (
        -- Whoever comes second finds it moved already.
        insert into private.account_looks as l (account_id, due_at)
        select d.id, now() + interval '1 day' from due d order by d.id
        on conflict on constraint account_looks_pkey do update set due_at = excluded.due_at where l.due_at <= now()
        returning l.account_id
    )
    select count(*) filter (where private.plan_job(private.derived_id(d.id, 'measure'), 'account.measure',
        d.organization_id, jsonb_build_object('connection_id', d.connection_id, 'account_id', d.id), 5, 3))
    into enqueued
    from due d join moved m on m.account_id = d.id;
    return enqueued;
end
$$;

-- An account's figures of a day, {day, followers, reach, views, engagements}; what is null is not told.
create function private.apply_account_metrics(account_id uuid, metrics jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    told constant public.social_account_metrics := jsonb_populate_record(null::public.social_account_metrics, metrics);
begin
    update public.social_media_accounts a set followers = coalesce(told.followers, a.followers)
    where a.id = apply_account_metrics.account_id;
    insert into public.social_account_metrics as m (organization_id, account_id, day, followers, reach, views, engagements)
    select a.organization_id, a.id, told.day, told.followers, told.reach, told.views, told.engagements
    from public.social_media_accounts a where a.id = apply_account_metrics.account_id
    on conflict on constraint social_account_metrics_pkey do update
    set followers = coalesce(excluded.followers, m.followers), reach = coalesce(excluded.reach, m.reach),
        views = coalesce(excluded.views, m.views), engagements = coalesce(excluded.engagements, m.engagements),
        taken_at = excluded.taken_at;
end
$$;

grant execute on function
    private.apply_engagement(jsonb), private.enqueue_due_posts(), private.post_has_news(uuid, text, text),
    private.enqueue_due_accounts(), private.apply_account_metrics(uuid, jsonb)
to wasl_worker;
