"""Both colours against the real stack: real Postgres, real PostgREST, real auth. No worker runs."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from wasl import (
    AsyncWasl,
    AuthenticationError,
    Conflict,
    Connection,
    InvalidRequest,
    NotFound,
    OperationFailed,
    PermissionDenied,
    WaitTimeout,
    Wasl,
    WaslError,
)
from wasl._async import connections as async_connections
from wasl._sync import connections
from wasl._tokens import Token
from wasl.sealing import SUITE, binding_info, encode_base64url

from stack import Stack
from tests.conftest import NewUser
from tests.support.hubs import AnyHub, collect, done

NewHub = Callable[..., AnyHub]
ORDER: dict[str, Any] = {"amount": "99.00", "currency": "AED", "reference": "order-1", "payment_method": "pm_card_visa"}


@pytest.fixture(params=[AsyncWasl, Wasl])
async def new_hub(request: pytest.FixtureRequest, stack: Stack) -> AsyncIterator[NewHub]:
    """Makes clients of one colour."""
    clients: list[AnyHub] = []

    def make(**options: Any) -> AnyHub:
        clients.append(request.param(stack.url, stack.publishable_key, **options))
        return clients[-1]

    yield make
    for client in clients:
        await done(client.aclose() if isinstance(client, AsyncWasl) else client.close())


@pytest.fixture
async def hub(new_hub: NewHub, stack: Stack, database: psycopg.AsyncConnection[Any]) -> AnyHub:
    """Somebody who owns one organization."""
    return await owner(new_hub, stack, database)


async def owner(new_hub: NewHub, stack: Stack, database: psycopg.AsyncConnection[Any]) -> AnyHub:
    """A client of a new user with a new organization, made without auth, which takes its time over passwords."""
    user_id = str(uuid4())
    await database.execute("insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"])
    hub = new_hub(access_token=stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id}))
    await done(hub.organizations.create("Wahat Trading"))
    return hub


@pytest.fixture
async def connection(hub: AnyHub, encryption_key: X25519PrivateKey) -> Connection:
    """A Stripe connection with credentials."""
    connection = await done(hub.connections.create("stripe"))
    await done(hub.connections.set_credentials(connection.id, {"secret_key": "sk_test_abcdefghijklmnop"}))
    return connection


@pytest.fixture
async def encryption_key(hub: AnyHub, database: psycopg.AsyncConnection[Any]) -> X25519PrivateKey:
    """The organization's own key, which `hub` seals to."""
    [organization] = await collect(hub.organizations.list())
    return await put_key(database, str(organization.id))


async def put_key(database: psycopg.AsyncConnection[Any], organization_id: str) -> X25519PrivateKey:
    private_key = X25519PrivateKey.generate()
    public_key = encode_base64url(private_key.public_key().public_bytes_raw())
    await database.execute(
        "insert into public.encryption_keys (id, organization_id, public_key) values (%s, %s, %s)",
        [uuid4().hex[:16], organization_id, public_key],
    )
    return private_key


async def test_somebody_new_signs_up_and_owns_an_organization(new_hub: NewHub) -> None:
    hub = new_hub()
    await done(hub.sign_up(f"{uuid4().hex}@example.com", "correct-horse-battery"))
    created = await done(hub.organizations.create("Wahat Trading", country="AE"))
    assert [each.id for each in await collect(hub.organizations.list())] == [created.id]


async def test_a_wrong_password_signs_nobody_in(new_hub: NewHub, new_user: NewUser) -> None:
    user = await new_user()
    with pytest.raises(AuthenticationError) as error:
        await done(new_hub().sign_in(user.email, "wrong-horse-battery"))
    assert error.value.code == "invalid_credentials"


async def test_an_address_signs_up_once(new_hub: NewHub, new_user: NewUser) -> None:
    user = await new_user()
    with pytest.raises(Conflict) as error:
        await done(new_hub().sign_up(user.email, "correct-horse-battery"))
    assert error.value.field == "email"


