"""The Supabase stack without Docker: PostgreSQL, PostgREST, auth, functions and a gateway as plain processes."""

from stack.errors import StackError
from stack.stack import Stack

__all__ = ["Stack", "StackError"]
