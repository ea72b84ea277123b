-- How workers read a stream: a run is begun, goes on page by page, and ends. One that was cut off goes on where it was.

-- By the clock: a job for each stream that is due, unless it has one. Answers how many are new.
create function private.enqueue_due_syncs() returns integer
language plpgsql security definer set search_path = ''
as $$
begin
    delete from public.sync_runs r where r.id in (
        select o.id from public.sync_runs o where o.started_at < now() - interval '30 days' limit 1000);
    return (
        select count(*) filter (where private.plan_job(d.id, 'sync.run', d.organization_id))
        from (
            select s.id, s.organization_id
            from public.sync_streams s join public.integration_connections c on c.id = s.connection_id
            where s.enabled and s.next_run_at <= clock_timestamp() and c.status = 'active'
              and not exists (select from private.jobs j where j.id = s.id)
            order by s.next_run_at limit 1000
        ) d);
end
$$;

-- The stream with the run to go on with: the one that is under way, else a new one. Null: the stream is gone, or is not to
-- be read any more.
create function private.begin_sync(stream_id uuid) returns public.sync_streams
language plpgsql security definer set search_path = ''
as $$
declare
    own public.sync_streams;
begin
    select * into own from public.sync_streams s where s.id = begin_sync.stream_id for no key update;
    if own.status = 'running' then
        return own;
    elsif own.id is null or not own.enabled then
        return null;
    end if;
    update public.sync_streams s set
        status = 'running', run_id = private.uuid_v7(), run_started_at = clock_timestamp(), page_cursor = null,
        run_mode = case when s.since is null or s.next_full_at <= clock_timestamp() then 'full' else 'incremental' end::public.sync_mode,
        next_run_at = least(s.next_run_at, clock_timestamp()), pages = 0, read = 0, changed = 0, removed = 0, total = null
    where s.id = own.id
    returning s.* into own;
    insert into public.sync_runs (id, organization_id, stream_id, mode, started_at)
    values (own.run_id, own.organization_id, own.id, own.run_mode, own.run_started_at);
    return own;
end
$$;

-- In the transaction that keeps a page. False: this run has ended, or somebody else has kept the page; then nothing of it
-- may be kept.
create function private.advance_sync(
    stream_id uuid, run_id uuid, at_cursor text, next_cursor text, read integer, changed integer, total integer
) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
    update public.sync_streams s set
        page_cursor = next_cursor, pages = s.pages + 1, read = s.read + coalesce(advance_sync.read, 0),
        changed = s.changed + coalesce(advance_sync.changed, 0), total = coalesce(advance_sync.total, s.total)
    where s.id = advance_sync.stream_id and s.run_id = advance_sync.run_id and s.status = 'running'
      and s.page_cursor is not distinct from at_cursor;
    return found;
end
$$;

-- What a full run did not see is gone. Answers how much that was.
create function private.sweep_sync(stream public.sync_streams) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    gone integer;
begin
    case stream.stream
        when 'contacts' then
            -- What was pushed meanwhile may have come to stand on a page that had been read.
            delete from public.lead_links k
            where k.organization_id = stream.organization_id and k.connection_id = stream.connection_id
              and k.provider_contact_id is not null and k.seen_run is distinct from stream.run_id
              and k.status not in ('forget', 'forgotten')
              and greatest(k.pushed_at, k.pulled_at, k.created_at) < stream.run_started_at;
        when 'audiences' then
            update public.marketing_audiences a set removed_at = clock_timestamp()
            where a.connection_id = stream.connection_id and a.removed_at is null and a.seen_run is distinct from stream.run_id;
        when 'campaigns' then
            update public.marketing_campaigns c set removed_at = clock_timestamp()
            where c.connection_id = stream.connection_id and c.removed_at is null and c.seen_run is distinct from stream.run_id;
        when 'deals' then
            update public.marketing_deals d set removed_at = clock_timestamp()
            where d.connection_id = stream.connection_id and d.removed_at is null and d.seen_run is distinct from stream.run_id;
        else
            return 0;
    end case;
    get diagnostics gone = row_count;
    return gone;
end
$$;

-- False: this run has ended already. The watermark is set back a little, since clocks differ. A stream of which there was
-- news meanwhile is read again at once.
create function private.finish_sync(stream_id uuid, run_id uuid, error jsonb default null) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    own public.sync_streams;
    ended constant boolean := nullif(finish_sync.error, 'null') is null;
    gone integer := 0;
begin
    select * into own from public.sync_streams s
    where s.id = finish_sync.stream_id and s.run_id = finish_sync.run_id and s.status = 'running' for no key update;
    if own.id is null then
        return false;
    end if;
    if ended and own.run_mode = 'full' then
        gone := private.sweep_sync(own);
    end if;
    update public.sync_streams s set
        status = case when ended then 'idle' else 'failed' end::public.sync_status, page_cursor = null, removed = gone,
        last_error = nullif(finish_sync.error, 'null'),
        last_finished_at = case when ended then clock_timestamp() else s.last_finished_at end,
        since = case when ended then s.run_started_at - interval '2 minutes' else s.since end,
        next_full_at = case when not ended or s.run_mode = 'incremental' then s.next_full_at
            when s.next_full_at > s.run_started_at then s.next_full_at
            when s.full_every_hours is not null then clock_timestamp() + make_interval(hours => s.full_every_hours) end,
        next_run_at = case when s.next_run_at > s.run_started_at then s.next_run_at
            else clock_timestamp() + make_interval(mins => s.every_minutes) end
    where s.id = own.id;
    update public.sync_runs r set status = case when ended then 'finished' else 'failed' end, pages = own.pages, read = own.read,
        changed = own.changed, removed = gone, error = nullif(finish_sync.error, 'null'), finished_at = clock_timestamp()
    where r.id = own.run_id;
    return true;
end
$$;

-- For webhooks: something of it has changed. Says whether it is read at all.
create function private.stream_has_news(connection_id uuid, stream text) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
    update public.sync_streams s set next_run_at = clock_timestamp()
    where s.connection_id = stream_has_news.connection_id and s.stream = stream_has_news.stream and s.enabled;
    return found;
end
$$;

-- A job that was given up ends its run: the next one begins after its time.
create function private.end_dead_sync() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.finish_sync(s.id, s.run_id,
        coalesce(new.last_error, jsonb_build_object('code', 'given_up', 'message', 'It was given up.')))
    from public.sync_streams s where s.id = new.id;
    return null;
end
$$;
create trigger dead_jobs_end_sync after insert or update on private.dead_jobs
for each row when (new.kind = 'sync.run') execute function private.end_dead_sync();

grant execute on function
    private.enqueue_due_syncs(), private.begin_sync(uuid),
    private.advance_sync(uuid, uuid, text, text, integer, integer, integer), private.finish_sync(uuid, uuid, jsonb),
    private.stream_has_news(uuid, text)
to wasl_worker;
