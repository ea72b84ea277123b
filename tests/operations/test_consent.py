"""Access by OAuth through a real worker, the real database and providers' twins: asked for, granted, renewed, lost."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import psycopg
import pytest

from tests.support.consents import App, Client, decides
from tests.support.networks import NETWORKS
from tests.support.networks.base import Login
from tests.support.newsrooms import LOCAL, Newsroom, Outlet
from tests.support.workplace import Row, Workplace, until
from workers.operations.connectors import Connectors
from workers.operations.consent import CALLBACK_PATH, ConsentHandlers, code_verifier
from workers.operations.jobs import Done, Job
from workers.runtime import open_pipeline, open_runtime
from workers.store.connections import PostgresConnections
from workers.store.grants import PostgresGrants

pytestmark = pytest.mark.usefixtures("no_faults", "worker")

HUB = "https://hub.test"
LINKEDIN = NETWORKS["linkedin"]
FACEBOOK, LINKEDINS, HUBSPOT = App("facebook"), App("linkedin"), App("hubspot")
FOR_PARTNERS = App("linkedin", prefix="partner-")
BY_INSTAGRAM = App("instagram", settings={"login": "instagram"})
APPS = {
    "facebook": FACEBOOK,
    "instagram": App("instagram"),
    "instagram by its own login": BY_INSTAGRAM,
    "linkedin": LINKEDINS,
    "linkedin without pages": App("linkedin", settings={"organizations": False}),
    "linkedin for partners": FOR_PARTNERS,
    "hubspot": HUBSPOT,
}
RENEWED = {
    "instagram by its own login": "GET /graph/refresh_access_token",
    "linkedin for partners": "POST /www/oauth/v2/accessToken",
    "hubspot": "POST /oauth/*/token",
}
DUE = """
    update public.connection_grants set refresh_due_at = now(), refreshed_at = null
    where connection_id = %s and revoked_at is null"""
ACCESS_JOBS = ("connection.refresh", "connection.inspect")


@pytest.fixture(scope="module")
async def worker(workplace: Workplace) -> AsyncIterator[None]:
    await workplace.organization()  # whose key is the first in the keyring
    async with workplace.working(public_url=HUB, allowed_networks=LOCAL, poll_seconds=0.05):
        yield


async def comes_of_age(client: Client) -> None:
    """Access is old enough to be renewed: Instagram renews none that is younger than a day."""
    if client.app is BY_INSTAGRAM:
        await (await client.login()).control("tokens/age")


async def is_due(client: Client) -> None:
    """Access is due to be renewed, and the clock has struck."""
    await client.jobs_done(*ACCESS_JOBS)
    await client.hub.database.execute(DUE, [client.connection_id])
    await PostgresGrants(client.hub.pool).look_after()


async def end(client: Client, how: str) -> None:
    """Access ends at the twin: ``expire``, or ``revoke``, with what renews it."""
    login = await client.login()
    if client.app.key == "hubspot":
        await login.control("tokens", do=how)
    else:
        await NETWORKS[client.app.key].end(named(client, login), how)


def named(client: Client, login: Login) -> Login:
    """Who has consented, as `Network.end` wants it: Meta's twins know them by the app's id unless a name was said."""
    return login if client.app.key == "linkedin" else replace(login, name=client.client_id)


class TestAsking:
    @pytest.mark.parametrize("app", APPS.values(), ids=APPS)
    async def test_a_person_is_sent_to_the_providers_page(self, workplace: Workplace, app: App) -> None:
        client = await Client.open(workplace, app)
        operation = await client.begun()
        address = urlsplit(operation["result"]["authorization_url"])
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        assert f"{address.scheme}://{address.netloc}" == str(workplace.sandbox.base_url).rstrip("/")
        assert asked["client_id"] == client.client_id
        assert asked["redirect_uri"] == HUB + CALLBACK_PATH
        assert asked["scope"]
        assert len(asked["state"]) >= 43
        expires_at = datetime.fromisoformat(operation["result"]["expires_at"])
        assert timedelta(minutes=9) < expires_at - datetime.now(UTC) <= timedelta(minutes=10)
        assert client.client_secret not in str(operation)
        assert not await client.grant()

    async def test_the_scopes_that_are_named_are_asked_for(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, FACEBOOK)
        address = await client.sent_to(scopes=["pages_show_list", "pages_manage_posts"])
        assert parse_qs(urlsplit(address).query)["scope"] == ["pages_show_list,pages_manage_posts"]

    async def test_pkce_follows_from_the_state_and_the_apps_secret(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, HUBSPOT)
        asked = parse_qs(urlsplit(await client.sent_to()).query)
        verifier = code_verifier(client.client_secret, asked["state"][0])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        assert (asked["code_challenge"], asked["code_challenge_method"]) == ([challenge], ["S256"])
        assert len(verifier) >= 43

    async def test_workers_that_do_not_know_their_hubs_address_say_so(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, FACEBOOK)
        operation = await client.begun()
        settings = workplace.settings()
        async with open_runtime(settings) as runtime, open_pipeline(runtime) as pipeline:
            connectors = Connectors(runtime.vault, pipeline, sandbox_url=settings.sandbox_url, call_timeout_seconds=2)
            grants, connections = PostgresGrants(runtime.pool), PostgresConnections(runtime.pool)
            handlers = ConsentHandlers(grants, connections, connectors, runtime.vault, public_url=None)
            outcome = await handlers.start(job_of(operation))
        assert isinstance(outcome, Done)
        assert outcome.error is not None
        assert outcome.error["code"] == "public_url_missing"
        assert "WASL_PUBLIC_URL" in outcome.error["message"]


def job_of(operation: Row) -> Job:
    """The job of an operation, as a worker claims it."""
    now = datetime.now(UTC)
    organization = operation["organization_id"]
    return Job(operation["id"], uuid4(), operation["kind"], organization, {}, now, 1, 3, False, False, now)


class TestGranting:
    @pytest.mark.parametrize("app", APPS.values(), ids=APPS)
    async def test_a_code_is_traded_for_access(self, workplace: Workplace, app: App) -> None:
        client = await Client.open(workplace, app)
        operation = await client.granted()
        grant, credentials = await client.grant(), await client.credentials()
        assert ((await client.row())["status"], operation["result"]["missing_scopes"]) == ("active", [])
        assert credentials["access_token"]
        assert credentials["client_secret"] == client.client_secret
        assert grant["scopes"]
        assert grant["refreshable"] == ("refresh_token" in credentials or app is BY_INSTAGRAM)
        assert grant["access_expires_at"] > datetime.now(UTC)
        assert (grant["refresh_due_at"] is not None) == grant["refreshable"]
        assert operation["result"]["subject"] == grant["subject_name"]
        left = "select code, state from private.oauth_states where operation_id = %s"
        assert await workplace.one(left, operation["id"]) == {"code": None, "state": None}
        audited = "select 1 from public.audit_log where organization_id = %s and action = 'connection.authorized'"
        assert len(await workplace.all(audited, client.organization_id)) == 1

    @pytest.mark.parametrize("key", NETWORKS)
    async def test_the_accounts_that_it_reaches_are_listed_and_none_is_used_yet(
        self, workplace: Workplace, key: str
    ) -> None:
        client = await Client.open(workplace, App(key))
        operation = await client.granted()
        query = "select * from public.social_media_accounts where connection_id = %s"
        accounts = await workplace.all(query, client.connection_id)
        assert NETWORKS[key].accounts <= {each["provider_account_id"] for each in accounts}
        assert operation["result"]["accounts"] == len(accounts)
        assert not any(each["enabled"] for each in accounts)

    async def test_somebody_who_declines_changes_nothing(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, LINKEDINS)
        before = await client.row()
        operation = await client.comes_back(await decides(workplace.sandbox, await client.sent_to(), "deny"))
        assert (operation["status"], operation["error"]["code"]) == ("failed", "consent_declined")
        assert (await client.row())["credentials_version"] == before["credentials_version"]
        assert not await client.grant()

    async def test_scopes_that_somebody_leaves_out_are_told(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, FACEBOOK)
        operation = await client.granted(scope=["pages_show_list", "pages_manage_posts"])
        assert (await client.grant())["scopes"] == ["pages_manage_posts", "pages_show_list"]
        assert "read_insights" in operation["result"]["missing_scopes"]
        assert "pages_show_list" not in operation["result"]["missing_scopes"]

    async def test_a_state_is_good_once(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, FACEBOOK)
        back = await decides(workplace.sandbox, await client.sent_to())
        await client.comes_back(back)
        with pytest.raises(psycopg.ProgrammingError, match="oauth_state_used"):
            await client.comes_back(back)

    @pytest.mark.parametrize("app", APPS.values(), ids=APPS)
    async def test_a_code_is_good_once(self, workplace: Workplace, app: App) -> None:
        client = await Client.open(workplace, app)
        used = await decides(workplace.sandbox, await client.sent_to())
        assert (await client.comes_back(used))["status"] == "succeeded"
        before = await client.credentials()
        again = await decides(workplace.sandbox, await client.sent_to())
        operation = await client.comes_back(again | {"code": used["code"]})
        assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_request")
        assert await client.credentials() == before
        assert (await client.row())["status"] == "active"

    async def test_a_code_that_a_worker_comes_too_late_for_is_forgotten(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, LINKEDINS)
        back = await decides(workplace.sandbox, await client.sent_to())
        async with workplace.database.transaction():
            answer = await workplace.call("finish_oauth", state=back["state"], code=back["code"])
            operation = {"id": answer["finish_oauth"]["operation_id"]}
            late = "update private.oauth_states set used_at = now() - interval '10 minutes' where operation_id = %s"
            await workplace.database.execute(late, [operation["id"]])
            assert (await workplace.one("select private.expire_oauth_states() as gone"))["gone"] >= 1
        ended = await client.over(operation)
        assert (ended["status"], ended["error"]["code"]) == ("failed", "code_gone")

    async def test_a_code_is_good_only_with_the_verifier_that_was_promised(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, HUBSPOT)
        back = await decides(workplace.sandbox, await client.sent_to())
        other = {"client_secret": uuid4().hex}  # from which another verifier follows
        await workplace.set_credentials(client.organization_id, client.connection_id, other)
        assert (await client.comes_back(back))["status"] == "failed"
        assert not await client.grant()

    async def test_accounts_that_cannot_be_listed_now_do_not_undo_it(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, LINKEDINS)
        back = await decides(workplace.sandbox, await client.sent_to())
        match = {"path": "/rest/organizationAcls"}
        await workplace.plan_fault("server_error", provider="linkedin", match=match, status=503, times=9)
        operation = await client.comes_back(back)
        assert (operation["status"], operation["result"]["accounts"]) == ("succeeded", None)
        assert (await client.row())["status"] == "active"


class TestRenewing:
    @pytest.mark.parametrize("name", RENEWED)
    async def test_it_is_renewed_once_ahead_of_its_end_whoever_looks(self, workplace: Workplace, name: str) -> None:
        client = await Client.open(workplace, APPS[name])
        await client.granted()
        await comes_of_age(client)
        before, version = await client.credentials(), (await client.row())["credentials_version"]
        await client.jobs_done(*ACCESS_JOBS)
        await workplace.database.execute(DUE, [client.connection_id])
        await asyncio.gather(*(PostgresGrants(workplace.pool).look_after() for _ in range(4)))
        await client.jobs_done("connection.refresh")
        after, row, grant = await client.credentials(), await client.row(), await client.grant()
        assert after["access_token"] != before["access_token"]
        assert (row["credentials_version"], row["status"]) == (version + 1, "active")
        assert grant["refreshed_at"] > datetime.now(UTC) - timedelta(minutes=1)
        assert grant["refresh_due_at"] > datetime.now(UTC)
        assert len(await until(lambda: client.calls("refresh_tokens"))) == 1

    @pytest.mark.parametrize("name", RENEWED)
    async def test_a_renewal_that_ends_after_a_newer_consent_changes_nothing(
        self, workplace: Workplace, name: str
    ) -> None:
        client = await Client.open(workplace, APPS[name])
        await client.granted()
        await comes_of_age(client)
        method, path = RENEWED[name].split(" ")
        match = {"method": method, "path": path}
        number = await workplace.plan_fault("late_answer", provider=client.app.key, match=match, seconds=1)
        await is_due(client)

        async def under_way() -> bool:
            return number not in [each["id"] for each in (await workplace.sandbox.get("/_faults")).json()]

        await until(under_way)
        newer = {"access_token": f"sandbox_{uuid4().hex}"}
        await workplace.set_credentials(client.organization_id, client.connection_id, newer)
        await client.jobs_done("connection.refresh")
        assert (await client.credentials())["access_token"] == newer["access_token"]

    async def test_a_renewal_of_access_that_has_been_replaced_asks_nobody(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, FOR_PARTNERS)
        await client.granted()
        newer = {"access_token": f"sandbox_{uuid4().hex}"}
        async with workplace.database.transaction():
            await workplace.one("select private.request_refresh(%s)", client.connection_id)
            await workplace.set_credentials(client.organization_id, client.connection_id, newer)
        await client.jobs_done("connection.refresh")
        assert (await client.credentials())["access_token"] == newer["access_token"]
        assert await client.calls("refresh_tokens") == []

    @pytest.mark.parametrize("name", ["linkedin for partners", "hubspot"])
    async def test_access_that_cannot_be_renewed_any_more_asks_for_a_person(
        self, workplace: Workplace, name: str
    ) -> None:
        client = await Client.open(workplace, APPS[name])
        await client.granted()
        await client.jobs_done(*ACCESS_JOBS)
        await end(client, "revoke")
        await is_due(client)
        await client.jobs_done("connection.refresh")
        grant = await client.grant()
        assert (await client.row())["status"] == "needs_attention"
        assert await client.alerts() == ["connection.reauthorize"]
        assert (grant["last_error"]["code"], grant["refresh_due_at"]) == ("authentication_failed", None)

        await client.granted()
        grant = await client.grant()
        assert ((await client.row())["status"], await client.alerts()) == ("active", [])
        assert (grant["last_error"], grant["revoked_at"]) == (None, None)

    async def test_a_provider_that_is_down_for_now_costs_nothing(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, FOR_PARTNERS)
        await client.granted()
        before = await client.credentials()
        match = {"path": "/www/oauth/v2/accessToken"}
        await workplace.plan_fault("server_error", provider="linkedin", match=match, status=503)
        await is_due(client)
        await client.jobs_done("connection.refresh")
        assert (await client.row())["status"] == "active"
        assert (await client.credentials())["access_token"] != before["access_token"]


class TestCallsThatMeetAccessThatHasEnded:
    async def newsroom(self, workplace: Workplace, app: App) -> tuple[Client, Newsroom]:
        """A newsroom that publishes on LinkedIn's page, by consent."""
        client = await Client.open(workplace, app)
        await client.granted()
        await client.jobs_done(*ACCESS_JOBS)
        room = Newsroom(workplace, client.organization_id)
        account_id = await room.choose(client.connection_id, LINKEDIN)
        room.outlets["linkedin"] = Outlet(LINKEDIN, client.connection_id, account_id, await client.login())
        return client, room

    async def test_go_on_with_renewed_access(self, workplace: Workplace) -> None:
        """The token runs out while the post's pictures are on their way."""
        client, room = await self.newsroom(workplace, FOR_PARTNERS)
        await room.fault("rate_limited", LINKEDIN.file_call, retry_after="3", skip=1)
        post = await room.post(media=[room.picture(), room.picture(1000, 1000)])
        await room.waiting(post, "rate_limited")
        await end(client, "expire")
        operation = await room.settled(post)
        assert (operation["status"], await room.copies(post)) == ("succeeded", 1)
        assert len(await until(lambda: client.calls("refresh_tokens"))) == 1
        assert (await client.row())["status"] == "active"

    async def test_find_out_with_renewed_access_what_became_of_them(self, workplace: Workplace) -> None:
        client, room = await self.newsroom(workplace, FOR_PARTNERS)
        await room.fault("late_answer", LINKEDIN.publish_call, seconds=3)
        post = await room.post()
        await until(lambda: room.copies(post))
        await end(client, "expire")
        assert (await room.settled(post))["status"] == "succeeded"
        assert ((await room.now(post))["status"], await room.copies(post)) == ("published", 1)

    async def test_are_not_put_off_for_ever_where_new_access_is_refused_as_well(self, workplace: Workplace) -> None:
        """The page is not the login's any more: no other token changes that, and none is asked for again and again."""
        client, room = await self.newsroom(workplace, FOR_PARTNERS)
        await LINKEDIN.remove(room.first.login, LINKEDIN.account_id)
        post = await room.post()
        operation = await room.settled(post)
        assert (operation["status"], operation["error"]["code"]) == ("failed", "authentication_failed")
        assert ((await room.now(post))["status"], await room.copies(post)) == ("failed", 0)
        assert len(await until(lambda: client.calls("refresh_tokens"))) == 1

    async def test_fail_and_ask_for_a_person_where_nobody_can_renew_it(self, workplace: Workplace) -> None:
        client, room = await self.newsroom(workplace, LINKEDINS)
        await end(client, "expire")
        post = await room.post()
        assert (await room.settled(post))["error"]["code"] == "authentication_failed"
        assert (await client.row())["status"] == "needs_attention"
        assert len(await room.alerts(f"connection.needs_attention:{client.connection_id}")) == 1

        await client.granted()
        await room.leave_alone(client.connection_id)
        await room.hub.call("retry_post", post_id=post["id"])
        assert (await room.settled(post))["status"] == "succeeded"
        assert await room.copies(post) == 1