async def test_somebody_who_signed_out_is_nobody(new_hub: NewHub, new_user: NewUser) -> None:
    user, hub = await new_user(), new_hub()
    await done(hub.sign_in(user.email, user.password))
    await done(hub.sign_out())
    with pytest.raises(AuthenticationError, match="Nobody is signed in"):
        await collect(hub.organizations.list())


async def test_a_token_that_was_forged_is_refused(new_hub: NewHub, stack: Stack) -> None:
    token = stack.mint_jwt({"role": "authenticated", "sub": str(uuid4())})
    with pytest.raises(AuthenticationError):
        await collect(new_hub(access_token=token[:-8] + "AAAAAAAA").organizations.list())


async def test_an_expired_session_renews_itself(new_hub: NewHub, new_user: NewUser, stack: Stack) -> None:
    user, hub = await new_user(), new_hub()
    await done(hub.sign_in(user.email, user.password))
    session = hub._api.session
    expired = stack.mint_jwt({"role": "authenticated", "sub": str(uuid4())}, lifetime_seconds=-60)
    session._token = Token(expired)
    assert await collect(hub.organizations.list()) == []
    assert session._token is not None and session._token.value != expired


async def test_the_catalog_lists_stripe(hub: AnyHub) -> None:
    providers = await done(hub.providers.list(category="payments"))
    assert "stripe" in [provider.key for provider in providers]
    stripe = await done(hub.providers.get("stripe"))
    assert {field.name for field in stripe.credential_fields} >= {"secret_key", "webhook_secret"}
    with pytest.raises(NotFound, match="no provider"):
        await done(hub.providers.get("nobody"))


async def test_a_connection_lives(hub: AnyHub, connection: Connection) -> None:
    assert (await done(hub.connections.get(connection.id))).status == "active"
    changed = await done(hub.connections.update(connection.id, name="Main", paused=True))
    assert (changed.name, changed.status) == ("Main", "paused")
    assert [each.id for each in await collect(hub.connections.list(status="paused"))] == [connection.id]
    assert (await done(hub.connections.disconnect(connection.id))).status == "disconnected"
    with pytest.raises(Conflict, match="disconnected"):
        await done(hub.connections.set_credentials(connection.id, {"secret_key": "sk_test_abcdefghijklmnop"}))


async def test_credentials_are_sealed_before_they_leave(
    hub: AnyHub, encryption_key: X25519PrivateKey, database: psycopg.AsyncConnection[Any]
) -> None:
    connection = await done(hub.connections.create("stripe"))
    secrets = {"secret_key": "sk_test_abcdefghijklmnop", "webhook_secret": "whsec_abcdefghijklmnop"}
    stored = await done(hub.connections.set_credentials(connection.id, secrets))
    assert {each.name: each.hint for each in stored} == {"secret_key": "mnop", "webhook_secret": "mnop"}
    assert [each.name for each in await done(hub.connections.credentials(connection.id))] == sorted(secrets)
    for credential in stored:
        cursor = await database.execute(
            "select ciphertext from private.sealed_credentials where credential_id = %s", [credential.id]
        )
        [row] = await cursor.fetchall()
        info = binding_info(connection.organization_id, connection.id, credential.name)
        assert SUITE.decrypt(row["ciphertext"], encryption_key, info).decode() == secrets[credential.name]


