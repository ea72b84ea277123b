-- Who leads: whoever holds a session's advisory lock. The lock goes with its connection, however that ends.

-- name: notice_soon
-- A leader cut off from the network must not hold the lock for hours: the server gives its connection up within seconds.
select set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '2', false),
    set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '10000', false)

-- name: try_to_lead
select pg_try_advisory_lock(hashtextextended('wasl.leader', 0))

-- name: still_leading
select 1