class TestLookingAt:
    LONG_AGO = "update public.connection_grants set inspected_at = now() - interval '2 days' where connection_id = %s"

    async def looked_at(self, client: Client) -> Row:
        """What is known of access after the clock has had it looked at."""
        await client.jobs_done(*ACCESS_JOBS)
        await client.hub.database.execute(self.LONG_AGO, [client.connection_id])
        await PostgresGrants(client.hub.pool).look_after()
        await client.jobs_done(*ACCESS_JOBS)
        return await client.grant()

    @pytest.mark.parametrize("key", NETWORKS)
    async def test_its_end_is_known_by_what_the_provider_says(self, workplace: Workplace, key: str) -> None:
        client = await Client.open(workplace, App(key))
        await client.granted()
        version = (await client.row())["credentials_version"]
        await client.jobs_done(*ACCESS_JOBS)
        forget = "update public.connection_grants set access_expires_at = null, scopes = null where connection_id = %s"
        await workplace.database.execute(forget, [client.connection_id])
        grant = await self.looked_at(client)
        assert grant["access_expires_at"] > datetime.now(UTC) + timedelta(days=50)
        assert grant["scopes"]
        assert grant["inspected_at"] > datetime.now(UTC) - timedelta(minutes=1)
        assert (await client.row())["credentials_version"] == version

    @pytest.mark.parametrize("key", NETWORKS)
    async def test_its_loss_is_noticed(self, workplace: Workplace, key: str) -> None:
        client = await Client.open(workplace, App(key))
        await client.granted()
        await client.jobs_done(*ACCESS_JOBS)
        await end(client, "revoke")
        grant = await self.looked_at(client)
        assert grant["revoked_at"] is not None
        assert grant["last_error"]["code"] == "authentication_failed"
        assert (await client.row())["status"] == "needs_attention"
        assert await client.alerts() == ["connection.reauthorize"]

    async def test_a_provider_that_does_not_answer_loses_nothing(self, workplace: Workplace) -> None:
        client = await Client.open(workplace, LINKEDINS)
        await client.granted()
        match = {"path": "/www/oauth/v2/introspectToken"}
        await workplace.plan_fault("server_error", provider="linkedin", match=match, status=503, times=9)
        grant = await self.looked_at(client)
        assert (grant["revoked_at"], grant["last_error"]) == (None, None)
        assert (await client.row())["status"] == "active"


