"""What differs between the colours in more than `async` and `await`. The other colour's file is kept by hand."""

from threading import Lock
from time import sleep

from httpx import BaseTransport as Transport
from httpx import Client as HttpClient
from postgrest import SyncPostgrestClient as RestClient
from postgrest import SyncSelectRequestBuilder as SelectBuilder
from supabase_auth import SyncGoTrueClient as AuthClient

__all__ = ["AuthClient", "HttpClient", "Lock", "RestClient", "SelectBuilder", "Transport", "sleep"]
