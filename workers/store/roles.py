"""The logins that migrations make without a password: of workers, and of backups."""

from psycopg import sql

from workers.store.pool import Connection
from workers.store.queries import load_queries

QUERIES = load_queries("roles")
WORKER_ROLE = "wasl_worker"
BACKUP_ROLE = "wasl_backup"


async def set_role_password(connection: Connection, role: str, password: str) -> None:
    """Let `role` log in with `password`; the server is told a SCRAM verifier, so no log can hold the password.

    Raises:
        psycopg.errors.InsufficientPrivilege: the connection's role may not change roles.
    """
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL(QUERIES["let_log_in"]).format(
        role=sql.Identifier(role), verifier=sql.Literal(verifier.decode())
    )
    await connection.execute(statement)
