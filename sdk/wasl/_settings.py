"""What a client is made with."""

import platform
from importlib.metadata import version
from urllib.parse import urlsplit

import httpx

TIMEOUT_SECONDS = 15.0  # the hub's own statements are cut off at 8
CONNECT_SECONDS = 5.0
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=15.0)


def checked_url(url: str) -> str:
    """Return a hub's address without a slash at its end; raises ValueError when it is no http(s) URL."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"url must be the hub's http(s) address, not {url!r}")
    return url.rstrip("/")


def checked_api_key(api_key: str) -> str:
    """Return an API key; raises ValueError, without repeating it, for what is none, such as an empty variable."""
    if not api_key.startswith("wasl_"):
        raise ValueError("api_key must be a key that starts with wasl_")
    return api_key


def request_headers(publishable_key: str) -> dict[str, str]:
    """Return the headers that every request carries."""
    client = f"wasl-py/{version('wasl')}; python={platform.python_version()}"
    return {"apikey": publishable_key, "X-Client-Info": client}
