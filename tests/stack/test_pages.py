"""The dashboard as the gateway serves it, and when it is built anew."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from stack.dashboard import STAMP, fingerprint, is_built
from stack.pages import SinglePage, security_headers


@pytest.fixture
async def browser(tmp_path: Path) -> httpx.AsyncClient:
    """A client of a small built page."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>Wasl</title>")
    (tmp_path / "assets/index-1a2b.js").write_text("1")
    app = Starlette(routes=[Mount("/", SinglePage(tmp_path, security_headers("http://127.0.0.1:9")))])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.test")


@pytest.mark.parametrize("path", ["/", "/o/demo/payments", "/o/demo/payments?status=failed"])
async def test_a_link_into_the_dashboard_is_answered_with_its_page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>Wasl</title>")
    assert answer.headers["cache-control"] == "no-cache"


async def test_what_is_named_by_its_content_is_kept(browser: httpx.AsyncClient) -> None:
    assert "immutable" in (await browser.get("/assets/index-1a2b.js")).headers["cache-control"]


async def test_a_file_that_is_not_there_is_not_the_page(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/assets/index-gone.js")).status_code == 404


async def test_no_foreign_script_runs_and_nobody_frames_the_page(browser: httpx.AsyncClient) -> None:
    headers = (await browser.get("/o/demo")).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert "script-src" not in policy
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["img-src"].endswith(" http://127.0.0.1:9")
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("changed", ["dashboard/src/app/app.tsx", "docs/openapi.json", "docs/webhooks.md"])
def test_it_is_built_anew_when_a_source_changed(tmp_path: Path, changed: str) -> None:
    directory = tmp_path / "dashboard"
    for name in ("index.html", "package-lock.json", "tsconfig.json", "vite.config.ts"):
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(name)
    for folder in ("dashboard/public", "dashboard/src/app", "dashboard/dist", "docs"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("dashboard/src/app/app.tsx", "docs/openapi.json", "docs/webhooks.md"):
        (tmp_path / name).write_text("1")
    assert not is_built(directory)
    (directory / "dist" / STAMP).write_text(fingerprint(directory))
    assert is_built(directory)
    (tmp_path / changed).write_text("2")
    assert not is_built(directory)
