-- What marketing tools keep beside contacts, as they last told it: audiences, campaigns and how they do, deals.

create table public.marketing_audiences (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    connection_id uuid not null,
    provider_audience_id text not null,
    name text not null,
    members bigint,
    provider_updated_at timestamptz,
    removed_at timestamptz,
    seen_run uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (connection_id, provider_audience_id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.marketing_audiences is 'Lists of contacts that campaigns go to.';
comment on column public.marketing_audiences.provider_audience_id is 'The tool''s own id.';
comment on column public.marketing_audiences.members is 'How many contacts it has, if the tool says.';
comment on column public.marketing_audiences.provider_updated_at is 'When it last changed, by the tool''s clock.';
comment on column public.marketing_audiences.removed_at is 'When it was found to be gone.';
comment on column public.marketing_audiences.seen_run is 'The read that last had it.';
create index marketing_audiences_by_connection on public.marketing_audiences (organization_id, connection_id);

create table public.marketing_campaigns (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    connection_id uuid not null,
    provider_campaign_id text not null,
    name text not null,
    status text not null,
    provider_status text not null,
    subject text,
    audience_id text,
    sent_at timestamptz,
    provider_updated_at timestamptz,
    recipients bigint,
    opens bigint,
    unique_opens bigint,
    clicks bigint,
    unique_clicks bigint,
    bounces bigint,
    unsubscribes bigint,
    complaints bigint,
    revenue public.money_amount,
    revenue_currency text references private.currencies (code),
    removed_at timestamptz,
    seen_run uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    unique (connection_id, provider_campaign_id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.marketing_campaigns is 'Campaigns and how they do. What the tool does not tell is null, never 0.';
comment on column public.marketing_campaigns.provider_campaign_id is 'The tool''s own id.';
comment on column public.marketing_campaigns.status is 'In Wasl''s words: draft, scheduled, sending, sent, paused, cancelled.';
comment on column public.marketing_campaigns.provider_status is 'In the tool''s words.';
comment on column public.marketing_campaigns.subject is 'Of its mail.';
comment on column public.marketing_campaigns.audience_id is 'Whom it goes to, by the tool''s own id.';
comment on column public.marketing_campaigns.sent_at is 'When it was sent.';
comment on column public.marketing_campaigns.provider_updated_at is 'When it last changed, by the tool''s clock.';
comment on column public.marketing_campaigns.recipients is 'To how many it went.';
comment on column public.marketing_campaigns.opens is 'How often it was opened; unique_opens by how many. Likewise clicks.';
comment on column public.marketing_campaigns.unique_opens is 'By how many it was opened.';
comment on column public.marketing_campaigns.clicks is 'How often a link was followed.';
comment on column public.marketing_campaigns.unique_clicks is 'By how many one was followed.';
comment on column public.marketing_campaigns.bounces is 'How many addresses did not take it.';
comment on column public.marketing_campaigns.unsubscribes is 'How many wanted no more after it.';
comment on column public.marketing_campaigns.complaints is 'How many called it spam.';
comment on column public.marketing_campaigns.revenue is 'What was bought by it, in revenue_currency.';
comment on column public.marketing_campaigns.revenue_currency is 'ISO 4217.';
comment on column public.marketing_campaigns.removed_at is 'When it was found to be gone.';
comment on column public.marketing_campaigns.seen_run is 'The read that last had it.';
create index marketing_campaigns_by_connection on public.marketing_campaigns (organization_id, connection_id, sent_at desc);
create index marketing_campaigns_by_currency on public.marketing_campaigns (revenue_currency);

create table public.marketing_campaign_figures (
    organization_id uuid not null,
    campaign_id uuid not null,
    day date not null,
    recipients bigint,
    opens bigint,
    unique_opens bigint,
    clicks bigint,
    unique_clicks bigint,
    bounces bigint,
    unsubscribes bigint,
    complaints bigint,
    revenue public.money_amount,
    primary key (campaign_id, day),
    foreign key (organization_id, campaign_id) references public.marketing_campaigns (organization_id, id) on delete cascade
);
comment on table public.marketing_campaign_figures is 'How campaigns stood at the end of each day, or last stood on it; a day without news has no line.';
comment on column public.marketing_campaign_figures.campaign_id is 'Whose figures they are.';
comment on column public.marketing_campaign_figures.day is 'In UTC.';
comment on column public.marketing_campaign_figures.recipients is 'Since the campaign began, as all the others; as in marketing_campaigns.';
comment on column public.marketing_campaign_figures.opens is 'As in marketing_campaigns.';
comment on column public.marketing_campaign_figures.unique_opens is 'As in marketing_campaigns.';
comment on column public.marketing_campaign_figures.clicks is 'As in marketing_campaigns.';
comment on column public.marketing_campaign_figures.unique_clicks is 'As in marketing_campaigns.';
comment on column public.marketing_campaign_figures.bounces is 'As in marketing_campaigns.';
comment on column public.marketing_campaign_figures.unsubscribes is 'As in marketing_campaigns.';
comment on column public.marketing_campaign_figures.complaints is 'As in marketing_campaigns.';
comment on column public.marketing_campaign_figures.revenue is 'In the campaign''s revenue_currency.';
create index marketing_campaign_figures_by_campaign on public.marketing_campaign_figures (organization_id, campaign_id, day desc);

create table public.marketing_deals (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    connection_id uuid not null,
    provider_deal_id text not null,
    name text not null,
    reference text,
    amount public.money_amount,
    currency text references private.currencies (code),
    stage text,
    pipeline text,
    is_closed boolean,
    is_won boolean,
    contact_ids text[] not null default '{}',
    provider_updated_at timestamptz,
    removed_at timestamptz,
    seen_run uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (connection_id, provider_deal_id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.marketing_deals is 'Deals, as tools that keep them have them.';
comment on column public.marketing_deals.provider_deal_id is 'The tool''s own id.';
comment on column public.marketing_deals.reference is 'The hub''s own, of deals that it made there.';
comment on column public.marketing_deals.stage is 'How far it is, in the tool''s words.';
comment on column public.marketing_deals.pipeline is 'Which stages there are for it, by the tool''s name.';
comment on column public.marketing_deals.is_closed is 'Whether it has come to an end; is_won: to a good one. Null where the tool does not tell.';
comment on column public.marketing_deals.is_won is 'Whether it was won.';
comment on column public.marketing_deals.contact_ids is 'With whom, by the tool''s own ids.';
comment on column public.marketing_deals.provider_updated_at is 'When it last changed, by the tool''s clock.';
comment on column public.marketing_deals.removed_at is 'When it was found to be gone.';
comment on column public.marketing_deals.seen_run is 'The read that last had it.';
create index marketing_deals_by_connection on public.marketing_deals (organization_id, connection_id, created_at desc);
create index marketing_deals_by_reference on public.marketing_deals (organization_id, reference);
create index marketing_deals_by_currency on public.marketing_deals (currency);

alter table public.marketing_audiences enable row level security;
alter table public.marketing_campaigns enable row level security;
alter table public.marketing_campaign_figures enable row level security;
alter table public.marketing_deals enable row level security;
create policy "members read audiences" on public.marketing_audiences for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
create policy "members read campaigns" on public.marketing_campaigns for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
create policy "members read figures" on public.marketing_campaign_figures for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
create policy "members read deals" on public.marketing_deals for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
grant select on public.marketing_audiences, public.marketing_campaigns, public.marketing_campaign_figures,
    public.marketing_deals
to authenticated, service_role, wasl_worker;
