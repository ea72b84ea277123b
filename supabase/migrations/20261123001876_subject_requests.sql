-- What people ask about their data, and what has to be done for it: one step for each place, each taken once. Tables.

create type public.subject_request_kind as enum
    ('access', 'portability', 'correction', 'restriction', 'objection', 'erasure');
comment on type public.subject_request_kind is
'Federal Decree-Law 45/2021: access Art. 13, portability 14, correction and erasure 15, restriction 16, objection to marketing 17.';
create type public.subject_request_status as enum ('received', 'in_progress', 'awaiting_person', 'completed', 'refused');
comment on type public.subject_request_status is 'awaiting_person: all that a machine can do is done, and somebody has to do the rest.';
create type public.subject_step_status as enum ('pending', 'done', 'by_person', 'kept');
comment on type public.subject_step_status is 'by_person: somebody has to do it and say so by complete_subject_step; kept: a law or a hold wants all of it kept.';

create table public.data_subject_requests (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    kind public.subject_request_kind not null,
    status public.subject_request_status not null default 'received',
    jurisdiction text not null,
    subject_indexes bytea[] not null,
    lead_id uuid,
    received_at timestamptz not null,
    due_at timestamptz not null,
    extended_at timestamptz,
    identity_check text,
    note text,
    reason text,
    archive_path text,
    archive_expires_at timestamptz,
    certificate jsonb,
    certificate_sha256 text,
    created_by text not null,
    created_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    unique (organization_id, id),
    check ((finished_at is null) = (status not in ('completed', 'refused')))
);
comment on table public.data_subject_requests is 'What people asked to know, have corrected, restricted or erased. Who it was is sealed: subject_request_identity tells.';
comment on column public.data_subject_requests.jurisdiction is 'By whose deadlines.';
comment on column public.data_subject_requests.subject_indexes is 'Keyed hashes of the e-mail and phone: the same person again has the same.';
comment on column public.data_subject_requests.lead_id is 'The lead that was named, if one was.';
comment on column public.data_subject_requests.due_at is 'Until when the law wants an answer.';
comment on column public.data_subject_requests.extended_at is 'When the person was told that it takes longer.';
comment on column public.data_subject_requests.identity_check is 'How it was made sure that it is the person who asks.';
comment on column public.data_subject_requests.note is 'Whatever helps; no address.';
comment on column public.data_subject_requests.reason is 'Why it was refused, or takes longer.';
comment on column public.data_subject_requests.archive_path is 'Where the copy for the person lies: link_subject_archive leads there.';
comment on column public.data_subject_requests.archive_expires_at is 'When that copy is emptied.';
comment on column public.data_subject_requests.certificate is 'What was done: {request_id, kind, steps: [{place, action, status, rows, kept, note, finished_at}], …}.';
comment on column public.data_subject_requests.certificate_sha256 is 'Of the certificate''s text; it stands in the audit log too.';
create index data_subject_requests_by_organization on public.data_subject_requests (organization_id, received_at desc);
create index data_subject_requests_by_subject on public.data_subject_requests using gin (subject_indexes);
create index data_subject_requests_open on public.data_subject_requests (due_at) where finished_at is null;

create table public.data_subject_steps (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    request_id uuid not null,
    position integer not null,
    place text not null,
    connection_id uuid,
    action text not null check (action in ('erase', 'empty_files', 'collect', 'correct', 'restrict', 'object', 'tell_tool')),
    status public.subject_step_status not null default 'pending',
    rows bigint not null default 0,
    kept bigint not null default 0,
    note text,
    completed_by text,
    finished_at timestamptz,
    unique (request_id, position),
    foreign key (organization_id, request_id) references public.data_subject_requests (organization_id, id) on delete cascade
);
comment on table public.data_subject_steps is 'What a request takes, place by place.';
comment on column public.data_subject_steps.request_id is 'The request that it belongs to.';
comment on column public.data_subject_steps.position is 'In this order.';
comment on column public.data_subject_steps.place is 'A table such as public.leads, files, archive, or provider:<key>.';
comment on column public.data_subject_steps.connection_id is 'At the provider.';
comment on column public.data_subject_steps.action is 'tell_tool: the tool takes it over as it takes any change of a lead.';
comment on column public.data_subject_steps.rows is 'How many rows it was about.';
comment on column public.data_subject_steps.kept is 'How many of the person''s rows had to stay.';
comment on column public.data_subject_steps.note is 'Why they stay, or what somebody did.';
comment on column public.data_subject_steps.completed_by is 'user:<id>, api_key:<id>, service or worker.';
create index data_subject_steps_by_request on public.data_subject_steps (organization_id, request_id, position);

create table private.subject_identities (
    request_id uuid primary key references public.data_subject_requests (id) on delete cascade,
    sealed bytea not null
);
comment on table private.subject_identities is '{email, phone, changes} of a request, sealed by its own key.';
alter table private.subject_identities enable row level security;

create table private.subject_records (
    request_id uuid not null references public.data_subject_requests (id) on delete cascade,
    record_type text not null,
    record_id uuid not null,
    primary key (request_id, record_type, record_id)
);
comment on table private.subject_records is 'What was found to be about the person of a request, while that is carried out.';
alter table private.subject_records enable row level security;

create table private.erased_subjects (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    subject_index bytea not null,
    erased_at timestamptz not null default clock_timestamp(),
    primary key (organization_id, subject_index)
);
comment on table private.erased_subjects is 'Who was erased, by a keyed hash: a backup that is restored is erased anew.';
alter table private.erased_subjects enable row level security;

create table private.restricted_subjects (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    subject_index bytea not null,
    restricted_at timestamptz not null default clock_timestamp(),
    primary key (organization_id, subject_index)
);
comment on table private.restricted_subjects is 'Whose processing is restricted, by a keyed hash: whoever leaves the same address again is so from the first.';
alter table private.restricted_subjects enable row level security;

alter table public.data_subject_requests enable row level security;
alter table public.data_subject_steps enable row level security;
create policy "members read subject requests" on public.data_subject_requests for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'privacy:read'))));
create policy "members read subject steps" on public.data_subject_steps for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'privacy:read'))));
grant select on public.data_subject_requests, public.data_subject_steps to authenticated, service_role, wasl_worker;
