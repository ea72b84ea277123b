-- name: let_log_in
alter role {role} with login password {verifier}
