"""Posts as clients make them: on many accounts at once, with variants, at a time in a zone; or refused, naming why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.callers import Caller, Refusal
from tests.support.newsroom import FILM, PICTURE, Newsroom, Row
from tests.support.probe_networks import BOARD

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
NEXT_YEAR = datetime.now(UTC).year + 1


@pytest.fixture(scope="module")
async def board(newsroom: Newsroom) -> str:
    """An account on the board, which takes less."""
    connection = await newsroom.workspace.network(BOARD)
    return newsroom.account(connection["id"], name="Notice board")


async def publish(newsroom: Newsroom, *accounts: str, **arguments: Any) -> list[Row]:
    """Posts just asked for, by default on the newsroom's account."""
    chosen = list(accounts) or newsroom.accounts
    rows: list[Row] = await newsroom.owner.call("publish_post", **{"account_ids": chosen, "text": "مرحبا"} | arguments)
    return rows


async def refused(newsroom: Newsroom, *accounts: str, **arguments: Any) -> Refusal:
    """How it is refused."""
    chosen = list(accounts) or newsroom.accounts
    return await newsroom.owner.refused("publish_post", **{"account_ids": chosen, "text": "Hi"} | arguments)


async def test_a_post_is_published_at_once(newsroom: Newsroom) -> None:
    link = {"url": "https://shop.example/", "title": "Shop", "description": None}
    [post] = await publish(newsroom, link=link, first_comment="First!")

    assert (post["status"], post["text"], post["format"], post["origin"]) == ("publishing", "مرحبا", "post", "hub")
    assert (post["media"], post["link"]) == ([], {"url": "https://shop.example/", "title": "Shop"})
    assert (post["first_comment"], post["scheduled_at"], post["time_zone"]) == ("First!", None, None)
    assert post["created_by"] == f"user:{newsroom.owner.user_id}"
    [operation] = newsroom.operations(post["id"], "post.publish")
    assert (operation["subject_type"], operation["input"]) == ("social_post", {"post_id": post["id"]})
    assert str(operation["connection_id"]) == newsroom.connection_id
    assert newsroom.row("private.jobs", str(operation["id"]))["run_at"] <= datetime.now(UTC)
    assert newsroom.jobs("post.check", post_id=post["id"]) == []


async def test_posts_made_together_share_a_group_and_come_in_order(newsroom: Newsroom, board: str) -> None:
    accounts = [newsroom.account(), board, newsroom.account()]
    posts = await publish(newsroom, *accounts, media=[PICTURE])
    assert [post["account_id"] for post in posts] == accounts
    assert len({post["group_id"] for post in posts}) == 1
    assert len({post["id"] for post in posts}) == 3


async def test_a_scheduled_post_waits_and_its_files_are_looked_at_before(newsroom: Newsroom) -> None:
    [post] = await publish(newsroom, media=[{"url": PICTURE["url"], "alt_text": None}], scheduled_at=str(TOMORROW))

    assert (post["status"], datetime.fromisoformat(post["scheduled_at"])) == ("scheduled", TOMORROW)
    assert (post["media"], post["time_zone"]) == ([PICTURE], "Asia/Dubai")
    [operation] = newsroom.operations(post["id"], "post.publish")
    assert newsroom.row("private.jobs", str(operation["id"]))["run_at"] == TOMORROW
    [check] = newsroom.jobs("post.check", post_id=post["id"])
    assert check["run_at"] <= datetime.now(UTC)
    assert check["id"] == newsroom.as_worker("select private.derived_id(%s, 'check') as id", post["id"])["id"]


async def test_a_draft_waits_for_a_person(newsroom: Newsroom) -> None:
    [post] = await publish(newsroom, draft=True, time_zone="Europe/Berlin")
    assert (post["status"], post["time_zone"]) == ("draft", "Europe/Berlin")
    assert newsroom.operations(post["id"], "post.publish") == []


async def test_variants_lay_over_the_common_part(newsroom: Newsroom, board: str) -> None:
    one, other = newsroom.accounts[0], newsroom.account()
    posts = await publish(
        newsroom,
        *(one, other, board),
        text="Common",
        media=[PICTURE],
        first_comment="First!",
        variants={
            "probe_network": {"text": "Network", "media": [], "link": {"url": "http://shop.example"}},
            other: {"text": "Own", "link": None, "format": "reel", "media": [FILM]},
            BOARD: {"first_comment": None},
        },
    )
    said = [(post["text"], post["media"], post["link"], post["format"], post["first_comment"]) for post in posts]
    assert said == [
        ("Network", [], {"url": "http://shop.example"}, "post", "First!"),
        ("Own", [FILM], None, "reel", "First!"),
        ("Common", [PICTURE], None, "post", None),
    ]


