-- name: limit_session
select set_config('statement_timeout', %(statement_timeout)s, false),
       set_config('lock_timeout', %(lock_timeout)s, false),
       set_config('idle_in_transaction_session_timeout', %(idle_timeout)s, false)

-- name: set_session
select set_config(%(name)s, %(value)s, false)
