"""HubSpot's webhooks: signatures by published and by our own vectors, and what a delivery says."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workers.providers.errors import MalformedPayload, SignatureInvalid, SignatureStale
from workers.providers.events import WebhookRequest
from workers.providers.marketing.hubspot import HubSpotConnector
from workers.providers.marketing.hubspot.events import signed_uri

# The official Python client's tests (HubSpot/hubspot-api-python, tests/spec/utils/test_signature.py).
SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
BODY = b"{'example_field':'example_value'}"
URL = "https://www.example.com/webhook_uri"
STAMP = 1693657560000
V3 = "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="
# Our own, of an address with escapes.
OWN_SECRET = "unit-test-secret"
OWN_URL = "https://hooks.example.ae/in/hubspot?tenant=acme%3Adxb&x=%20y"
OWN_BODY = b'[{"eventId":1,"portalId":62515}]'
OWN_STAMP = 1767225600000
OWN_V3 = "FuPh6SukvgnH0Nl/yER3GMCnn0wFmh5hIl2bKvrvYB4="


def delivery(
    body: bytes, signature: str | None, stamp: int | str | None, *, late: float = 1.0, **more: Any
) -> WebhookRequest:
    """A delivery that came so many seconds after it was signed."""
    headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": stamp, **more.pop("headers", {})}
    seconds = int(stamp) / 1000 if str(stamp).isdigit() else OWN_STAMP / 1000
    arrived = datetime.fromtimestamp(seconds, UTC) + timedelta(seconds=late)
    return WebhookRequest(
        {name: str(value) for name, value in headers.items() if value is not None}, body, arrived, **more
    )


def verify(request: WebhookRequest, *secrets: str, **settings: Any) -> Any:
    return HubSpotConnector.verify_webhook(request, secrets or [OWN_SECRET], {"webhook_url": OWN_URL, **settings})


def signed(body: bytes, url: bytes, stamp: int = OWN_STAMP) -> str:
    message = b"POST" + url + body + str(stamp).encode()
    return base64.b64encode(hmac.digest(OWN_SECRET.encode(), message, "sha256")).decode()


def test_the_published_vector_is_right() -> None:
    with pytest.raises(MalformedPayload):  # which a body that is no JSON becomes only once its signature is right
        verify(delivery(BODY, V3, STAMP), SECRET, webhook_url=URL)
    with pytest.raises(SignatureInvalid):
        verify(delivery(BODY, V3, STAMP), "another", webhook_url=URL)


def test_our_vector_of_an_address_with_escapes_is_right() -> None:
    assert verify(delivery(OWN_BODY, OWN_V3, OWN_STAMP)).event_type == "unknown"
    assert signed_uri(OWN_URL) == b"https://hooks.example.ae/in/hubspot?tenant=acme:dxb&x=%20y"
    assert signed(OWN_BODY, signed_uri(OWN_URL)) == OWN_V3


def test_the_query_may_come_with_the_delivery_instead() -> None:
    address = OWN_URL.partition("?")[0]
    query = {"tenant": "acme:dxb", "x": " y"}
    assert verify(delivery(OWN_BODY, OWN_V3, OWN_STAMP, query=query), webhook_url=address)
    assert verify(delivery(OWN_BODY, OWN_V3, OWN_STAMP, query=query))
    plus = signed(OWN_BODY, b"https://hooks.example.ae/in/hubspot?tenant=acme:dxb&x=+y")
    assert verify(delivery(OWN_BODY, plus, OWN_STAMP, query=query), webhook_url=address)
    with pytest.raises(SignatureInvalid):
        verify(delivery(OWN_BODY, OWN_V3, OWN_STAMP, query={"tenant": "other"}), webhook_url=address)


def test_exactly_twelve_escapes_are_decoded() -> None:
    decoded = {
        "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'", "%28": "(", "%29": ")",
        "%2A": "*", "%2C": ",", "%3B": ";", "%3a": ":",
    }  # fmt: skip
    for escape, character in decoded.items():
        assert signed_uri(f"https://h.example/p?a={escape}b#part") == f"https://h.example/p?a={character}b".encode()
    for kept in ("%20", "%26", "%3D", "%23", "%2B", "%D8%B3", "%253A"):
        assert signed_uri(f"https://h.example/p?a={kept}") == f"https://h.example/p?a={kept}".encode()


def test_each_of_several_secrets_will_do() -> None:
    assert verify(delivery(OWN_BODY, OWN_V3, OWN_STAMP), "old", OWN_SECRET)
    with pytest.raises(SignatureInvalid):
        HubSpotConnector.verify_webhook(delivery(OWN_BODY, OWN_V3, OWN_STAMP), [], {"webhook_url": OWN_URL})


@pytest.mark.parametrize(
    ("body", "signature", "stamp"),
    [
        (OWN_BODY + b" ", OWN_V3, OWN_STAMP),
        (OWN_BODY, OWN_V3, OWN_STAMP + 1),
        (OWN_BODY, OWN_V3[:-2] + "A=", OWN_STAMP),
        (OWN_BODY, "", OWN_STAMP),
        (OWN_BODY, "ü", OWN_STAMP),
        (OWN_BODY, OWN_V3, None),
        (OWN_BODY, OWN_V3, "yesterday"),
    ],
    ids=["body", "time", "signature", "empty", "not ASCII", "no time", "no number"],
)
def test_whatever_is_changed_is_refused(body: bytes, signature: str, stamp: Any) -> None:
    with pytest.raises(SignatureInvalid):
        verify(delivery(body, signature, stamp))


def test_another_address_or_none_proves_nothing() -> None:
    with pytest.raises(SignatureInvalid):
        verify(delivery(OWN_BODY, OWN_V3, OWN_STAMP), webhook_url="https://hooks.example.ae/other")
    with pytest.raises(SignatureInvalid, match="webhook_url"):
        HubSpotConnector.verify_webhook(delivery(OWN_BODY, OWN_V3, OWN_STAMP), [OWN_SECRET], None)


@pytest.mark.parametrize("late", [-301.0, 301.0])
def test_a_signed_time_far_from_now_is_stale(late: float) -> None:
    with pytest.raises(SignatureStale):
        verify(delivery(OWN_BODY, OWN_V3, OWN_STAMP, late=late))
    assert verify(delivery(OWN_BODY, OWN_V3, OWN_STAMP, late=late, tolerance_seconds=600))


@pytest.mark.parametrize("late", [-299.0, 299.0])
def test_within_five_minutes_it_is_good(late: float) -> None:
    assert verify(delivery(OWN_BODY, OWN_V3, OWN_STAMP, late=late))


def older(version: str, body: bytes, **more: str) -> WebhookRequest:
    message = body if version == "v1" else b"POST" + signed_uri(OWN_URL) + body
    digest = hashlib.sha256(OWN_SECRET.encode() + message).hexdigest()
    headers = {"x-hubspot-signature": digest, "x-hubspot-signature-version": version, **more}
    return delivery(body, None, None, headers=headers)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_older_signatures_are_believed_only_where_the_setting_says_so_and_the_third_is_absent(version: str) -> None:
    assert verify(older(version, OWN_BODY), accept_older_signatures=True)
    with pytest.raises(SignatureInvalid):
        verify(older(version, OWN_BODY))
    with pytest.raises(SignatureInvalid):
        wrong_third = {"x-hubspot-signature-v3": "x", "x-hubspot-request-timestamp": str(OWN_STAMP)}
        verify(older(version, OWN_BODY, **wrong_third), accept_older_signatures=True)
    with pytest.raises(SignatureInvalid):
        forged = WebhookRequest(older(version, OWN_BODY).headers, b'[{"eventId":2}]', datetime.now(UTC))
        verify(forged, accept_older_signatures=True)


def test_the_published_older_vectors_are_right() -> None:
    digest = hashlib.sha256(SECRET.encode() + BODY).hexdigest()
    assert (digest[:8], digest[-4:]) == ("69fc6631", "f750")
    second = hashlib.sha256(SECRET.encode() + b"POST" + URL.encode() + BODY).hexdigest()
    assert (second[:8], second[-4:]) == ("4fe4e3a7", "c383")
    for version, signature in (("v1", digest), ("v2", second)):
        headers = {"x-hubspot-signature": signature, "x-hubspot-signature-version": version}
        with pytest.raises(MalformedPayload):
            verify(delivery(BODY, None, None, headers=headers), SECRET, webhook_url=URL, accept_older_signatures=True)


# Contents.


def event(kind: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "eventId": number,
        "subscriptionId": 7,
        "portalId": 62515,
        "appId": 1,
        "occurredAt": OWN_STAMP + number,
        "subscriptionType": kind,
        "attemptNumber": 0,
        "objectId": 11,
        **changes,
    }


def parsed(*events: Any) -> list[Any]:
    return HubSpotConnector.parse_webhook(json.dumps(events).encode())


def identity(*events: Any) -> str | None:
    body = json.dumps(events).encode()
    found = verify(delivery(body, signed(body, signed_uri(OWN_URL)), OWN_STAMP)).event_id
    assert found is None or isinstance(found, str)
    return found


def test_a_batch_is_one_hint_for_each_stream_with_its_latest_time() -> None:
    events = [event("contact.propertyChange", 5), event("deal.creation", 2), event("contact.creation", 3)]
    contacts, deals = parsed(*events, event("company.creation", 9), event("conversation.newMessage", 8))
    assert (contacts.type, contacts.stream, contacts.provider_type) == (
        "contacts.changed",
        "contacts",
        "contact.propertyChange",
    )
    assert contacts.occurred_at == datetime.fromtimestamp((OWN_STAMP + 5) / 1000, UTC)
    assert contacts.provider_event_id == "5"
    assert (deals.type, deals.stream, deals.withdrawn_email) == ("deals.changed", "deals", None)


@pytest.mark.parametrize(
    ("kind", "more", "stream"),
    [
        ("contact.privacyDeletion", {}, "contacts"),
        ("contact.merge", {"primaryObjectId": 1}, "contacts"),
        ("deal.associationChange", {"fromObjectId": 1}, "deals"),
        ("object.creation", {"objectTypeId": "0-1"}, "contacts"),
        ("object.propertyChange", {"objectTypeId": "0-3"}, "deals"),
        ("object.creation", {"objectTypeId": "2-77"}, None),
        ("ticket.creation", {}, None),
        ("something.new", {}, None),
    ],
)
def test_kinds_of_events(kind: str, more: dict[str, Any], stream: str | None) -> None:
    assert [each.stream for each in parsed(event(kind, **more))] == ([stream] if stream else [])


def test_a_delivery_is_known_by_all_its_events_whatever_their_order_or_number_of_tries() -> None:
    first, second = event("contact.creation", 1), event("contact.propertyChange", 1, propertyName="email")
    known = identity(first, second)
    assert identity({**second, "attemptNumber": 3}, {**first, "attemptNumber": 1}) == known
    for change in ("portalId", "subscriptionId", "eventId", "objectId", "propertyName", "occurredAt"):
        assert identity(first, {**second, change: 99}) != known


def test_the_type_of_a_mixed_delivery_is_a_batch() -> None:
    body = json.dumps([event("contact.creation"), event("deal.creation")]).encode()
    assert verify(delivery(body, signed(body, signed_uri(OWN_URL)), OWN_STAMP)).event_type == "batch"


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[]", b"[1]", b'"x"'])
def test_what_is_no_list_of_events_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        HubSpotConnector.parse_webhook(body)


@pytest.mark.parametrize("moment", [None, "now", -1, 10**15, True])
def test_an_event_of_ours_needs_a_time(moment: Any) -> None:
    with pytest.raises(MalformedPayload):
        parsed(event("contact.creation", occurredAt=moment))


def test_there_is_no_check_of_the_address() -> None:
    assert HubSpotConnector.answer_challenge("GET", {}, {}, ["s"]) is None