async def test_a_key_stands_for_the_whole_group(newsroom: Newsroom, board: str) -> None:
    arguments = {"media": [PICTURE], "idempotency_key": "campaign-1", "scheduled_at": str(TOMORROW)}
    posts = await publish(newsroom, newsroom.accounts[0], board, **arguments)
    newsroom.database.execute("update public.social_media_accounts set enabled = false where id = %s", [board])

    again = await publish(newsroom, newsroom.accounts[0], board, **arguments)

    newsroom.database.execute("update public.social_media_accounts set enabled = true where id = %s", [board])
    assert again == posts
    reused = await refused(newsroom, **arguments)
    assert reused == Refusal(409, "idempotency_key_reused", "idempotency_key")
    [group] = newsroom.operations(posts[0]["group_id"], "post.group")
    assert (group["status"], group["idempotency_key"]) == ("succeeded", "campaign-1")


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"text": " "}, Refusal(400, "empty_post", "text")),
        ({"text": "x" * 301}, Refusal(400, "text_too_long", "text")),
        ({"format": "story"}, Refusal(400, "unknown_format", "format")),
        ({"format": "song"}, Refusal(400, "invalid_format", "format")),
        ({"format": "reel"}, Refusal(400, "media_needed", "media")),
        ({"format": "reel", "media": [PICTURE]}, Refusal(400, "media_not_taken", "media")),
        (
            {"format": "reel", "media": [FILM], "link": {"url": "https://a.example"}},
            Refusal(400, "link_not_shown", "link"),
        ),
        ({"media": [PICTURE], "link": {"url": "https://a.example"}}, Refusal(400, "link_with_media", "link")),
        ({"media": [PICTURE] * 4}, Refusal(400, "too_many_media", "media")),
        ({"media": [PICTURE, FILM]}, Refusal(400, "mixed_media", "media")),
        ({"media": [PICTURE] * 21}, Refusal(400, "invalid_media", "media")),
        ({"media": PICTURE}, Refusal(400, "invalid_media", "media")),
        ({"media": [PICTURE, {"url": "ftp://a.example/"}]}, Refusal(400, "invalid_media", "media.1.url")),
        ({"media": [PICTURE | {"kind": "sound"}]}, Refusal(400, "invalid_media", "media.0.kind")),
        ({"media": [PICTURE | {"alt_text": "x" * 1001}]}, Refusal(400, "invalid_media", "media.0.alt_text")),
        ({"media": [PICTURE | {"size": 1}]}, Refusal(400, "invalid_media", "media.0.size")),
        ({"media": [PICTURE | {"url": "https://me@a.example/"}]}, Refusal(400, "invalid_media", "media.0.url")),
        ({"link": {"title": "x"}}, Refusal(400, "invalid_link", "link.url")),
        ({"link": "https://a.example"}, Refusal(400, "invalid_link", "link")),
        ({"link": {"url": "https://a.example", "title": "x" * 401}}, Refusal(400, "invalid_link", "link.title")),
        ({"first_comment": "x" * 51}, Refusal(400, "comment_too_long", "first_comment")),
        ({"first_comment": ""}, Refusal(400, "invalid_first_comment", "first_comment")),
        ({"variants": []}, Refusal(400, "invalid_variants", "variants")),
        ({"variants": {"linkedin": {"text": "x"}}}, Refusal(400, "invalid_variants", "variants.linkedin")),
        (
            {"variants": {"probe_network": {"colour": "red"}}},
            Refusal(400, "invalid_variants", "variants.probe_network.colour"),
        ),
        ({"variants": {"probe_network": "x"}}, Refusal(400, "invalid_variants", "variants.probe_network")),
        (
            {"variants": {"probe_network": {"text": "x" * 301}}},
            Refusal(400, "text_too_long", "variants.probe_network.text"),
        ),
        (
            {"variants": {"probe_network": {"media": [{"url": 1}]}}},
            Refusal(400, "invalid_variants", "variants.probe_network.media.0.url"),
        ),
        ({"text": "4242 4242 4242 4242"}, Refusal(400, "card_number_refused", "text")),
        ({"first_comment": "cvv: 123"}, Refusal(400, "security_code_refused", "first_comment")),
        (
            {"media": [PICTURE | {"alt_text": "4242424242424242"}]},
            Refusal(400, "card_number_refused", "media.0.alt_text"),
        ),
        ({"time_zone": "Mars/Base"}, Refusal(400, "invalid_time_zone", "time_zone")),
        ({"time_zone": "FOO+3"}, Refusal(400, "invalid_time_zone", "time_zone")),
    ],
)
async def test_what_the_network_would_not_take_is_refused_naming_the_field(
    newsroom: Newsroom, arguments: Row, refusal: Refusal
) -> None:
    assert await refused(newsroom, **arguments) == refusal


