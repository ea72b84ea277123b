"""The workers' own login."""

from psycopg import sql

from workers.store.pool import Connection
from workers.store.queries import load_queries

QUERIES = load_queries("roles")
WORKER_ROLE = b"wasl_worker"


async def set_worker_password(connection: Connection, password: str) -> None:
    """Let `wasl_worker` log in with `password`; the server is told a SCRAM verifier, so no log can hold the password.

    Raises:
        psycopg.errors.InsufficientPrivilege: the connection's role may not change roles.
    """
    verifier = connection.pgconn.encrypt_password(password.encode(), WORKER_ROLE, b"scram-sha-256")
    statement = sql.SQL(QUERIES["let_worker_log_in"]).format(verifier=sql.Literal(verifier.decode()))
    await connection.execute(statement)