async def test_a_key_that_is_rotated_meanwhile_is_fetched_again(
    hub: AnyHub,
    encryption_key: X25519PrivateKey,
    database: psycopg.AsyncConnection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = await done(hub.connections.create("stripe"))
    room: Any = async_connections if isinstance(hub, AsyncWasl) else connections
    fetch = room.active_key
    stale = await done(fetch(hub.connections._api, connection.organization_id))
    await database.execute("update public.encryption_keys set state = 'retiring' where id = %s", [stale.id])
    await put_key(database, str(connection.organization_id))
    keys = [stale]

    async def first_the_stale_one(api: Any, organization_id: Any) -> Any:
        return keys.pop() if keys else await done(fetch(api, organization_id))

    def first_the_stale_one_at_once(api: Any, organization_id: Any) -> Any:
        return keys.pop() if keys else fetch(api, organization_id)

    fake = first_the_stale_one if isinstance(hub, AsyncWasl) else first_the_stale_one_at_once
    monkeypatch.setattr(room, "active_key", fake)
    [credential] = await done(hub.connections.set_credentials(connection.id, {"secret_key": "sk_test_abcdefgh"}))
    assert credential.key_id != stale.id


async def test_a_credential_that_the_provider_does_not_have_is_refused(hub: AnyHub, connection: Connection) -> None:
    with pytest.raises(InvalidRequest) as error:
        await done(hub.connections.set_credentials(connection.id, {"password": "hunter2-hunter2-hunter2"}))
    assert error.value.field == "credentials.name"
    assert "hunter2" not in str(error.value)


async def test_a_secret_of_another_type_is_refused_without_showing_it(hub: AnyHub, connection: Connection) -> None:
    with pytest.raises(TypeError, match=r"credentials\.secret_key must be a str, not int"):
        await done(hub.connections.set_credentials(connection.id, {"secret_key": 12345678}))  # type: ignore[dict-item]


async def test_a_webhook_endpoint_shows_its_address_once(hub: AnyHub, connection: Connection, stack: Stack) -> None:
    endpoint = await done(hub.connections.create_webhook_endpoint(connection.id, description="Stripe"))
    assert endpoint.url == f"{stack.url}/functions/v1/webhooks/{endpoint.token}"
    assert endpoint.token.startswith("wh_")
    assert endpoint.token not in repr(endpoint)


async def test_what_an_endpoint_lets_in_is_changed_and_what_it_turned_away_is_shown(
    hub: AnyHub, connection: Connection, database: psycopg.AsyncConnection[Any]
) -> None:
    made = await done(hub.connections.create_webhook_endpoint(connection.id))
    changed = await done(
        hub.webhook_endpoints.update(
            made.id,
            rate_per_second=2.5,
            rate_burst=10,
            allowed_networks=("203.0.113.0/24",),
            ignored_event_types=["invoice.*"],
            body_retention_days=7,
        )
    )
    assert (changed.rate_per_second, changed.rate_burst) == (Decimal("2.5"), 10)
    assert (changed.allowed_networks, changed.ignored_event_types) == (["203.0.113.0/24"], ["invoice.*"])
    assert (await done(hub.webhook_endpoints.update(made.id, rate_per_second=None))).rate_per_second is None
    assert [each.id for each in await collect(hub.webhook_endpoints.list(connection_id=connection.id))] == [made.id]
    for field, wrong in {"allowed_networks": ["nowhere"], "body_retention_days": 0, "rate_burst": 0}.items():
        with pytest.raises(InvalidRequest) as refused:
            await done(hub.webhook_endpoints.update(made.id, **{field: wrong}))  # type: ignore[arg-type]
        assert refused.value.field == field
    await database.execute(
        "insert into public.webhook_requests (organization_id, connection_id, endpoint_id, received_at, reason,"
        " http_status, verified, method, headers)"
        " select %s, %s, %s, now(), reason, 401, false, 'POST', '{\"a\": \"b\"}'"
        " from unnest(array['signature_invalid', 'rate_limited']) reason",
        [connection.organization_id, connection.id, made.id],
    )
    [request] = await collect(hub.webhook_endpoints.requests(made.id, reason="signature_invalid"))
    assert (request.http_status, request.verified, request.headers) == (401, False, {"a": "b"})
    assert len(await collect(hub.webhook_endpoints.requests(made.id))) == 2


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"allowed_networks": "10.0.0.0/8"}, "allowed_networks must be a list, not str"),
        ({"token": "t"}, "a webhook endpoint has no 'token'"),
    ],
)
async def test_an_endpoint_is_not_changed_by_what_it_has_not(
    hub: AnyHub, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(TypeError, match=f"^{complaint}"):
        await done(hub.webhook_endpoints.update(uuid4(), **changes))


async def test_a_payment_is_taken_up(hub: AnyHub, connection: Connection) -> None:
    payment = await done(hub.payments.create(**ORDER, metadata={"basket": "7"}))
    assert (str(payment.amount), payment.currency, payment.status) == ("99.00", "AED", "pending")
    assert await done(hub.payments.get(payment.id)) == payment
    [event] = await done(hub.payments.events(payment.id))
    assert (event.type, event.source) == ("payment.requested", "client")
    [operation] = await collect(hub.operations.list(subject_id=payment.id))
    assert (operation.kind, operation.status, operation.finished) == ("payment.create", "pending", False)
    assert await done(hub.operations.get(operation.id)) == operation


async def test_the_same_key_takes_one_payment(hub: AnyHub, connection: Connection) -> None:
    first = await done(hub.payments.create(**ORDER, idempotency_key="k1"))
    assert (await done(hub.payments.create(**ORDER, idempotency_key="k1"))).id == first.id
    with pytest.raises(Conflict) as error:
        await done(hub.payments.create(**ORDER | {"amount": "98.00"}, idempotency_key="k1"))
    assert (error.value.code, error.value.field) == ("idempotency_key_reused", "idempotency_key")


@pytest.mark.parametrize(
    ("changed", "expected", "field"),
    [
        ({"currency": "XXX"}, InvalidRequest, "currency"),
        ({"amount": "-1"}, InvalidRequest, "amount"),
        ({"amount": "0"}, InvalidRequest, "amount"),
        ({"amount": "1.001"}, InvalidRequest, "amount"),
        ({"amount": "NaN"}, InvalidRequest, "amount"),
        ({"amount": "1e3"}, InvalidRequest, "amount"),
        ({"reference": ""}, InvalidRequest, "reference"),
        ({"payment_method": "4242 4242 4242 4242"}, InvalidRequest, "payment_method"),
        ({"payment_method": None}, InvalidRequest, "return_url"),
        ({"return_url": "javascript:alert(1)"}, InvalidRequest, "return_url"),
        ({"capture_method": "later"}, InvalidRequest, "capture_method"),
        ({"metadata": {"k" * 41: "v"}}, InvalidRequest, "metadata"),
        ({"idempotency_key": "k" * 256}, InvalidRequest, "idempotency_key"),
        ({"connection_id": uuid4()}, NotFound, "connection_id"),
        ({"organization_id": uuid4()}, PermissionDenied, "organization_id"),
    ],
)
async def test_bad_input_is_one_error_that_names_the_field(
    hub: AnyHub, connection: Connection, changed: dict[str, Any], expected: type[WaslError], field: str
) -> None:
    with pytest.raises(expected) as error:
        await done(hub.payments.create(**ORDER | changed))
    assert type(error.value) is expected
    assert error.value.field == field
    assert await collect(hub.payments.list()) == []


async def test_a_payment_without_a_gateway_is_refused(hub: AnyHub) -> None:
    with pytest.raises(Conflict) as error:
        await done(hub.payments.create(**ORDER))
    assert error.value.code == "no_payment_connection"


async def test_nobody_works_so_waiting_ends(hub: AnyHub, connection: Connection) -> None:
    with pytest.raises(WaitTimeout) as error:
        await done(hub.payments.create(**ORDER, wait=0.1))
    assert error.value.operation.kind == "payment.create"


async def test_an_operation_is_cancelled_and_its_payment_with_it(hub: AnyHub, connection: Connection) -> None:
    payment = await done(hub.payments.create(**ORDER, idempotency_key="k2"))
    [operation] = await collect(hub.operations.list(subject_id=payment.id, kind="payment.create"))
    assert (await done(hub.operations.cancel(operation.id))).status == "cancelled"
    assert (await done(hub.payments.get(payment.id))).status == "cancelled"
    with pytest.raises(OperationFailed, match="cancelled"):
        await done(hub.payments.create(**ORDER, idempotency_key="k2", wait=1))
    with pytest.raises(Conflict) as error:
        await done(hub.operations.retry(operation.id))
    assert error.value.code == "operation_not_dead"


@pytest.mark.parametrize("call", ["capture", "refund", "sync"])
async def test_what_a_pending_payment_does_not_allow_is_refused(hub: AnyHub, connection: Connection, call: str) -> None:
    payment = await done(hub.payments.create(**ORDER))
    with pytest.raises(Conflict) as error:
        await done(getattr(hub.payments, call)(payment.id))
    assert error.value.field == "payment_id"
    assert await done(hub.payments.refunds(payment.id)) == []


async def test_listings_filter_and_page(hub: AnyHub, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasl._requests.PAGE_SIZE", 3)
    made = [await done(hub.payments.create(**ORDER | {"reference": f'order "{n}", (x)'})) for n in range(8)]
    listed = await collect(hub.payments.list())
    assert [payment.id for payment in listed] == [payment.id for payment in reversed(made)]
    assert [payment.id for payment in await collect(hub.payments.list(limit=5))] == [p.id for p in listed[:5]]
    assert await collect(hub.payments.list(reference=made[3].reference)) == [made[3]]
    assert await collect(hub.payments.list(status=["captured", "failed"])) == []
    assert len(await collect(hub.payments.list(status=["captured", "pending"], currency="AED"))) == 8
    assert await collect(hub.payments.list(created_after=made[5].created_at)) == [made[7], made[6]]
    assert await collect(hub.payments.list(created_before=made[1].created_at)) == [made[0]]
    earlier = made[0].created_at - timedelta(hours=1)
    assert await collect(hub.payments.list(created_before=earlier)) == []


async def test_rows_of_one_moment_are_all_listed(
    hub: AnyHub, connection: Connection, database: psycopg.AsyncConnection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl._requests.PAGE_SIZE", 2)
    made = [await done(hub.payments.create(**ORDER)) for _ in range(5)]
    await database.execute(
        "update public.payments set created_at = %s where organization_id = %s",
        [made[0].created_at, made[0].organization_id],
    )
    assert {payment.id for payment in await collect(hub.payments.list())} == {payment.id for payment in made}


async def test_a_filter_of_no_such_value_is_refused(hub: AnyHub) -> None:
    with pytest.raises(InvalidRequest, match="payment_status"):
        await collect(hub.payments.list(status="paid"))  # type: ignore[arg-type]


async def test_another_organization_sees_and_touches_nothing(
    hub: AnyHub, connection: Connection, new_hub: NewHub, stack: Stack, database: psycopg.AsyncConnection[Any]
) -> None:
    payment = await done(hub.payments.create(**ORDER))
    stranger = await owner(new_hub, stack, database)
    assert await collect(stranger.payments.list()) == []
    assert await collect(stranger.connections.list()) == []
    assert await done(stranger.payments.events(payment.id)) == []
    calls: list[Callable[[], Any]] = [
        lambda: stranger.payments.get(payment.id),
        lambda: stranger.payments.refund(payment.id),
        lambda: stranger.connections.get(connection.id),
        lambda: stranger.connections.test(connection.id),
        lambda: stranger.webhook_events.replay([uuid4()]),
        lambda: stranger.webhook_endpoints.get(uuid4()),
        lambda: stranger.webhook_endpoints.update(uuid4(), enabled=False),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            await done(call())


async def test_events_are_listed_without_and_read_with_their_bytes(
    hub: AnyHub, connection: Connection, database: psycopg.AsyncConnection[Any]
) -> None:
    event_id = uuid4()
    await database.execute(
        "insert into public.webhook_events (id, received_at, organization_id, connection_id, endpoint_id, provider_key,"
        " verified, event_type, headers, body)"
        " values (%s, now(), %s, %s, gen_random_uuid(), 'stripe', true, 'charge.succeeded', '{\"a\": \"b\"}', %s)",
        [event_id, connection.organization_id, connection.id, b"\x00\xff{}"],
    )
    [listed] = await collect(hub.webhook_events.list(event_type="charge.succeeded", connection_id=connection.id))
    assert (listed.id, listed.body, listed.headers) == (event_id, None, {"a": "b"})
    assert (await done(hub.webhook_events.get(event_id))).body == b"\x00\xff{}"
    assert await done(hub.webhook_events.replay([event_id])) == 1


async def test_an_api_key_works_within_its_scopes(hub: AnyHub, connection: Connection, new_hub: NewHub) -> None:
    key = await done(hub.api_keys.create("Till", ["payments:*"]))
    assert key.api_key.startswith("wasl_")
    assert key.api_key not in repr(key)
    till = new_hub(api_key=key.api_key)
    payment = await done(till.payments.create(**ORDER))
    assert payment.created_by == f"api_key:{key.id}"
    assert [each.id for each in await collect(till.payments.list())] == [payment.id]
    assert await collect(till.connections.list()) == []
    with pytest.raises(PermissionDenied, match="operations:read"):
        await done(till.payments.create(**ORDER, wait=1))
    with pytest.raises(PermissionDenied) as error:
        await done(till.connections.create("stripe"))
    assert error.value.code == "forbidden"


async def test_a_key_is_rotated_with_an_overlap(hub: AnyHub, new_hub: NewHub) -> None:
    old = await done(hub.api_keys.create("Till", ["*"], environment="sandbox", requests_per_minute=90))
    new = await done(hub.api_keys.rotate(old.id, overlap=timedelta(minutes=5)))
    assert (new.environment, new.requests_per_minute, new.scopes) == ("sandbox", 90, ["*"])
    for key in (old, new):
        assert await collect(new_hub(api_key=key.api_key).organizations.list())
    assert await done(hub.api_keys.usage(new.id)) == []  # nobody counts where no worker leads


async def test_what_is_used_of_each_quota(hub: AnyHub, connection: Connection) -> None:
    quotas = {quota.name: quota for quota in await done(hub.organizations.quotas())}
    assert quotas["connections"].used >= 1
    assert quotas["connections"].resets_at is None
    assert quotas["operations"].most is None


async def test_a_revoked_api_key_is_nobodys_at_once(hub: AnyHub, connection: Connection, new_hub: NewHub) -> None:
    key = await done(hub.api_keys.create("Till", ["*"], role="viewer"))
    till = new_hub(api_key=key.api_key)
    assert len(await collect(till.connections.list())) == 1
    await done(hub.api_keys.revoke(key.id))
    for client in (till, new_hub(api_key=key.api_key)):  # with a token from before, and with none yet
        with pytest.raises(AuthenticationError) as error:
            await collect(client.connections.list())
        assert error.value.code == "invalid_client"
    [known] = await collect(hub.api_keys.list())
    assert (known.id, known.name, known.role) == (key.id, "Till", "viewer")
    assert known.revoked_at is not None


@pytest.mark.parametrize("api_key", ["wasl_" + "x" * 43, "wasl_", "wasl_é", "wasl_" + "x" * 5000])
async def test_an_api_key_that_is_none_is_refused(new_hub: NewHub, api_key: str) -> None:
    with pytest.raises(AuthenticationError) as error:
        await collect(new_hub(api_key=api_key).connections.list())
    assert error.value.code == "invalid_client"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["payments"]}, "scopes"),
        ({"role": "owner"}, "role"),
        ({"name": " "}, "name"),
        ({"expires_at": datetime(2001, 1, 1, tzinfo=UTC)}, "expires_at"),
        ({"expires_at": datetime(2101, 1, 1)}, "expires_at"),
    ],
)
async def test_a_bad_api_key_is_not_made(hub: AnyHub, arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        await done(hub.api_keys.create(**{"name": "Till", "scopes": ["*"]} | arguments))
    assert error.value.field == field
