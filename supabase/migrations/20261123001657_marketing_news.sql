-- Pages of what marketing tools keep, as workers read them: what has changed is kept, and some of it told as an event.

create function private.money_in(amount text, currency text) returns numeric
language sql stable set search_path = ''
as $$ select coalesce(private.at_scale(amount::numeric, currency), amount::numeric) where amount::numeric between 0 and 999999999999 $$;

-- Answers how many have changed.
create function private.apply_audiences(connection_id uuid, run_id uuid, items jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    changed integer;
begin
    insert into public.marketing_audiences as a (organization_id, connection_id, provider_audience_id, name, members,
        provider_updated_at, seen_run)
    select distinct on (n.provider_audience_id) c.organization_id, c.id, n.provider_audience_id, n.name, n.members, n.updated_at,
        apply_audiences.run_id
    from public.integration_connections c, jsonb_to_recordset(items) as n
        (provider_audience_id text, name text, members bigint, updated_at timestamptz)
    where c.id = apply_audiences.connection_id
    order by n.provider_audience_id
    on conflict on constraint marketing_audiences_connection_id_provider_audience_id_key do update
    set name = excluded.name, members = excluded.members, provider_updated_at = excluded.provider_updated_at,
        seen_run = coalesce(excluded.seen_run, a.seen_run), removed_at = null, updated_at = clock_timestamp()
    where (a.name, a.members, a.provider_updated_at, a.removed_at)
        is distinct from (excluded.name, excluded.members, excluded.provider_updated_at, null);
    get diagnostics changed = row_count;
    update public.marketing_audiences a set seen_run = apply_audiences.run_id
    where a.connection_id = apply_audiences.connection_id and a.seen_run is distinct from apply_audiences.run_id
      and a.provider_audience_id in (select n ->> 'provider_audience_id' from jsonb_array_elements(items) n);
    return changed;
end
$$;

create function private.apply_campaigns(connection_id uuid, run_id uuid, items jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    changed integer;
begin
    with told as (
        select distinct on (n.provider_campaign_id) c.organization_id, c.id as connection_id, n.*,
            n.revenue ->> 'currency' as revenue_currency,
            private.money_in(n.revenue ->> 'amount', n.revenue ->> 'currency') as revenue_amount
        from public.integration_connections c, jsonb_to_recordset(items) as n (provider_campaign_id text, name text, status text,
            provider_status text, subject text, audience_id text, sent_at timestamptz, updated_at timestamptz,
            recipients bigint, opens bigint, unique_opens bigint, clicks bigint, unique_clicks bigint, bounces bigint,
            unsubscribes bigint, complaints bigint, revenue jsonb)
        where c.id = apply_campaigns.connection_id
        order by n.provider_campaign_id
    ),
    kept as (
        insert into public.marketing_campaigns as k (organization_id, connection_id, provider_campaign_id, name, status,
            provider_status, subject, audience_id, sent_at, provider_updated_at, recipients, opens, unique_opens, clicks,
            unique_clicks, bounces, unsubscribes, complaints, revenue, revenue_currency, seen_run)
        select t.organization_id, t.connection_id, t.provider_campaign_id, t.name, t.status, t.provider_status, t.subject,
            t.audience_id, t.sent_at, t.updated_at, t.recipients, t.opens, t.unique_opens, t.clicks, t.unique_clicks,
            t.bounces, t.unsubscribes, t.complaints, t.revenue_amount, t.revenue_currency, apply_campaigns.run_id
        from told t
        on conflict on constraint marketing_campaigns_connection_id_provider_campaign_id_key do update
        set name = excluded.name, status = excluded.status, provider_status = excluded.provider_status,
            subject = excluded.subject, audience_id = excluded.audience_id, sent_at = excluded.sent_at,
            provider_updated_at = excluded.provider_updated_at, recipients = excluded.recipients, opens = excluded.opens,
            unique_opens = excluded.unique_opens, clicks = excluded.clicks, unique_clicks = excluded.unique_clicks,
            bounces = excluded.bounces, unsubscribes = excluded.unsubscribes, complaints = excluded.complaints,
            revenue = excluded.revenue, revenue_currency = excluded.revenue_currency,
            seen_run = coalesce(excluded.seen_run, k.seen_run), removed_at = null, updated_at = clock_timestamp()
        where to_jsonb(k) - array['id', 'seen_run', 'created_at', 'updated_at']
            is distinct from to_jsonb(excluded) - array['id', 'seen_run', 'created_at', 'updated_at']
        returning k.*
    ),
    noted as (
        insert into public.marketing_campaign_figures as f (organization_id, campaign_id, day, recipients, opens, unique_opens,
            clicks, unique_clicks, bounces, unsubscribes, complaints, revenue)
        select k.organization_id, k.id, (clock_timestamp() at time zone 'UTC')::date, k.recipients, k.opens, k.unique_opens,
            k.clicks, k.unique_clicks, k.bounces, k.unsubscribes, k.complaints, k.revenue
        from kept k
        where num_nonnulls(k.recipients, k.opens, k.unique_opens, k.clicks, k.unique_clicks, k.bounces, k.unsubscribes,
            k.complaints, k.revenue) > 0
        on conflict on constraint marketing_campaign_figures_pkey do update
        set recipients = excluded.recipients, opens = excluded.opens, unique_opens = excluded.unique_opens,
            clicks = excluded.clicks, unique_clicks = excluded.unique_clicks, bounces = excluded.bounces,
            unsubscribes = excluded.unsubscribes, complaints = excluded.complaints, revenue = excluded.revenue
    )
    select count(*) into changed from kept;
    update public.marketing_campaigns k set seen_run = apply_campaigns.run_id
    where k.connection_id = apply_campaigns.connection_id and k.seen_run is distinct from apply_campaigns.run_id
      and k.provider_campaign_id in (select n ->> 'provider_campaign_id' from jsonb_array_elements(items) n);
    return changed;
end
$$;

create function private.apply_deals(connection_id uuid, run_id uuid, items jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    changed integer;
begin
    insert into public.marketing_deals as d (organization_id, connection_id, provider_deal_id, name, reference, amount, currency,
        stage, pipeline, is_closed, is_won, contact_ids, provider_updated_at, removed_at, seen_run)
    select distinct on (n.provider_deal_id) c.organization_id, c.id, n.provider_deal_id, n.name, n.reference,
        private.money_in(n.amount, n.currency), m.code, n.stage, n.pipeline, n.is_closed, n.is_won,
        array(select jsonb_array_elements_text(coalesce(nullif(n.contact_ids, 'null'), '[]'))), n.updated_at,
        case when n.deleted then clock_timestamp() end, apply_deals.run_id
    from public.integration_connections c, jsonb_to_recordset(items) as n (provider_deal_id text, name text, reference text,
        amount text, currency text, stage text, pipeline text, is_closed boolean, is_won boolean, contact_ids jsonb,
        updated_at timestamptz, deleted boolean)
    left join private.currencies m on m.code = n.currency
    where c.id = apply_deals.connection_id
      and (not coalesce(n.deleted, false) or exists (
          select from public.marketing_deals k where k.connection_id = c.id and k.provider_deal_id = n.provider_deal_id
            and k.removed_at is null))
    order by n.provider_deal_id
    on conflict on constraint marketing_deals_connection_id_provider_deal_id_key do update
    set name = excluded.name, reference = excluded.reference, amount = excluded.amount, currency = excluded.currency,
        stage = excluded.stage, pipeline = excluded.pipeline, is_closed = excluded.is_closed, is_won = excluded.is_won,
        contact_ids = excluded.contact_ids, provider_updated_at = excluded.provider_updated_at,
        removed_at = excluded.removed_at, seen_run = coalesce(excluded.seen_run, d.seen_run), updated_at = clock_timestamp()
    where to_jsonb(d) - array['id', 'seen_run', 'created_at', 'updated_at']
        is distinct from to_jsonb(excluded) - array['id', 'seen_run', 'created_at', 'updated_at'];
    get diagnostics changed = row_count;
    update public.marketing_deals d set seen_run = apply_deals.run_id
    where d.connection_id = apply_deals.connection_id and d.seen_run is distinct from apply_deals.run_id
      and d.provider_deal_id in (select n ->> 'provider_deal_id' from jsonb_array_elements(items) n);
    return changed;
end
$$;
grant execute on function
    private.apply_audiences(uuid, uuid, jsonb), private.apply_campaigns(uuid, uuid, jsonb), private.apply_deals(uuid, uuid, jsonb)
to wasl_worker;

-- What is seen for the first time has become so lately only if it was after the last read; the first one tells history.
create function private.is_news_since(connection_id uuid, stream text, at timestamptz) returns boolean
language sql stable security definer set search_path = ''
as $$
    select coalesce((select is_news_since.at >= s.since from public.sync_streams s
        where s.connection_id = is_news_since.connection_id and s.stream = is_news_since.stream), false)
$$;

create function private.tell_of_campaign() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    if tg_op = 'UPDATE' or private.is_news_since(new.connection_id, 'campaigns', new.sent_at) then
        perform private.emit_event(new.organization_id, 'campaign.sent', 'marketing_campaign', new.id, jsonb_build_object(
            'campaign_id', new.id, 'provider_campaign_id', new.provider_campaign_id, 'name', new.name, 'subject', new.subject,
            'audience_id', new.audience_id, 'sent_at', new.sent_at, 'recipients', new.recipients, 'provider', c.provider_key,
            'connection_id', new.connection_id), c.environment, new.sent_at)
        from public.integration_connections c where c.id = new.connection_id;
    end if;
    return null;
end
$$;
create trigger marketing_campaigns_tell_new after insert on public.marketing_campaigns
for each row when (new.status = 'sent') execute function private.tell_of_campaign();
create trigger marketing_campaigns_tell after update of status on public.marketing_campaigns
for each row when (new.status = 'sent' and old.status <> 'sent') execute function private.tell_of_campaign();

create function private.tell_of_deal() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    if tg_op = 'UPDATE' or private.is_news_since(new.connection_id, 'deals', new.provider_updated_at) then
        perform private.emit_event(new.organization_id, 'deal.won', 'marketing_deal', new.id, jsonb_build_object(
            'deal_id', new.id, 'provider_deal_id', new.provider_deal_id, 'name', new.name, 'reference', new.reference,
            'amount', new.amount::numeric::text, 'currency', new.currency, 'stage', new.stage, 'pipeline', new.pipeline,
            'contact_ids', new.contact_ids, 'provider', c.provider_key, 'connection_id', new.connection_id),
            c.environment, new.provider_updated_at)
        from public.integration_connections c where c.id = new.connection_id;
    end if;
    return null;
end
$$;
create trigger marketing_deals_tell_new after insert on public.marketing_deals
for each row when (new.is_won) execute function private.tell_of_deal();
create trigger marketing_deals_tell after update of is_won on public.marketing_deals
for each row when (new.is_won and old.is_won is not true) execute function private.tell_of_deal();