async def test_the_account_is_named_and_the_variant_that_is_wrong(newsroom: Newsroom, board: str) -> None:
    arguments = {"account_ids": [*newsroom.accounts, board], "text": "Short", "media": [PICTURE]}
    too_long = {"text": "x" * 21}

    answer = await newsroom.owner.request(
        "POST", "rpc/publish_post", json=arguments | {"variants": {board: too_long, BOARD: {"text": "y"}}}
    )

    body = answer.json()
    assert (body["code"], body["details"]) == ("text_too_long", f"variants.{board}.text")
    assert body["message"] == "Board takes 20 characters; the text has 21. (on Notice board)"
    refusal = await newsroom.owner.refused("publish_post", **arguments, first_comment="Hi")
    assert refusal == Refusal(400, "not_supported", "first_comment")
    assert newsroom.rows("select 1 from public.social_posts where text = 'Short'") == [], "all or none"


async def test_addresses_may_hold_any_digits(newsroom: Newsroom) -> None:
    media = [{"url": "https://cdn.example/4242424242424242.jpg", "kind": "image"}]
    [post] = await publish(newsroom, media=media)
    assert post["media"] == media


async def test_files_lie_at_https_but_in_the_sandbox(newsroom: Newsroom) -> None:
    plain = [{"url": "http://127.0.0.1:8000/a.jpg", "kind": "image"}]
    [post] = await publish(newsroom, media=plain)
    assert post["media"] == plain
    live = await newsroom.workspace.network(environment="live")
    account = newsroom.account(live["id"])
    assert await refused(newsroom, account, media=plain) == Refusal(400, "invalid_media", "media.0.url")
    assert (await publish(newsroom, account, media=[PICTURE]))[0]["media"] == [PICTURE]


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"enabled": False}, "account_not_enabled"),
        ({"enabled": False, "removed_at": "now"}, "account_removed"),
        ({"can_publish": False}, "account_cannot_publish"),
    ],
)
async def test_posts_go_to_accounts_in_use_only(newsroom: Newsroom, columns: Row, code: str) -> None:
    account = newsroom.account(**columns)
    assert await refused(newsroom, newsroom.accounts[0], account) == Refusal(409, code, "account_ids.1")


async def test_a_paused_connection_takes_no_posts(newsroom: Newsroom) -> None:
    connection = await newsroom.workspace.network()
    account = newsroom.account(connection["id"])
    await newsroom.owner.call("update_connection", connection_id=connection["id"], paused=True)
    assert await refused(newsroom, account) == Refusal(409, "connection_not_active", "account_ids.0")


async def test_accounts_are_named_once_and_are_ones_own(newsroom: Newsroom, other: Caller) -> None:
    [mine] = newsroom.accounts
    for account_ids in ([], None, [mine, mine], [newsroom.connection_id] * 51):
        refusal = await newsroom.owner.refused("publish_post", account_ids=account_ids, text="Hi")
        assert refusal == Refusal(400, "invalid_account_ids", "account_ids")
    unknown = Refusal(404, "account_not_found", "account_ids.1")
    assert await refused(newsroom, mine, newsroom.connection_id) == unknown
    not_theirs = Refusal(404, "account_not_found", "account_ids.0")
    assert await other.refused("publish_post", account_ids=[mine], text="Hi") == not_theirs
    viewer = await newsroom.workspace.member("viewer")
    assert await viewer.refused("publish_post", account_ids=[mine], text="Hi") == not_theirs
    assert await newsroom.owner.refused(
        "publish_post", account_ids=[mine], text="Hi", organization_id=newsroom.connection_id
    ) == Refusal(403, "forbidden", "organization_id")


async def test_a_machine_needs_the_scope(newsroom: Newsroom) -> None:
    [account] = newsroom.accounts
    poster = await newsroom.workspace.api_key("social:write")
    reader = await newsroom.workspace.api_key("social:read")
    [post] = await poster.call("publish_post", account_ids=[account], text="Hi")
    assert post["created_by"].startswith("api_key:")
    refusal = await reader.refused("publish_post", account_ids=[account], text="Hi")
    assert refusal == Refusal(404, "account_not_found", "account_ids.0")
    assert len(await reader.rows(f"social_posts?id=eq.{post['id']}")) == 1
    assert await poster.rows(f"social_posts?id=eq.{post['id']}") == []


# Times.


