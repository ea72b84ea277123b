"""The consent page and the tokens that twins share: as strict as providers are."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from sandbox.consent import CODE_SECONDS, Consent, ConsentDesk, ConsentRefused

BACK = "https://hub.example/back?tenant=1"
# The example of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
AGREED = Consent("app-1", "mariam", ("read", "write"))


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Person:
    """Somebody in front of the page."""

    def __init__(self, desk: ConsentDesk, http: httpx.AsyncClient) -> None:
        self.desk = desk
        self.http = http

    async def decides(
        self, decision: str = "allow", form: dict[str, Any] | None = None, **asked: str
    ) -> dict[str, str]:
        """Where they come back to, with what."""
        answer = await self.http.post(address(**asked), data={"decision": decision, **(form or {})})
        assert answer.status_code == 303
        location = answer.headers["location"]
        assert location.startswith("https://hub.example/back?tenant=1&")
        return dict(parse_qsl(urlsplit(location).query))

    async def code(self, **given: Any) -> str:
        return (await self.decides(**given))["code"]


def address(**asked: str) -> str:
    query = {"response_type": "code", "client_id": "app-1", "redirect_uri": BACK, "state": "s&1", "scope": "read write"}
    return f"/page?{urlencode({name: value for name, value in (query | asked).items() if value})}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def person(clock: Clock) -> AsyncIterator[Person]:
    desk = ConsentDesk("A <Network>", clock=clock)
    transport = httpx.ASGITransport(Starlette(routes=desk.page_routes("/page")))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Person(desk, http)


async def test_the_page_says_who_asks_for_what(person: Person) -> None:
    page = await person.http.get(address(client_id="app-<1>"))
    assert page.status_code == 200
    for shown in ("A &lt;Network&gt;", "app-&lt;1&gt;", "<li>read</li>", "<li>write</li>", "Allow", "Decline"):
        assert shown in page.text


@pytest.mark.parametrize("asked", [{"client_id": ""}, {"redirect_uri": ""}, {"response_type": "token"}])
async def test_a_page_that_is_asked_wrongly_shows_nothing(person: Person, asked: dict[str, str]) -> None:
    assert (await person.http.get(address(**asked))).status_code == 400


@pytest.mark.parametrize("asked", [{"client_id": ""}, {"redirect_uri": ""}])
async def test_nor_can_anybody_agree_to_it(person: Person, asked: dict[str, str]) -> None:
    assert (await person.http.post(address(**asked), data={"decision": "allow"})).status_code == 400


async def test_who_agrees_comes_back_with_a_code_and_the_state(person: Person) -> None:
    back = await person.decides()
    assert back.keys() == {"tenant", "code", "state"}
    assert back["state"] == "s&1"
    consent = person.desk.redeem(back["code"], "app-1", BACK, None)
    assert consent == Consent("app-1", "app-1", ("read", "write"))


async def test_who_declines_comes_back_without(person: Person) -> None:
    for decision in ("deny", "", "ALLOW"):
        back = await person.decides(decision)
        assert (back["error"], back["state"]) == ("access_denied", "s&1")
        assert "code" not in back


async def test_a_code_is_good_once(person: Person) -> None:
    code = await person.code()
    person.desk.redeem(code, "app-1", BACK, None)
    with pytest.raises(ConsentRefused) as refused:
        person.desk.redeem(code, "app-1", BACK, None)
    assert refused.value.error == "invalid_grant"


@pytest.mark.parametrize(
    ("client_id", "redirect_uri"),
    [("app-2", BACK), ("app-1", "https://hub.example/back"), ("app-1", BACK + "/"), ("app-1", "")],
)
async def test_a_code_belongs_to_its_app_and_its_address(person: Person, client_id: str, redirect_uri: str) -> None:
    code = await person.code()
    with pytest.raises(ConsentRefused, match="another app or redirect_uri"):
        person.desk.redeem(code, client_id, redirect_uri, None)
    with pytest.raises(ConsentRefused):  # whoever tried has spent it
        person.desk.redeem(code, "app-1", BACK, None)


async def test_a_code_holds_for_ten_minutes(person: Person, clock: Clock) -> None:
    first, second = await person.code(), await person.code()
    clock.seconds += CODE_SECONDS
    assert person.desk.redeem(first, "app-1", BACK, None).client_id == "app-1"
    clock.seconds += 0.1
    with pytest.raises(ConsentRefused, match="expired"):
        person.desk.redeem(second, "app-1", BACK, None)


async def test_a_code_that_nobody_issued_is_none(person: Person) -> None:
    with pytest.raises(ConsentRefused):
        person.desk.redeem("made-up", "app-1", BACK, None)


@pytest.mark.parametrize(("verifier", "good"), [(VERIFIER, True), (VERIFIER[::-1], False), ("", False), (None, False)])
async def test_a_challenge_wants_its_verifier(person: Person, verifier: str | None, good: bool) -> None:
    code = await person.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    if good:
        assert person.desk.redeem(code, "app-1", BACK, verifier).client_id == "app-1"
    else:
        with pytest.raises(ConsentRefused, match="verifier"):
            person.desk.redeem(code, "app-1", BACK, verifier)


async def test_scopes_can_be_left_out_but_none_added(person: Person) -> None:
    code = await person.code(form={"scope": ["write", "admin"], "login": "mariam"})
    assert person.desk.redeem(code, "app-1", BACK, None) == Consent("app-1", "mariam", ("write",))


async def test_scopes_are_read_as_the_provider_writes_them(clock: Clock) -> None:
    desk = ConsentDesk("Network", scope_separator=",", clock=clock)
    transport = httpx.ASGITransport(Starlette(routes=desk.page_routes("/page")))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        code = await Person(desk, http).code(scope="read,write")
    assert desk.redeem(code, "app-1", BACK, None).scopes == ("read", "write")


def test_a_token_holds_as_long_as_it_was_issued_for(clock: Clock) -> None:
    desk = ConsentDesk("Network", prefix="net", clock=clock)
    short, endless = desk.issue(AGREED, 60), desk.issue(AGREED, None)
    assert short.startswith("net_")
    assert short != endless
    assert (desk.holder(short), desk.seconds_left(short), desk.seconds_left(endless)) == (AGREED, 60.0, None)
    clock.seconds += 60
    assert (desk.holder(short), desk.seconds_left(short)) == (None, 0.0)
    assert desk.holder(endless) == AGREED
    assert desk.holder("made-up") is None


def test_a_refresh_token_is_no_access_token(clock: Clock) -> None:
    desk = ConsentDesk("Network", clock=clock)
    access, refresh = desk.issue(AGREED, 60), desk.issue(AGREED, None, is_refresh=True)
    assert desk.holder(refresh) is None
    assert desk.holder(access, is_refresh=True) is None
    assert desk.holder(refresh, is_refresh=True) == AGREED


def test_access_ends_for_one_login_or_for_all(clock: Clock) -> None:
    desk = ConsentDesk("Network", clock=clock)
    other = Consent("app-1", "sara", ("read",))
    mine, theirs, refresh = desk.issue(AGREED, 60), desk.issue(other, 60), desk.issue(AGREED, None, is_refresh=True)
    assert desk.expire("mariam") == 1
    assert (desk.holder(mine), desk.holder(theirs)) == (None, other)
    assert desk.holder(refresh, is_refresh=True) == AGREED, "what ran out can be renewed"
    assert desk.revoke("mariam") == 1
    assert desk.holder(refresh, is_refresh=True) is None, "what was taken back cannot"
    assert desk.expire() == 1
    assert desk.revoke() == 0


async def test_everything_can_be_forgotten(person: Person) -> None:
    code, token = await person.code(), person.desk.issue(AGREED, None)
    person.desk.reset()
    assert person.desk.holder(token) is None
    with pytest.raises(ConsentRefused):
        person.desk.redeem(code, "app-1", BACK, None)
