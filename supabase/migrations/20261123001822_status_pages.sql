-- What providers say of themselves on their status pages: a second source, shown beside our own checks.

create type public.page_indicator as enum ('unknown', 'none', 'maintenance', 'minor', 'major', 'critical');
comment on type public.page_indicator is 'In rising order of trouble. unknown: the page could not be read.';

create table public.provider_status (
    provider_key text primary key references public.integration_providers (key) on delete cascade,
    indicator public.page_indicator not null,
    description text not null,
    incidents jsonb not null default '[]'::jsonb check (jsonb_typeof(incidents) = 'array'),
    changed_at timestamptz not null default now(),
    read_at timestamptz,
    tried_at timestamptz not null default now(),
    error text,
    etag text
);
comment on table public.provider_status is 'What the status page of each provider says, for those that can be read by machines.';
comment on column public.provider_status.indicator is 'How bad it is, in the page''s own words for the whole of it.';
comment on column public.provider_status.incidents is '[{id, name, status, impact, url, started_at, updated_at}]: what the page says is going on.';
comment on column public.provider_status.changed_at is 'When the indicator changed.';
comment on column public.provider_status.read_at is 'When the page was last read.';
comment on column public.provider_status.tried_at is 'When reading it was last tried.';
comment on column public.provider_status.error is 'Why the last try failed; what was read before stands.';
comment on column public.provider_status.etag is 'Of the page as it was last read, so that an unchanged one is not sent again.';
alter table public.provider_status enable row level security;
create policy "everybody signed in reads status pages" on public.provider_status for select to authenticated
using (true);
grant select on public.provider_status to authenticated, service_role;
grant select, insert, update on public.provider_status to wasl_worker;
