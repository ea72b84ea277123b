"""What the gateway shows at `/`: the dashboard when it is built, else a page that says what runs here."""

from html import escape
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from stack.state import State

STATUS_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Wasl</title>
<style>
  body {{ font: 1rem/1.6 system-ui; max-width: 42rem; margin: 4rem auto; padding: 0 1rem }}
  code {{ background: #8882; padding: .1rem .3rem }}
</style>
<h1>Wasl is running</h1>
<p>This address is a Supabase project: give it to any Supabase client as its URL.</p>
<dl><dt>URL</dt><dd><code>{url}</code></dd><dt>Publishable key</dt><dd><code>{publishable_key}</code></dd></dl>
<p>Data API <code>/rest/v1</code>, auth <code>/auth/v1</code>, functions <code>/functions/v1</code>,
public keys <a href="/auth/v1/.well-known/jwks.json">/auth/v1/.well-known/jwks.json</a>.</p>
</html>"""

FOREVER = "public, max-age=31536000, immutable"
HASHED = "assets/"
"""Where the build puts files whose names change with their content."""


def security_headers(pictures: str = "") -> dict[str, str]:
    """What a browser is told not to do with the dashboard's page.

    :param pictures: further origins of pictures, such as the sandbox's.
    """
    policy = {
        "default-src": "'self'",
        # Dialogs and menus hold the page still by a style element of their own; scripts have no such need.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob: https: {pictures}".strip(),
        # Labels, which the page has fetched and knows to be no pages.
        "frame-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }


class SinglePage(StaticFiles):
    """Static files of a single-page application: unknown paths without a suffix are the application's own routes."""

    def __init__(self, directory: Path, headers: dict[str, str]) -> None:
        super().__init__(directory=directory, html=True)
        self._headers = headers

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or the application's index page."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or Path(path).suffix:
                raise
            response = await super().get_response("index.html", scope)
        # What has no hash in its name is asked for anew each time, by its ETag.
        response.headers["cache-control"] = FOREVER if path.startswith(HASHED) else "no-cache"
        response.headers.update(self._headers)
        return response


def pages(state: State, dashboard: Path) -> ASGIApp:
    """The application for `/`."""
    if (dashboard / "index.html").exists():
        return GZipMiddleware(SinglePage(dashboard, security_headers(state.internal_url("sandbox"))), compresslevel=6)
    page = STATUS_PAGE.format(url=escape(state.url), publishable_key=escape(state.publishable_key))

    async def status(scope: Scope, receive: Receive, send: Send) -> None:
        at_root = scope["path"] in ("", "/")
        response = HTMLResponse(page) if at_root else PlainTextResponse("Not found", 404)
        await response(scope, receive, send)

    return status
