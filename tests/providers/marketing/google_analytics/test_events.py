"""How events are sent: one request for each client, and nothing that Google would drop."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.providers.marketing.google_analytics.builders import (
    API_SECRET,
    CLIENT,
    COLLECTED,
    analytics,
    event,
    purchase,
)
from tests.support.carrier_wire import Wire
from tests.support.tools.google_analytics import key_file
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.marketing.google_analytics.limits import RESERVED_EVENTS
from workers.providers.marketing.models import AdConsent, Item, TrackedEvent
from workers.transport.redaction import redact_body, redact_url


async def sent(*events: TrackedEvent, **settings: Any) -> list[Any]:
    """The bodies of the requests that some events make."""
    wire = Wire(*[COLLECTED] * len(events))
    await analytics(wire, **settings).send_events(events)
    return wire.bodies


async def test_a_purchase_is_told_as_google_wants_it() -> None:
    wire = Wire(COLLECTED)
    when = datetime.now(UTC).replace(microsecond=250_000) - timedelta(hours=1)
    await analytics(wire).send_events(
        [purchase(occurred_at=when, consent=AdConsent(user_data=True, personalization=False))]
    )
    (request,) = wire.requests
    assert str(request.url.copy_with(query=None)) == "https://www.google-analytics.com/mp/collect"
    assert wire.query == [("measurement_id", "G-WASL12345"), ("api_secret", API_SECRET)]
    assert request.headers["content-type"] == "application/json"
    assert wire.body == {
        "client_id": CLIENT,
        "consent": {"ad_user_data": "GRANTED", "ad_personalization": "DENIED"},
        "events": [
            {
                "name": "purchase",
                "params": {
                    "engagement_time_msec": 100,
                    "timestamp_micros": int(when.timestamp()) * 1_000_000 + 250_000,
                    "session_id": "1767225600",
                    "transaction_id": "SO-1001",
                    "value": 149.5,
                    "currency": "AED",
                    "items": [{"item_id": "SKU1", "item_name": "عباءة سوداء", "price": 149.5, "quantity": 1}],
                },
            }
        ],
    }
    assert "عباءة" in request.content.decode()


async def test_what_is_not_known_is_not_said() -> None:
    ((body),) = await sent(event(consent=AdConsent(user_data=None, personalization=True)))
    assert body["consent"] == {"ad_personalization": "GRANTED"}
    ((body),) = await sent(event(consent=AdConsent()))
    assert body.keys() == {"client_id", "events"}
    assert body["events"][0]["params"].keys() == {"engagement_time_msec", "timestamp_micros"}


async def test_properties_become_parameters_and_may_say_how_long_somebody_was_engaged() -> None:
    ((body),) = await sent(
        event(properties={"method": "google", "step": 2, "score": 0.5, "engagement_time_msec": 4000})
    )
    params = body["events"][0]["params"]
    assert {name: params[name] for name in ("method", "step", "score", "engagement_time_msec")} == {
        "method": "google",
        "step": 2,
        "score": 0.5,
        "engagement_time_msec": 4000,
    }


async def test_prices_without_a_total_are_in_the_connections_currency() -> None:
    viewed = event(name="view_item", items=(Item(id="SKU1", name="Abaya", price="149.50"),))
    ((body),) = await sent(viewed, currency="SAR")
    assert body["events"][0]["params"]["currency"] == "SAR"


async def test_the_european_region_is_another_address() -> None:
    wire = Wire(COLLECTED)
    await analytics(wire, region="eu").send_events([event()])
    assert wire.requests[0].url.host == "region1.google-analytics.com"


async def test_events_go_together_by_client_user_and_consent_and_at_most_25_at_once() -> None:
    agreed = AdConsent(user_data=True)
    many = [event(properties={"step": step}) for step in range(26)]
    bodies = await sent(
        *many, event(client_id="9.9"), event(user_id="u-1"), event(consent=agreed), event(client_id="9.9")
    )
    assert [(body["client_id"], body.get("user_id"), len(body["events"])) for body in bodies] == [
        (CLIENT, None, 25),
        (CLIENT, None, 1),
        ("9.9", None, 2),
        (CLIENT, "u-1", 1),
        (CLIENT, None, 1),
    ]
    assert [each["params"]["step"] for body in bodies[:2] for each in body["events"]] == list(range(26))


async def test_a_request_stays_below_googles_size() -> None:
    items = tuple(Item(id="س" * 100, name="ص" * 100) for _ in range(120))
    wire = Wire(*[COLLECTED] * 2)
    await analytics(wire).send_events([purchase(items=items, reference=str(number)) for number in range(4)])
    assert [len(body["events"]) for body in wire.bodies] == [2, 2]
    assert all(len(request.content) < 130_000 for request in wire.requests)


async def test_without_a_browsers_id_a_user_has_a_pseudonym_of_their_own() -> None:
    first, second, again = [
        (await sent(event(client_id=None, user_id=user)))[0] for user in ("user-1", "user-2", "user-1")
    ]
    assert first["client_id"] == again["client_id"] != second["client_id"]
    assert first["user_id"] == "user-1"
    assert all(part.isdecimal() and int(part) > 0 for part in first["client_id"].split("."))
    ((elsewhere),) = await sent(event(client_id=None, user_id="user-1"), measurement_id="G-OTHER1234")
    assert elsewhere["client_id"] != first["client_id"]


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("nobody", {"client_id": None}, "client_id", "VALUE_REQUIRED"),
    ("an address", {"user_id": "fatima@example.ae"}, "user_id", "VALUE_INVALID"),
    ("a phone", {"user_id": "+971 50 111 0001"}, "user_id", "VALUE_INVALID"),
    ("no session of Google's", {"session_id": "abc"}, "session_id", "VALUE_INVALID"),
    ("a reserved name", {"name": "session_start"}, "name", "NAME_RESERVED"),
    ("a reserved prefix", {"name": "ga_signup"}, "name", "NAME_RESERVED"),
    ("no order", {"name": "purchase", "reference": None}, "reference", "VALUE_REQUIRED"),
    ("no worth", {"name": "purchase", "money": None}, "money", "VALUE_REQUIRED"),
    ("a long order", {"name": "purchase", "reference": "1" * 101}, "reference", "VALUE_OUT_OF_BOUNDS"),
    ("a long value", {"properties": {"plan": "x" * 101}}, "properties.plan", "VALUE_OUT_OF_BOUNDS"),
    ("a long title", {"properties": {"page_title": "x" * 301}}, "properties.page_title", "VALUE_OUT_OF_BOUNDS"),
    ("no number", {"properties": {"score": float("nan")}}, "properties.score", "VALUE_OUT_OF_BOUNDS"),
    ("a huge number", {"properties": {"score": 2**70}}, "properties.score", "VALUE_OUT_OF_BOUNDS"),
    ("a spaced name", {"properties": {"two words": 1}}, "properties.two words", "NAME_INVALID"),
    ("an Arabic name", {"properties": {"خطة": 1}}, "properties.خطة", "NAME_INVALID"),
    ("a long name", {"properties": {"x" * 41: 1}}, f"properties.{'x' * 41}", "NAME_INVALID"),
    ("a reserved parameter", {"properties": {"_private": 1}}, "properties._private", "NAME_RESERVED"),
    ("Firebase's", {"properties": {"firebase_conversion": 1}}, "properties.firebase_conversion", "NAME_RESERVED"),
    ("said twice", {"name": "purchase", "properties": {"value": 1}}, "properties.value", "NAME_DUPLICATED"),
    ("too many", {"properties": {f"p{n}": n for n in range(24)}}, "properties", "EXCEEDED_MAX_ENTITIES"),
    ("a long item", {"items": (Item(id="1", name="x" * 101),)}, "items.0.name", "VALUE_OUT_OF_BOUNDS"),
    ("a huge event", {"items": (Item(id="😀" * 100, name="😀" * 100),) * 200}, "items", "VALUE_OUT_OF_BOUNDS"),
]


@pytest.mark.parametrize(
    ("changes", "field", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
async def test_what_google_would_drop_is_refused_before_any_call(
    changes: dict[str, Any], field: str, code: str
) -> None:
    wrong = (purchase if changes.get("name") == "purchase" else event)(**changes)
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await analytics(wire).send_events([event(), wrong])
    assert refused.value.field == f"events.1.{field}"
    assert refused.value.message.startswith(f"events.1.{field}: ")
    assert not wire.requests

    (problem,) = [each for each in await analytics(Wire({})).check_events([event(), wrong]) if each.field == field]
    assert (problem.event, problem.code) == (1, code)


@pytest.mark.parametrize(("offset", "is_taken"), [(-71.9, True), (-72.1, False), (0.01, True), (0.1, False)])
async def test_an_event_lies_at_most_72_hours_back_and_not_ahead(offset: float, is_taken: bool) -> None:
    wire = Wire(COLLECTED)
    sending = analytics(wire).send_events([event(occurred_at=datetime.now(UTC) + timedelta(hours=offset))])
    if is_taken:
        await sending
    else:
        with pytest.raises(InvalidRequest) as refused:
            await sending
        assert refused.value.field == "events.0.occurred_at"
    assert len(wire.requests) == int(is_taken)


async def test_as_much_as_google_takes_is_sent() -> None:
    ((body),) = await sent(event(properties={"page_location": "x" * 1000, **{f"p{n}": "x" * 100 for n in range(22)}}))
    assert len(body["events"][0]["params"]) == 25


def test_the_reserved_names_are_names() -> None:
    assert len(RESERVED_EVENTS) == 31
    assert not {"purchase", "refund", "sign_up", "generate_lead"} & RESERVED_EVENTS


# What cannot be known.


@pytest.mark.parametrize("answer", [(500, "<html>"), httpx.ReadTimeout("slow"), (503, ""), (200, "<html>")])
async def test_without_an_answer_nobody_knows(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await analytics(Wire(answer)).send_events([event()])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ConnectError("no"), Unavailable),
        ((429, ""), RateLimited),
        ((403, ""), AuthenticationFailed),
        ((413, ""), InvalidRequest),
    ],
)
async def test_what_was_certainly_not_sent_says_so_but_not_when_a_part_was(
    answer: Any, kind: type[ProviderError]
) -> None:
    with pytest.raises(kind):
        await analytics(Wire(answer)).send_events([event(), event(client_id="9.9")])
    with pytest.raises(OutcomeUnknown, match="1 of 2 events were sent"):
        await analytics(Wire(COLLECTED, answer)).send_events([event(), event(client_id="9.9")])


async def test_only_purchases_may_be_sent_again_since_google_counts_one_order_once() -> None:
    wire = Wire(*[COLLECTED] * 3)
    await analytics(wire).send_events(
        [purchase(), purchase(client_id="9.9"), event(client_id="9.9"), event(client_id="8.8")]
    )
    assert [request.extensions["wasl"]["retryable"] for request in wire.requests] == [True, False, False]
    assert not any("idempotency" in name for request in wire.requests for name in request.headers)


async def test_nothing_is_sent_for_no_events() -> None:
    assert await sent() == []


# The validation server.


async def test_what_the_validation_server_finds_is_told_of_its_event() -> None:
    def found(place: int, text: str = "has invalid name [x]. Names must start with an alphabetic character.") -> Any:
        description = f"Event at index: [{place}] {text}"
        message = {"fieldPath": "events", "description": description, "validationCode": "NAME_INVALID"}
        return {"validationMessages": [message]}

    late = {"fieldPath": "timestamp_micros", "description": "too far in the past", "validationCode": "VALUE_INVALID"}
    wire = Wire(found(1), {"validationMessages": [late]})
    events = [event(), event(client_id="9.9"), event(name="ga_x"), event()]
    first, second, third = await analytics(wire).check_events(events)
    assert (first.event, first.field, first.code) == (2, "name", "NAME_RESERVED")
    assert (second.event, second.field, second.code) == (3, "events", "NAME_INVALID")
    assert (third.event, third.field, third.message) == (1, "timestamp_micros", "too far in the past")
    assert wire.lines == ["POST /debug/mp/collect"] * 2
    assert all(body["validation_behavior"] == "ENFORCE_RECOMMENDATIONS" for body in wire.bodies)
    (unplaced,) = await analytics(Wire(found(7))).check_events([event(), event()])
    assert unplaced.event is None


async def test_a_validation_that_finds_nothing_or_does_not_answer() -> None:
    assert await analytics(Wire({"validationMessages": []})).check_events([event()]) == ()
    assert await analytics(Wire({})).check_events([event()]) == ()
    for answer in ((500, ""), (200, "<html>"), {"validationMessages": [{}]}):
        with pytest.raises(Unavailable):
            await analytics(Wire(answer)).check_events([event()])


# What the connection lacks, and what is kept.


async def test_what_a_connection_lacks_is_asked_for_by_name() -> None:
    with pytest.raises(AuthenticationFailed, match="api_secret is missing"):
        await analytics(Wire(), {"service_account_key": key_file()}).send_events([event()])
    with pytest.raises(InvalidRequest) as refused:
        await analytics(Wire(), measurement_id=None).send_events([event()])
    assert refused.value.field == "settings.measurement_id"


async def test_neither_secret_nor_user_is_in_a_record() -> None:
    wire = Wire(COLLECTED)
    connector = analytics(wire)
    await connector.send_events([event(user_id="user-77")])
    (request,) = wire.requests
    sensitive = request.extensions["wasl"]["sensitive_fields"]
    assert API_SECRET not in redact_url(str(request.url), sensitive)
    assert "user-77" not in str(redact_body(request.content, "application/json", sensitive))


async def test_a_secret_that_is_echoed_is_in_no_error() -> None:
    with pytest.raises(ProviderError) as refused:
        await analytics(Wire((400, {"error": {"message": f"bad secret {API_SECRET}"}}))).send_events([event()])
    assert API_SECRET not in refused.value.message
