"""The function `pay` brings payers to a gateway's page, tells them how it went, and makes no payment for a preview."""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from stack import Stack
from tests.support.webhooks import Receiver, Row
from tests.support.workplace import until

CHECKOUT = "https://gateway.example/checkout/1?a=b&c=%20d#fidkdWxOYHwnPyd1blpxYHZxWjA0"
BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
IN_APP = [
    f"{BROWSER} [FBAN/FBIOS;FBAV/515.0]",
    f"{BROWSER} Instagram 380.0.0",
    f"{BROWSER} Snapchat/13.40 (like Safari/8621)",
    f"{BROWSER} WhatsApp/2.25.1",
    "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/138.0.0.0 Mobile Safari/537.36",
]
PREVIEWERS = [
    "WhatsApp/2.23.20.0",
    "WhatsApp/2.2512.1 W",
    "TelegramBot (like TwitterBot)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    # iMessage
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 "
    "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    # Microsoft Teams
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
]
ARABIC = re.compile("[\u0600-\u06ff]")


@pytest.fixture
async def payer(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a browser and no key of ours."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30, headers={"user-agent": BROWSER}) as payer:
        yield payer


async def new_link(receiver: Receiver, **arguments: Any) -> Row:
    """A link of the receiver's organization, with its path."""
    invoice = {"amount": "99.00", "currency": "AED", "reference": "INV-7", "organization_id": receiver.organization_id}
    link: Row = await receiver.call("create_payment_link", **{**invoice, **arguments})
    return link | {"path": f"/functions/v1/pay/{link['token']}"}


async def payments(receiver: Receiver, link: Row) -> list[Row]:
    """The payments by a link, oldest first."""
    return await receiver.rows(f"payments?payment_link_id=eq.{link['id']}&order=created_at")


async def tell(receiver: Receiver, payment: Row, status: str, **news: Any) -> None:
    """What a worker tells the database of a payment."""
    told = {"status": status, "connection_id": receiver.connection["id"], **news}
    await receiver.database.execute(
        "select private.apply_payment_news(%s, %s, 'operation', null)", [payment["id"], json.dumps(told)]
    )


async def first_payment(receiver: Receiver, link: Row) -> Row:
    """The first payment by a link, as soon as somebody has followed it."""
    payment: Row = (await until(lambda: payments(receiver, link)))[0]
    return payment


async def opened(payer: httpx.AsyncClient, receiver: Receiver, link: Row) -> tuple[httpx.Response, Row]:
    """What somebody who follows a link is answered when its payment has got a page, and the payment."""
    following = asyncio.create_task(payer.get(link["path"]))
    payment = await first_payment(receiver, link)
    await tell(receiver, payment, "created", checkout_url=CHECKOUT, provider_payment_id=f"cs_{uuid.uuid4().hex}")
    return await following, payment


def says(answer: httpx.Response, status: int, english: str) -> None:
    """The answer is this text, in Arabic too, and nothing that a browser would run, keep or pass on."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8"), answer.text
    assert english in answer.text
    assert ARABIC.search(answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_the_payer_is_sent_to_the_gateways_page(
    payer: httpx.AsyncClient, receiver: Receiver, stack: Stack
) -> None:
    link = await new_link(receiver)
    answer, payment = await opened(payer, receiver, link)

    assert (answer.status_code, answer.headers["location"]) == (303, CHECKOUT)
    assert answer.headers["cache-control"] == "no-store"
    assert [each["id"] for each in await payments(receiver, link)] == [payment["id"]]
    back = f"{stack.url}{link['path']}?back={payment['id']}"
    assert (payment["return_url"], payment["cancel_url"]) == (back, back)
    again = await payer.get(link["path"])
    assert (again.status_code, again.headers["location"]) == (303, CHECKOUT)


async def test_many_at_once_are_sent_to_one_page_of_a_link_of_single_use(
    payer: httpx.AsyncClient, receiver: Receiver
) -> None:
    link = await new_link(receiver)
    following = [asyncio.create_task(payer.get(link["path"])) for _ in range(4)]
    payment = await first_payment(receiver, link)
    await tell(receiver, payment, "created", checkout_url=CHECKOUT)

    assert {answer.headers["location"] for answer in await asyncio.gather(*following)} == {CHECKOUT}
    assert len(await payments(receiver, link)) == 1


async def test_waiting_makes_no_second_payment_of_a_link_for_many(
    payer: httpx.AsyncClient, receiver: Receiver, stack: Stack
) -> None:
    link = await new_link(receiver, single_use=False)
    slow = await payer.get(link["path"])

    says(slow, 503, "is being prepared")
    [payment] = await payments(receiver, link)
    after, again = slow.headers["refresh"].split(";url=")
    assert (after, again) == ("3", f"{stack.url}{link['path']}?payment={payment['id']}")
    await tell(receiver, payment, "created", checkout_url=CHECKOUT)
    assert (await payer.get(again)).headers["location"] == CHECKOUT
    assert len(await payments(receiver, link)) == 1


@pytest.mark.parametrize("status", ["failed", "cancelled"])
async def test_a_payment_that_ended_before_it_had_a_page_says_so(
    payer: httpx.AsyncClient, receiver: Receiver, status: str
) -> None:
    link = await new_link(receiver)
    following = asyncio.create_task(payer.get(link["path"]))
    failure = {"code": "declined", "message": "merchant account 123 is closed"}
    await tell(receiver, await first_payment(receiver, link), status, failure=failure)

    answer = await following
    says(answer, 502, "could not be started")
    assert "123" not in answer.text
    assert len(await payments(receiver, link)) == 1


async def test_a_link_without_a_gateway_says_so(payer: httpx.AsyncClient, receiver: Receiver) -> None:
    link = await new_link(receiver)
    await receiver.call("update_connection", connection_id=receiver.connection["id"], paused=True)

    answer = await payer.get(link["path"])
    says(answer, 503, "cannot be taken right now")
    assert answer.headers["retry-after"] == "60"
    assert await payments(receiver, link) == []


async def test_a_link_that_has_ended_says_how(payer: httpx.AsyncClient, receiver: Receiver) -> None:
    disabled, expired, paid = await new_link(receiver), await new_link(receiver), await new_link(receiver)
    _, payment = await opened(payer, receiver, paid)
    await tell(receiver, payment, "captured", amount_captured="99.00")
    await receiver.call("disable_payment_link", payment_link_id=disabled["id"])
    await receiver.database.execute("update public.payment_links set expires_at = now() where id = %s", [expired["id"]])

    says(await payer.get(disabled["path"]), 410, "no longer in use")
    says(await payer.get(expired["path"]), 410, "has expired")
    says(await payer.get(paid["path"]), 410, "has been paid already")
    assert len(await payments(receiver, paid)) == 1


async def test_too_many_at_once_are_asked_to_wait(payer: httpx.AsyncClient, receiver: Receiver) -> None:
    link = await new_link(receiver, single_use=False)
    await receiver.database.execute(
        "insert into public.payments (organization_id, environment, reference, amount, currency, payment_link_id,"
        " created_by) select %s, 'sandbox', 'r', 1, 'AED', %s, 'service' from generate_series(1, 30)",
        [receiver.organization_id, link["id"]],
    )

    answer = await payer.get(link["path"])
    says(answer, 429, "Wait a minute")
    assert answer.headers["retry-after"] == "60"


async def test_an_unknown_address_is_none(payer: httpx.AsyncClient, receiver: Receiver) -> None:
    link = await new_link(receiver)
    path = link["path"]
    other = str(uuid.uuid4())
    for address in (
        path[:-1],
        path[:-4] + "AAAA",
        path + "A",
        path + "/x",
        path.replace(link["token"], ""),
        path.replace(link["token"], "pl_%27or+true--"),
        f"{path}?back=",
        f"{path}?back",
        f"{path}?back=x",
        f"{path}?back={other}",
        f"{path}?payment={other}",
    ):
        says(await payer.get(address), 404, "no such payment link")
    assert await payments(receiver, link) == []


@pytest.mark.parametrize("agent", PREVIEWERS)
async def test_a_preview_makes_no_payment(payer: httpx.AsyncClient, receiver: Receiver, agent: str) -> None:
    link = await new_link(receiver)

    says(await payer.get(link["path"], headers={"user-agent": agent}), 200, "Open this link in a browser")
    assert await payments(receiver, link) == []


@pytest.mark.parametrize("agent", IN_APP)
async def test_browsers_inside_apps_are_people(payer: httpx.AsyncClient, receiver: Receiver, agent: str) -> None:
    payer.headers["user-agent"] = agent

    answer, _ = await opened(payer, receiver, await new_link(receiver))
    assert answer.status_code == 303


async def test_neither_head_nor_loading_ahead_makes_a_payment(payer: httpx.AsyncClient, receiver: Receiver) -> None:
    link = await new_link(receiver)
    head = await payer.head(link["path"])

    assert (head.status_code, head.content) == (200, b"")
    for headers in ({"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}, {"x-moz": "prefetch"}):
        says(await payer.get(link["path"], headers=headers), 503, "Open this link")
    assert await payments(receiver, link) == []


async def test_other_methods_are_refused(payer: httpx.AsyncClient, receiver: Receiver) -> None:
    link = await new_link(receiver)
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = await payer.request(method, link["path"])
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD"), method
    assert await payments(receiver, link) == []


@pytest.mark.parametrize(
    ("status", "english"),
    [
        ("captured", "Paid: 99.00 AED"),
        ("authorized", "Paid: 99.00 AED"),
        ("failed", "did not go through"),
        ("cancelled", "did not go through"),
        ("expired", "did not go through"),
    ],
)
async def test_the_payer_who_comes_back_is_told_how_it_went(
    payer: httpx.AsyncClient, receiver: Receiver, status: str, english: str
) -> None:
    link = await new_link(receiver, customer={"name": "Mona", "email": "mona@example.com"}, description="Chairs")
    _, payment = await opened(payer, receiver, link)
    coming = asyncio.create_task(payer.get(payment["return_url"]))
    await tell(receiver, payment, status, amount_captured="99.00" if status == "captured" else None)

    answer = await coming
    says(answer, 200, english)
    assert not re.search("mona|chairs|INV-7|stripe", answer.text, re.IGNORECASE)
    assert (link["path"] in answer.text) == (english == "did not go through")
    assert len(await payments(receiver, link)) == 1


async def test_what_the_gateway_has_not_told_is_not_yet_paid(payer: httpx.AsyncClient, receiver: Receiver) -> None:
    link, under_way = await new_link(receiver), await new_link(receiver)
    _, payment = await opened(payer, receiver, link)
    _, processed = await opened(payer, receiver, under_way)
    await tell(receiver, processed, "processing")
    answers = await asyncio.gather(payer.get(payment["return_url"]), payer.get(processed["return_url"]))

    says(answers[0], 200, "Not paid yet")
    assert link["path"] in answers[0].text
    says(answers[1], 200, "is being processed")
    says(await payer.get(under_way["path"]), 200, "Do not pay again")


async def test_what_was_refunded_is_told(payer: httpx.AsyncClient, receiver: Receiver) -> None:
    link = await new_link(receiver)
    _, payment = await opened(payer, receiver, link)
    await tell(receiver, payment, "captured", amount_captured="99.00")
    refund = json.dumps({"status": "succeeded", "amount": "99.00", "provider_refund_id": "re_1"})
    await receiver.database.execute(
        "select private.apply_refund_news(%s, null, %s, 'webhook', null)", [payment["id"], refund]
    )

    says(await payer.get(payment["return_url"]), 200, "was refunded")
    says(await payer.get(link["path"]), 410, "has been paid already")


async def test_gateways_may_send_the_payer_back_in_their_own_ways(payer: httpx.AsyncClient, receiver: Receiver) -> None:
    link = await new_link(receiver)
    _, payment = await opened(payer, receiver, link)
    await tell(receiver, payment, "captured", amount_captured="99.00")
    back = payment["return_url"]

    says(await payer.post(back, data={"respStatus": "A", "payment": "x"}), 200, "Paid")
    for added in ("&tap_id=chg_1", "?token=5O190127TN364715T", "&payment=x"):
        says(await payer.get(back + added), 200, "Paid")


async def test_payers_come_back_to_the_hub_whatever_the_request_says(
    payer: httpx.AsyncClient, receiver: Receiver, stack: Stack
) -> None:
    link = await new_link(receiver, single_use=False)
    asked = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    answers = asyncio.gather(
        payer.get(link["path"], headers=asked), payer.get(f"{link['path']}?next=https://evil.example&page_url=x")
    )

    async def both() -> list[Row]:
        made = await payments(receiver, link)
        return made if len(made) == 2 else []

    for payment in await until(both):
        assert payment["return_url"].startswith(f"{stack.url}{link['path']}?back=")
        await tell(receiver, payment, "created", checkout_url=CHECKOUT)
    assert {answer.headers["location"] for answer in await answers} == {CHECKOUT}


async def test_the_merchants_own_return_page_is_kept(payer: httpx.AsyncClient, receiver: Receiver) -> None:
    _, payment = await opened(payer, receiver, await new_link(receiver, return_url="https://shop.example/thanks"))

    assert payment["return_url"] == "https://shop.example/thanks"
