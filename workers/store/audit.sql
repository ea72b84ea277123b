-- The audit log, as it is verified and exported.

-- name: chains
-- Every organization that has a log.
select a.organization_id, count(*) as lines
from public.audit_log a
where %(organization_id)s::uuid is null or a.organization_id = %(organization_id)s
group by 1
order by 1

-- name: check_lines
select private.check_audit_lines(%(organization_id)s, %(after_sequence)s, %(after_hash)s, %(most)s)

-- name: lines
select a.organization_id, a.sequence, a.occurred_at, a.actor_type, a.actor_id, a.action, a.target_type, a.target_id, a.detail,
    a.before, a.after, a.remote_address, a.user_agent, private.audit_content(a) as content,
    encode(a.previous_hash, 'hex') as previous_hash, encode(a.hash, 'hex') as hash
from public.audit_log a
where a.organization_id = %(organization_id)s and a.sequence > %(after_sequence)s
  and (%(since)s::timestamptz is null or a.occurred_at >= %(since)s)
  and (%(until)s::timestamptz is null or a.occurred_at < %(until)s)
order by a.sequence
limit %(most)s

-- name: hash_of
select encode(a.hash, 'hex') from public.audit_log a
where a.organization_id = %(organization_id)s and a.sequence = %(sequence)s