@pytest.fixture
def moment(newsroom: Newsroom) -> Iterator[Any]:
    """What a time in a zone stands for, as workers would see it if they asked."""

    def read(scheduled_at: str, zone: str) -> datetime:
        query = "select private.checked_moment(%s, %s) as moment"
        found: datetime = newsroom.one(newsroom.database, query, [scheduled_at, zone])["moment"]
        return found

    yield read


def test_a_time_with_an_offset_is_a_moment(moment: Any) -> None:
    for written in (TOMORROW.isoformat(), f"{TOMORROW:%Y-%m-%dT%H:%M:%S}Z", f"{TOMORROW:%Y-%m-%d %H:%M:%S}+00"):
        assert moment(written, "Asia/Dubai") == TOMORROW


def test_a_time_without_one_is_local(moment: Any) -> None:
    assert moment(f"{TOMORROW:%Y-%m-%dT%H:%M:%S}", "Asia/Dubai") == TOMORROW - timedelta(hours=4)


async def test_local_is_where_the_client_says(newsroom: Newsroom) -> None:
    [post] = await publish(newsroom, scheduled_at=f"{TOMORROW:%Y-%m-%dT%H:%M}", time_zone="Asia/Kolkata")
    local = datetime.fromisoformat(post["scheduled_at"]).astimezone(ZoneInfo("Asia/Kolkata"))
    assert (local.strftime("%Y-%m-%dT%H:%M"), post["time_zone"]) == (f"{TOMORROW:%Y-%m-%dT%H:%M}", "Asia/Kolkata")


def last_sunday(month: int) -> str:
    """The last Sunday of a month of 31 days in the year in which clocks are changed next."""
    now = datetime.now(UTC)
    for year in (now.year, now.year + 1):
        day = max(d for d in range(25, 32) if datetime(year, month, d, tzinfo=UTC).weekday() == 6)
        if datetime(year, month, day, 3, tzinfo=UTC) > now:
            return f"{year}-{month:02}-{day:02}"
    raise AssertionError


@pytest.mark.parametrize(
    ("month", "time", "words"), [(3, "02:30", "no such time in Europe/Berlin"), (10, "02:30", "two such times")]
)
async def test_a_local_time_that_is_none_or_two_is_refused(
    newsroom: Newsroom, month: int, time: str, words: str
) -> None:
    arguments = {"scheduled_at": f"{last_sunday(month)}T{time}", "time_zone": "Europe/Berlin"}
    answer = await newsroom.owner.request(
        "POST", "rpc/publish_post", json={"account_ids": newsroom.accounts, "text": "Hi"} | arguments
    )
    assert (answer.status_code, answer.json()["details"]) == (400, "scheduled_at")
    assert words in answer.json()["message"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Dubai", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tehran"]
    ),
    local=st.datetimes(min_value=datetime(NEXT_YEAR, 1, 1), max_value=datetime(NEXT_YEAR, 12, 31)),
)
def test_every_local_time_stands_for_the_moments_at_which_clocks_show_it(
    newsroom: Newsroom, zone: str, local: datetime
) -> None:
    query = "select private.moments_of(%s, %s) as moments"
    found = set(newsroom.one(newsroom.database, query, [local, zone])["moments"])
    folds = {local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
    assert found == {each for each in folds if each.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local}


@pytest.mark.parametrize(
    ("scheduled_at", "taken"),
    [
        ((datetime.now(UTC) - timedelta(minutes=10)).isoformat(), False),
        ((datetime.now(UTC) + timedelta(days=364)).isoformat(), True),
        ((datetime.now(UTC) + timedelta(days=367)).isoformat(), False),
        ("tomorrow", False),
        ("infinity", False),
        ("", False),
        ("2027-13-01T00:00", False),
        (f"{TOMORROW:%Y-%m-%d}", False),
        (f"{TOMORROW:%Y-%m-%dT%H:%M}+25:00", False),
    ],
    ids=["past", "far", "too-far", "word", "infinity", "empty", "no-month", "no-time", "no-offset"],
)
async def test_a_time_lies_ahead_but_not_too_far(newsroom: Newsroom, scheduled_at: str, taken: bool) -> None:
    if taken:
        assert len(await publish(newsroom, scheduled_at=scheduled_at)) == 1
    else:
        assert await refused(newsroom, scheduled_at=scheduled_at) == Refusal(
            400, "invalid_scheduled_at", "scheduled_at"
        )


async def test_a_time_that_has_just_passed_means_at_once(newsroom: Newsroom) -> None:
    [post] = await publish(newsroom, scheduled_at=(datetime.now(UTC) - timedelta(minutes=1)).isoformat())
    assert post["status"] == "publishing"
