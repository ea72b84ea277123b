-- Accounts at social networks, what is published on them, what people say to it, and how it does.

create table public.social_media_accounts (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null,
    connection_id uuid not null,
    provider_account_id text not null,
    kind text not null check (kind in ('page', 'business', 'organization', 'member')),
    name text not null,
    handle text,
    picture_url text,
    enabled boolean not null default false,
    can_publish boolean not null default true,
    followers bigint check (followers >= 0),
    refreshed_at timestamptz,
    posts_synced_at timestamptz,
    removed_at timestamptz,
    created_at timestamptz not null default now(),
    unique (organization_id, id),
    unique (connection_id, provider_account_id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade,
    check (removed_at is null or not enabled)
);
comment on table public.social_media_accounts is 'Pages and profiles that a connection''s login may work with.';
comment on column public.social_media_accounts.provider_account_id is 'The network''s own id.';
comment on column public.social_media_accounts.enabled is 'Whether the hub works with it: chosen after the consent, by choose_accounts.';
comment on column public.social_media_accounts.can_publish is 'Whether the login''s role at the network lets it post.';
comment on column public.social_media_accounts.refreshed_at is 'When name, picture and followers were last looked up.';
comment on column public.social_media_accounts.posts_synced_at is 'When its posts were last read from the network.';
comment on column public.social_media_accounts.removed_at is 'Since when the login cannot reach it any more.';
create trigger social_media_accounts_audit after update on public.social_media_accounts
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('social_media_account', 'id');
create index social_media_accounts_by_connection on public.social_media_accounts (organization_id, connection_id);

-- Through a connection that has been cut off nothing is published any more.
create function private.switch_accounts_off() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    update public.social_media_accounts a set enabled = false
    where a.organization_id = new.organization_id and a.connection_id = new.id and a.enabled;
    return null;
end
$$;
create trigger integration_connections_accounts after update of status on public.integration_connections
for each row when (new.status = 'disconnected' and old.status <> 'disconnected') execute function private.switch_accounts_off();

create type public.post_status as enum
    ('draft', 'scheduled', 'publishing', 'published', 'failed', 'cancelled', 'deleted');
comment on type public.post_status is
'publishing: a worker has it, or will at once; cancelled: it was never published; deleted: it is not at the network any more.';

create table public.social_posts (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    account_id uuid not null,
    group_id uuid not null default private.uuid_v7(),
    status public.post_status not null default 'draft',
    format text not null default 'post' check (format in ('post', 'reel', 'story')),
    text text not null default '',
    media jsonb not null default '[]'::jsonb check (jsonb_typeof(media) = 'array'),
    link jsonb check (jsonb_typeof(link) = 'object'),
    first_comment text,
    scheduled_at timestamptz,
    time_zone text,
    published_at timestamptz,
    provider_post_id text,
    permalink text,
    engagement jsonb not null default '{}'::jsonb check (jsonb_typeof(engagement) = 'object'),
    measured_at timestamptz,
    problems jsonb not null default '[]'::jsonb check (jsonb_typeof(problems) = 'array'),
    failure jsonb,
    origin text not null default 'hub' check (origin in ('hub', 'network')),
    edited_at timestamptz,
    deleted_at timestamptz,
    created_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    foreign key (organization_id, account_id) references public.social_media_accounts (organization_id, id) on delete cascade
);
comment on table public.social_posts is 'One post on one account; posts made together share group_id.';
comment on column public.social_posts.group_id is 'Shared by posts that were made together.';
comment on column public.social_posts.format is 'In which form the network shows it: post, reel or story.';
comment on column public.social_posts.text is 'This account''s variant of the text.';
comment on column public.social_posts.media is '[{url, kind (image or video), alt_text}], in their order; with what workers found out about the files.';
comment on column public.social_posts.link is '{url, title, description}: the page it leads to.';
comment on column public.social_posts.first_comment is 'What the account says below it, once it is published.';
comment on column public.social_posts.scheduled_at is 'When it is to be published; null: at once.';
comment on column public.social_posts.time_zone is 'IANA name of the zone in which that time was chosen.';
comment on column public.social_posts.permalink is 'Where people see it.';
comment on column public.social_posts.engagement is
'{views, reach, reactions, comments, shares, clicks, saves, video_views, reactions_by_type} as last counted; what the network does not tell is missing.';
comment on column public.social_posts.measured_at is 'When that was counted.';
comment on column public.social_posts.problems is '[{field, code, message}]: why the network would not take it, found before its time.';
comment on column public.social_posts.failure is '{code, message} of what went wrong.';
comment on column public.social_posts.origin is 'hub: made here; network: found at the network.';
comment on column public.social_posts.edited_at is 'When its text was changed after it was published.';
comment on column public.social_posts.deleted_at is 'When it was deleted, or was found to be gone.';
comment on column public.social_posts.created_by is 'user:<id>, api_key:<id> or service; worker for those found at the network.';
create index social_posts_by_organization on public.social_posts (organization_id, created_at desc);
create index social_posts_by_account on public.social_posts (organization_id, account_id, created_at desc);
create index social_posts_by_group on public.social_posts (group_id);
create index social_posts_by_time on public.social_posts (organization_id, scheduled_at) where scheduled_at is not null;
create unique index social_posts_by_provider_id on public.social_posts (account_id, provider_post_id)
where provider_post_id is not null;
create trigger social_posts_touch before update on public.social_posts
for each row execute function private.touch_updated_at();

create type public.comment_status as enum ('seen', 'pending', 'published', 'failed', 'deleted');
comment on type public.comment_status is
'seen: of others; pending, published, failed: of our own; deleted: it is not at the network any more, or never was.';

create table public.social_comments (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    post_id uuid not null,
    provider_comment_id text,
    parent_id uuid references public.social_comments (id) on delete set null,
    provider_parent_id text,
    author_id text,
    author_name text,
    text text not null,
    is_ours boolean not null default false,
    is_hidden boolean not null default false,
    is_first boolean not null default false,
    likes bigint check (likes >= 0),
    status public.comment_status not null,
    failure jsonb,
    commented_at timestamptz,
    created_by text not null,
    created_at timestamptz not null default now(),
    foreign key (organization_id, post_id) references public.social_posts (organization_id, id) on delete cascade
);
comment on table public.social_comments is 'What people say to posts, and what the accounts say themselves.';
comment on column public.social_comments.post_id is 'The post it stands below.';
comment on column public.social_comments.provider_comment_id is 'The network''s own id, once it has it.';
comment on column public.social_comments.parent_id is 'The comment it answers.';
comment on column public.social_comments.provider_parent_id is 'The network''s id of the comment it answers.';
comment on column public.social_comments.author_id is 'Who wrote it, by the network''s own id; null where it does not tell.';
comment on column public.social_comments.author_name is 'Who wrote it; null where the network does not tell.';
comment on column public.social_comments.text is 'What it says.';
comment on column public.social_comments.is_ours is 'Whether the account itself wrote it.';
comment on column public.social_comments.is_hidden is 'Whether it is hidden from others.';
comment on column public.social_comments.is_first is 'Whether it is the post''s first_comment.';
comment on column public.social_comments.likes is 'As last counted; null where the network does not tell.';
comment on column public.social_comments.failure is '{code, message} of what went wrong.';
comment on column public.social_comments.commented_at is 'When it was written, by the network''s clock.';
comment on column public.social_comments.created_by is 'user:<id>, api_key:<id> or service; worker for those found at the network.';
create index social_comments_by_organization on public.social_comments (organization_id, created_at desc);
create index social_comments_by_post on public.social_comments (organization_id, post_id, commented_at);
create index social_comments_by_parent on public.social_comments (parent_id);
create unique index social_comments_by_provider_id on public.social_comments (post_id, provider_comment_id)
where provider_comment_id is not null;
create unique index social_comments_one_first on public.social_comments (post_id) where is_first;

create table public.social_engagement (
    organization_id uuid not null,
    post_id uuid not null,
    taken_at timestamptz not null default clock_timestamp(),
    views bigint,
    reach bigint,
    reactions bigint,
    comments bigint,
    shares bigint,
    clicks bigint,
    saves bigint,
    video_views bigint,
    primary key (post_id, taken_at),
    foreign key (organization_id, post_id) references public.social_posts (organization_id, id) on delete cascade
);
comment on table public.social_engagement is
'How posts did over time: a line when a figure has changed, or a day has passed. Figures count from the beginning; null: not told.';
comment on column public.social_engagement.post_id is 'The post.';
comment on column public.social_engagement.taken_at is 'When it was counted.';
comment on column public.social_engagement.views is 'How often it was shown.';
comment on column public.social_engagement.reach is 'How many people saw it.';
comment on column public.social_engagement.reactions is 'Likes and their kin.';
comment on column public.social_engagement.comments is 'How many comments it has.';
comment on column public.social_engagement.shares is 'How often it was passed on.';
comment on column public.social_engagement.clicks is 'How often somebody followed it.';
comment on column public.social_engagement.saves is 'How often somebody kept it.';
comment on column public.social_engagement.video_views is 'How often its film was watched.';
create index social_engagement_by_organization on public.social_engagement (organization_id, post_id);

create table public.social_account_metrics (
    organization_id uuid not null,
    account_id uuid not null,
    day date not null,
    followers bigint,
    reach bigint,
    views bigint,
    engagements bigint,
    taken_at timestamptz not null default clock_timestamp(),
    primary key (account_id, day),
    foreign key (organization_id, account_id) references public.social_media_accounts (organization_id, id) on delete cascade
);
comment on table public.social_account_metrics is 'How accounts did, a line a day. Null: the network does not tell.';
comment on column public.social_account_metrics.day is 'The day that reach, views and engagements are of.';
comment on column public.social_account_metrics.reach is 'How many people saw something of it that day.';
comment on column public.social_account_metrics.views is 'How often something of it was shown that day.';
comment on column public.social_account_metrics.engagements is 'How often somebody reacted, commented, shared or clicked that day.';
comment on column public.social_account_metrics.taken_at is 'When it was last counted.';
create index social_account_metrics_by_organization on public.social_account_metrics (organization_id, account_id);

create table private.post_preparations (
    post_id uuid primary key references public.social_posts (id) on delete cascade,
    data jsonb not null check (jsonb_typeof(data) = 'object'),
    changed_at timestamptz not null default now()
);
comment on table private.post_preparations is
'How far posts have come before they are published: the network''s ids of files that are there already. Gone once they are.';
comment on column private.post_preparations.changed_at is 'Since when it has come no further.';
alter table private.post_preparations enable row level security;

create table private.post_looks (
    post_id uuid primary key references public.social_posts (id) on delete cascade,
    looks integer not null default 0,
    due_at timestamptz not null,
    asked_at timestamptz
);
comment on table private.post_looks is
'When each post is to be counted next, and when a client last asked for it. Rows leave when it is old or gone.';
create index post_looks_due on private.post_looks (due_at);
alter table private.post_looks enable row level security;

create table private.account_looks (
    account_id uuid primary key references public.social_media_accounts (id) on delete cascade,
    due_at timestamptz not null
);
comment on table private.account_looks is 'When each account that is enabled is to be measured next.';
alter table private.account_looks enable row level security;

alter table public.social_media_accounts enable row level security;
alter table public.social_posts enable row level security;
alter table public.social_comments enable row level security;
alter table public.social_engagement enable row level security;
alter table public.social_account_metrics enable row level security;
create policy "members read accounts" on public.social_media_accounts for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'social:read'))));
create policy "developers change accounts" on public.social_media_accounts for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'social:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'social:write'))));
create policy "members read posts" on public.social_posts for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'social:read'))));
create policy "members read comments" on public.social_comments for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'social:read'))));
create policy "members read engagement" on public.social_engagement for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'social:read'))));
create policy "members read account metrics" on public.social_account_metrics for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'social:read'))));
grant select, update (enabled) on public.social_media_accounts to authenticated;
grant select on public.social_posts, public.social_comments, public.social_engagement, public.social_account_metrics
to authenticated;
grant select on public.social_media_accounts, public.social_posts, public.social_comments, public.social_engagement,
    public.social_account_metrics
to service_role, wasl_worker;
grant select on private.post_preparations to wasl_worker;