@pytest.mark.parametrize("name", ["facebook", "instagram by its own login", "linkedin for partners", "hubspot"])
async def test_no_code_verifier_or_token_is_written_anywhere(
    workplace: Workplace, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    client = await Client.open(workplace, APPS[name])
    back = await decides(workplace.sandbox, await client.sent_to())
    await client.comes_back(back)
    await comes_of_age(client)
    before = await client.credentials()
    if name in RENEWED:
        await is_due(client)
        await client.jobs_done("connection.refresh")
    again = await decides(workplace.sandbox, await client.sent_to())
    await client.comes_back(again | {"code": back["code"]})  # is refused
    await until(lambda: client.calls("exchange_code"))

    after = await client.credentials()
    secrets = {back["code"], again["code"], client.client_secret}
    secrets |= {code_verifier(client.client_secret, each["state"]) for each in (back, again)}
    secrets |= {each[kind] for each in (before, after) for kind in ("access_token", "refresh_token") if kind in each}
    printed = capsys.readouterr()
    places = {"the log": printed.out + printed.err, **await written(client)}
    assert places["integration_logs"]
    for place, text in places.items():
        assert not [each for each in secrets if each in text], place


async def written(client: Client) -> dict[str, str]:
    """Everything that the organization's tables have of it, those that clients read and those of its jobs."""
    tables = await client.hub.all(
        """
        select c.table_schema as schema, c.table_name as name
        from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
        where c.column_name = 'organization_id' and t.table_type = 'BASE TABLE'
          and (c.table_schema = 'public' or c.table_name in ('jobs', 'dead_jobs', 'oauth_states'))"""
    )
    found = {}
    for table in tables:
        query = f"select to_jsonb(t)::text as line from {table['schema']}.{table['name']} t where organization_id = %s"
        found[table["name"]] = "\n".join(row["line"] for row in await client.hub.all(query, client.organization_id))
    return found
