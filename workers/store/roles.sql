-- name: let_worker_log_in
alter role wasl_worker with login password {verifier}
