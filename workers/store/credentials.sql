-- What the vault asks of the database: sealed credentials, their renewal, and the public keys.

-- name: sealed_connection
-- One statement, so one moment: the version belongs to exactly these ciphertexts.
select c.organization_id, c.credentials_version, a.name, s.key_id, s.ciphertext
from public.integration_connections c
left join public.api_credentials a on a.connection_id = c.id
left join private.sealed_credentials s on s.credential_id = a.id and s.version = a.version
where c.id = %(connection_id)s

-- name: active_key_id
-- An organization's own key goes before the hub's.
select k.id
from public.encryption_keys k
where k.state = 'active' and (k.organization_id is null or k.organization_id = %(organization_id)s)
order by k.organization_id nulls last
limit 1

-- name: record_use
-- Rare and never in anybody's way: a row that is being written keeps its former time.
with due as materialized (
    select a.id
    from public.api_credentials a
    where a.connection_id = any (%(connection_ids)s)
      and (a.last_used_at is null or a.last_used_at < now() - interval '1 minute')
    for no key update skip locked
)
update public.api_credentials a set last_used_at = now() from due where a.id = due.id

-- name: count_stale
-- Of connections' credentials and of subscriptions' signing secrets, as in all that follows.
select count(*)
from (
    select key_id from private.sealed_credentials where superseded_at is null
    union all
    select key_id from private.webhook_secrets
) s
join public.encryption_keys old on old.id = s.key_id and old.state <> 'active'
where exists (
    select from public.encryption_keys k
    where k.state = 'active' and (k.organization_id is null or k.organization_id = old.organization_id)
)

-- name: stale_batch
-- What an organization's own key sealed goes to its next one, and to the hub's when it has none.
select s.id, s.version, s.organization_id, s.owner_id, s.name, s.key_id, target.id, s.ciphertext
from (
    select s.credential_id as id, s.version, c.organization_id, c.connection_id as owner_id, c.name, s.key_id, s.ciphertext
    from private.sealed_credentials s
    join public.api_credentials c on c.id = s.credential_id
    where s.superseded_at is null
    union all
    select w.id, 1, w.organization_id, w.subscription_id, 'signing_secret', w.key_id, w.ciphertext
    from private.webhook_secrets w
) s
join public.encryption_keys old on old.id = s.key_id and old.state <> 'active'
join lateral (
    select k.id
    from public.encryption_keys k
    where k.state = 'active' and (k.organization_id is null or k.organization_id = old.organization_id)
    order by k.organization_id nulls last
    limit 1
) target on true
where %(after)s::uuid is null or s.id > %(after)s
order by s.id
limit %(limit)s

-- name: replace_ciphertexts
-- Rows are locked in the order in which set_credentials locks them (first the public one), and never waited for.
with fresh as (
    select *
    from unnest(%(credential_ids)s::uuid[], %(versions)s::integer[], %(old_key_ids)s::text[], %(key_ids)s::text[],
                %(ciphertexts)s::bytea[], %(fingerprints)s::text[])
        as f (credential_id, version, old_key_id, key_id, ciphertext, fingerprint)
),
unchanged as materialized (
    select c.id
    from public.api_credentials c
    join fresh f on f.credential_id = c.id and f.version = c.version and f.old_key_id = c.key_id
    for no key update of c skip locked
),
public_part as (
    update public.api_credentials c
    set key_id = f.key_id, fingerprint = f.fingerprint
    from fresh f join unchanged u on u.id = f.credential_id
    where c.id = f.credential_id
    returning c.id
),
private_part as (
    update private.sealed_credentials s
    set key_id = f.key_id, ciphertext = f.ciphertext
    from fresh f join public_part p on p.id = f.credential_id
    where s.credential_id = f.credential_id and s.version = f.version
      and s.key_id = f.old_key_id and s.superseded_at is null
    returning s.credential_id
),
signing_part as (
    update private.webhook_secrets w
    set key_id = f.key_id, ciphertext = f.ciphertext
    from fresh f
    where w.id = f.credential_id and w.key_id = f.old_key_id
    returning w.id
)
select (select count(*) from public_part) + (select count(*) from signing_part),
    (select count(*) from private_part) + (select count(*) from signing_part)

-- name: registered_keys
select k.id, k.organization_id, k.public_key, k.state::text, k.created_at, k.retired_at,
    (select count(*) from private.sealed_credentials s where s.key_id = k.id and s.superseded_at is null)
    + (select count(*) from private.sealed_channel_secrets c where c.key_id = k.id)
    + (select count(*) from private.webhook_secrets w where w.key_id = k.id)
from public.encryption_keys k
order by k.created_at, k.id

-- name: replace_active_key
update public.encryption_keys set state = 'retiring'
where state = 'active' and organization_id is not distinct from %(organization_id)s

-- name: insert_active_key
insert into public.encryption_keys (id, organization_id, algorithm, public_key)
values (%(id)s, %(organization_id)s, %(algorithm)s, %(public_key)s)

-- name: lock_key
-- Waits for every client that has already been allowed to write with the key.
select state::text from public.encryption_keys where id = %(id)s for update

-- name: count_sealed_to
select (select count(*) from private.sealed_credentials where key_id = %(id)s and superseded_at is null)
    + (select count(*) from private.sealed_channel_secrets where key_id = %(id)s)
    + (select count(*) from private.webhook_secrets where key_id = %(id)s)

-- name: retire_key
update public.encryption_keys set state = 'retired', retired_at = now() where id = %(id)s
