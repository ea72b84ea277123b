-- What the handlers of social media read and write.

-- name: load_post
select
    o.id as operation_id, o.kind, o.input, p.id as post_id, p.organization_id, a.connection_id, a.id as account_id,
    a.provider_account_id, a.kind as account_kind, p.status::text, p.text, p.media, p.link, p.format,
    p.provider_post_id, p.published_at, coalesce(r.data, '{}') as prepared, r.changed_at as waiting_since,
    coalesce(j.cancel_requested, false) as cancel_requested
from public.operations o
join public.social_posts p on p.id = o.subject_id
join public.social_media_accounts a on a.organization_id = p.organization_id and a.id = p.account_id
left join private.post_preparations r on r.post_id = p.id
left join private.jobs j on j.id = o.id
where o.id = %(operation_id)s

-- name: load_post_to_check
select
    p.id as operation_id, 'post.check' as kind, '{}'::jsonb as input, p.id as post_id, p.organization_id,
    a.connection_id, a.id as account_id, a.provider_account_id, a.kind as account_kind, p.status::text, p.text, p.media,
    p.link, p.format, p.provider_post_id, p.published_at, '{}'::jsonb as prepared, null::timestamptz as waiting_since,
    false as cancel_requested
from public.social_posts p
join public.social_media_accounts a on a.organization_id = p.organization_id and a.id = p.account_id
where p.id = %(post_id)s

-- name: posts_known
-- Posts of the same account that are other posts of ours, however alike they look. What was only found at the network may be
-- the very post that is looked for.
select p.provider_post_id
from public.social_posts p
where p.account_id = %(account_id)s and p.id <> %(post_id)s and p.provider_post_id is not null
  and p.origin = 'hub'
  and p.created_at > %(since)s::timestamptz - interval '2 days'

-- name: keep_preparation
select private.keep_preparation(%(post_id)s, %(data)s)

-- name: keep_media
select private.keep_media(%(post_id)s, %(media)s)

-- name: apply_post_news
select private.apply_post_news(%(post_id)s, %(news)s, %(source)s, %(source_id)s)

-- name: load_comment
select
    o.id as operation_id, o.kind, o.input, c.id as comment_id, c.organization_id, a.connection_id, a.provider_account_id,
    a.kind as account_kind, p.id as post_id, p.format, p.provider_post_id, c.provider_comment_id, c.text,
    coalesce(parent.provider_comment_id, c.provider_parent_id) as provider_parent_id,
    coalesce(j.cancel_requested, false) as cancel_requested
from public.operations o
join public.social_comments c on c.id = o.subject_id
join public.social_posts p on p.organization_id = c.organization_id and p.id = c.post_id
join public.social_media_accounts a on a.organization_id = p.organization_id and a.id = p.account_id
left join public.social_comments parent on parent.id = c.parent_id
left join private.jobs j on j.id = o.id
where o.id = %(operation_id)s

-- name: apply_comment_news
select private.apply_comment_news(%(comment_id)s, %(news)s)

-- name: posts_to_measure
select
    p.id as post_id, p.organization_id, a.connection_id, a.id as account_id, a.provider_account_id,
    a.kind as account_kind, p.format, p.provider_post_id, (p.engagement ->> 'comments')::bigint as comments
from public.social_posts p
join public.social_media_accounts a on a.organization_id = p.organization_id and a.id = p.account_id
where a.connection_id = %(connection_id)s and p.id = any (%(post_ids)s) and p.status = 'published'
  and p.provider_post_id is not null
order by p.id

-- name: apply_engagement
select private.apply_engagement(%(measures)s)

-- name: apply_comments
select private.apply_comments(%(post_id)s, %(comments)s)

-- name: apply_accounts
select private.apply_accounts(%(connection_id)s, %(accounts)s)

-- name: load_account
select a.id as account_id, a.organization_id, a.connection_id, a.provider_account_id, a.kind as account_kind
from public.social_media_accounts a
where a.id = %(account_id)s and a.enabled and a.removed_at is null

-- name: accounts_of
select a.id as account_id, a.organization_id, a.connection_id, a.provider_account_id, a.kind as account_kind
from public.social_media_accounts a
where a.connection_id = %(connection_id)s and a.enabled and a.removed_at is null
order by a.id

-- name: apply_account_metrics
select private.apply_account_metrics(%(account_id)s, %(metrics)s)

-- name: apply_listed_posts
select private.apply_listed_posts(%(account_id)s, %(posts)s)

-- name: enqueue_due_posts
select private.enqueue_due_posts()

-- name: enqueue_due_accounts
select private.enqueue_due_accounts()
