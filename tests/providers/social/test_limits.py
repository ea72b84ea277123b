"""What is wrong with a post by its network's limits: all of it, by field, before anything is sent."""

import uuid
from typing import Any

import pytest

from workers.providers.manifest import MediaLimits, PostLimits, SocialFacts
from workers.providers.social.limits import problems_of
from workers.providers.social.models import PostFormat, PostRequest

IMAGES = MediaLimits(
    most=3,
    types=("image/jpeg", "image/png"),
    most_bytes=1000,
    least_ratio=0.8,
    most_ratio=1.91,
    least_width=320,
    most_pixels=4_000_000,
)
FILMS = MediaLimits(most=1, types=("video/mp4",), least_seconds=3, most_seconds=60)
POST = PostLimits(
    format=PostFormat.POST, longest_text=40, most_hashtags=2, images=IMAGES, videos=FILMS, links=True, mixes_media=False
)
STORY = PostLimits(format=PostFormat.STORY, longest_text=10, needs_media=True, images=IMAGES)
FACTS = SocialFacts(formats=(POST, STORY), longest_comment=10, fetches_media=True, measure_batch=1)
PICTURE = {
    "url": "https://media.example/1.png",
    "content_type": "image/png",
    "bytes": 1000,
    "width": 400,
    "height": 400,
}
FILM = {"url": "https://media.example/1.mp4", "kind": "video", "content_type": "video/mp4", "seconds": 60}
LINK = {"url": "https://example.ae"}


def problems(facts: SocialFacts = FACTS, **changes: Any) -> list[tuple[str, str]]:
    """Fields and codes of what is wrong."""
    account = {"id": "1", "kind": "page"}
    post = PostRequest.model_validate({"post_id": uuid.uuid4(), "account": account, "text": "Open", **changes})
    found = problems_of(post, "Network", facts)
    assert all(problem.message and "Network" in problem.message for problem in found)
    assert all(problem.as_dict().keys() == {"field", "code", "message"} for problem in found)
    return [(problem.field, problem.code) for problem in found]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"text": "x" * 40},
        {"text": "ن" * 40},
        {"link": LINK},
        {"media": [PICTURE] * 3},
        {"media": [FILM]},
        {"format": "story", "text": "", "media": [PICTURE]},
    ],
)
def test_what_a_network_takes_is_no_problem(changes: dict[str, Any]) -> None:
    assert problems(**changes) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"text": "x" * 41}, [("text", "text_too_long")]),
        ({"text": "#one #two #three"}, [("text", "too_many_hashtags")]),
        ({"link": LINK, "media": [PICTURE]}, [("link", "link_with_media")]),
        ({"media": [PICTURE, FILM]}, [("media", "mixed_media")]),
        ({"media": [PICTURE] * 4}, [("media", "too_many_media")]),
        ({"media": [FILM, FILM]}, [("media", "too_many_media")]),
        ({"format": "story"}, [("media", "media_needed")]),
        ({"format": "story", "media": [FILM]}, [("media", "media_not_taken")]),
        ({"format": "story", "media": [PICTURE], "link": LINK}, [("link", "link_not_shown")]),
        ({"format": "reel", "text": "x" * 41}, [("format", "unknown_format")]),
    ],
)
def test_what_is_wrong_with_a_post(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert problems(**changes) == found


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"content_type": "image/webp"}, "media_type"),
        ({"bytes": 1001}, "media_too_large"),
        ({"width": 319, "height": 319}, "media_too_small"),
        ({"width": 2001, "height": 2000}, "media_too_large"),
        ({"width": 400, "height": 501}, "media_ratio"),
        ({"width": 765, "height": 400}, "media_ratio"),
    ],
)
def test_what_is_wrong_with_a_picture_names_its_place(changes: dict[str, Any], code: str) -> None:
    assert problems(media=[PICTURE, {**PICTURE, **changes}]) == [("media.1", code)]


@pytest.mark.parametrize(("seconds", "code"), [(60.5, "media_too_long"), (2.9, "media_too_short")])
def test_what_is_wrong_with_a_film(seconds: float, code: str) -> None:
    assert problems(media=[{**FILM, "seconds": seconds}]) == [("media.0", code)]


@pytest.mark.parametrize(("width", "height"), [(400, 500), (764, 400), (320, 320), (2000, 2000)])
def test_the_limits_themselves_are_within(width: int, height: int) -> None:
    assert problems(media=[{**PICTURE, "width": width, "height": height}]) == []


def test_what_is_not_known_of_a_file_yet_is_not_judged() -> None:
    assert problems(media=[{"url": PICTURE["url"]}, {"url": PICTURE["url"], "width": 1}]) == []
    assert problems(media=[{"url": FILM["url"], "kind": "video"}]) == []


def test_a_network_without_limits_has_none() -> None:
    files = MediaLimits(most=20, types=("image/png",))
    free = PostLimits(format=PostFormat.POST, longest_text=65_000, images=files, videos=files, mixes_media=True)
    facts = FACTS.model_copy(update={"formats": (free,)})
    odd = {**PICTURE, "bytes": 10**9, "width": 1, "height": 10_000}
    film = {**FILM, "content_type": "image/png", "seconds": 10**6}
    assert problems(facts, text="#tag " * 100, media=[odd, film]) == []


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#one #two", 2),
        ("#عروض_رمضان و #دبي #٢٠٢٦", 3),
        ("C# a#b &#39; ##x", 0),
        ("(#one) #two-#three", 3),
    ],
)
def test_hashtags_are_counted_as_people_see_them(text: str, tags: int) -> None:
    at_most = POST.model_copy(update={"most_hashtags": tags})
    one_less = POST.model_copy(update={"most_hashtags": tags - 1})
    assert problems(FACTS.model_copy(update={"formats": (at_most,)}), text=text) == []
    assert problems(FACTS.model_copy(update={"formats": (one_less,)}), text=text) == [("text", "too_many_hashtags")]


def test_everything_is_told_at_once() -> None:
    found = problems(text="x" * 41, link=LINK, media=[PICTURE, {**FILM, "seconds": 1}, {**PICTURE, "bytes": 2000}])
    assert found == [
        ("text", "text_too_long"),
        ("link", "link_with_media"),
        ("media", "mixed_media"),
        ("media.2", "media_too_large"),
        ("media.1", "media_too_short"),
    ]
