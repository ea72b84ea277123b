-- What providers' status pages say.

-- name: watched
-- A page is about the provider's live systems, so one without a live connection matters to nobody.
select c.provider_key, s.etag
from (
    select distinct i.provider_key from public.integration_connections i
    where i.environment = 'live' and i.status in ('active', 'needs_attention') and i.provider_key = any (%(providers)s)
) c
left join public.provider_status s on s.provider_key = c.provider_key

-- name: keep
insert into public.provider_status as s (provider_key, indicator, description, incidents, read_at, etag)
values (%(provider)s, %(indicator)s::public.page_indicator, %(description)s, %(incidents)s, now(), %(etag)s)
on conflict (provider_key) do update
set indicator = excluded.indicator, description = excluded.description, incidents = excluded.incidents,
    changed_at = case when s.indicator <> excluded.indicator then now() else s.changed_at end,
    read_at = now(), tried_at = now(), error = null, etag = excluded.etag

-- name: note_unchanged
update public.provider_status s set read_at = now(), tried_at = now(), error = null where s.provider_key = %(provider)s

-- name: note_failure
-- What was read before stands for an hour.
insert into public.provider_status as s (provider_key, indicator, description, error)
values (%(provider)s, 'unknown', 'The page could not be read.', %(reason)s)
on conflict (provider_key) do update
set tried_at = now(), error = excluded.error,
    indicator = case when s.read_at > now() - interval '1 hour' then s.indicator else 'unknown' end,
    changed_at = case when s.indicator <> 'unknown' and s.read_at <= now() - interval '1 hour' then now() else s.changed_at end,
    description = case when s.read_at > now() - interval '1 hour' then s.description else excluded.description end,
    incidents = case when s.read_at > now() - interval '1 hour' then s.incidents else '[]' end,
    etag = case when s.read_at > now() - interval '1 hour' then s.etag end

-- name: follow
-- Opens, moves and closes the incidents of the provider's live connections; to do so again changes nothing.
select private.follow_status_page(%(provider)s)
