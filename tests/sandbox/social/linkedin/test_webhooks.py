"""Notifications on their way from the twin: signed as LinkedIn signs, and believed by the connector."""

from datetime import UTC, datetime

import httpx
import pytest

from tests.sandbox.social.linkedin.conftest import Login, unique
from workers.providers.errors import SignatureInvalid
from workers.providers.events import WebhookRequest
from workers.providers.social.linkedin import LinkedInConnector

SECRET = "unit-test-secret"


def arrived(request: httpx.Request) -> WebhookRequest:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return WebhookRequest(headers=headers, body=request.content, received_at=datetime.now(UTC))


async def delivered(login: Login) -> list[httpx.Request]:
    await login.http.get("/_deliveries", params={"wait": "true"})
    return login.webhooks


async def test_what_people_do_is_told(login: Login) -> None:
    await login.control("webhook", url="https://hub.example/hook", secret=SECRET)
    post, _ = await login.posted(text=unique())
    await login.control("comment", post=post.provider_post_id, text="Great")
    await login.control("grow", post=post.provider_post_id, reactions={"LIKE": 1})
    told = []
    for request in await delivered(login):
        verified = LinkedInConnector.verify_webhook(arrived(request), [SECRET])
        (event,) = LinkedInConnector.parse_webhook(request.content)
        told.append((verified.event_id == event.provider_event_id, event.type, event.provider_post_id))
    assert sorted(told) == [
        (True, "social.comment_created", post.provider_post_id),
        (True, "social.post_changed", post.provider_post_id),
    ]


async def test_a_forger_is_not_believed(login: Login) -> None:
    await login.control("webhook", url="https://hub.example/hook", secret=SECRET)
    post, _ = await login.posted(text=unique())
    await login.fault("webhook_forged")
    await login.control("comment", post=post.provider_post_id, text="Great")
    (request,) = await delivered(login)
    with pytest.raises(SignatureInvalid):
        LinkedInConnector.verify_webhook(arrived(request), [SECRET])
