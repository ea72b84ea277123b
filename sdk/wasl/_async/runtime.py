"""What differs between the colours in more than `async` and `await`. The other colour's file is kept by hand."""

from asyncio import Lock, sleep

from httpx import AsyncBaseTransport as Transport
from httpx import AsyncClient as HttpClient
from postgrest import AsyncPostgrestClient as RestClient
from postgrest import AsyncSelectRequestBuilder as SelectBuilder
from supabase_auth import AsyncGoTrueClient as AuthClient

__all__ = ["AuthClient", "HttpClient", "Lock", "RestClient", "SelectBuilder", "Transport", "sleep"]
