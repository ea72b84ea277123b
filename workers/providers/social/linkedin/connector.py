"""LinkedIn.

Relied upon: Microsoft's pages *Posts API*, *Images API*, *Videos API*, *MultiImage API*, *Comments API*, *Social
Metadata*, *Organization Share Statistics*, *Page Statistics*, *Member Post Statistics*, *Organization Access Control*,
*Versioning*, *Authorization Code Flow*, *Token Introspection*, as public copies of 2026 have them, and what
integrations report, named where it is used. There is no official OpenAPI document; api-evangelist/linkedin has third
party ones, which err in places (tests/contract/test_linkedin.py says where).

Accounts. A login has its own profile and the pages it has a role on; an account's id is its URN. People's own posts and
comments are readable with ``r_member_social`` and ``r_member_social_feed`` only, which LinkedIn gives to no new app:
for them posts can be published, edited and deleted, and the rest is refused by LinkedIn with the scope's name.

Unknown outcomes. There is no idempotency key. A post is looked for among its author's, newest change first, by its
text as people see it and by its files, which are uploaded anew for each post and so prove it; drafts and failures do
not count, a film that is still worked on does. LinkedIn also refuses a text that it has already, and names the post.
`publish_post` reads that one: if it has the same files, or says the same and was made since this post's preparation
began, it is this post, of which the answer was lost; otherwise the refusal stands, as it does where the post is gone (a
deleted text is refused for a day or so) or may not be read. Two equal texts of the same account that are published at
the same moment are one post to LinkedIn, and so to us. A comment is looked for by actor, parent and text.

Unverified: whether the 3,000 characters count escapes; whether the author's list shows a post at once (a minute is
waited for); whether page views of a day are complete before it has ended; whether a comment's answer always names its
URN (else it is read again, or made of the post's); whether ``commentsSummary`` always tells of answers; the prefix
``ugc`` in a member's analytics; how quotas are worded (``throttle`` is looked for); nothing was tried against LinkedIn.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import unquote

from workers.providers.errors import NotFound, ProviderError
from workers.providers.events import CanonicalEvent, ChallengeAnswer, VerifiedWebhook, WebhookRequest
from workers.providers.social.linkedin import events
from workers.providers.social.linkedin.accounts import LinkedInAccounts
from workers.providers.social.linkedin.comments import LinkedInComments
from workers.providers.social.linkedin.errors import DuplicatePost
from workers.providers.social.linkedin.manifest import LONGEST_TEXT
from workers.providers.social.linkedin.measures import LinkedInMeasures
from workers.providers.social.linkedin.objects import (
    created_at,
    is_same,
    is_shown,
    permalink,
    post_from,
    post_urn,
)
from workers.providers.social.linkedin.paging import COUNT, Item, Walk, read_cursor, write_cursor
from workers.providers.social.linkedin.requests import (
    POST_URN,
    edit_body,
    encoded,
    fault,
    media_name,
    media_urns,
    milliseconds,
    post_body,
    unknown_account,
)
from workers.providers.social.linkedin.uploads import LinkedInUploads
from workers.providers.social.linkedin.wire import is_forbidden
from workers.providers.social.models import (
    Account,
    ExistingPost,
    MediaKind,
    PostEdit,
    PostPage,
    PostPreparation,
    PostRequest,
    PostResult,
)

_SKEW: Final = timedelta(seconds=60)
"""How far LinkedIn's clock may be behind ours."""
_BEGUN: Final = "begun"
_VIDEO_WAIT_SECONDS: Final = 5.0

Object = Mapping[str, Any]


class LinkedInConnector(LinkedInAccounts, LinkedInUploads, LinkedInComments, LinkedInMeasures):
    """Pages and people on LinkedIn."""

    # Publishing.

    async def prepare_post(self, request: PostRequest, prepared: Mapping[str, str]) -> PostPreparation:
        """Bring the next file to LinkedIn, one in each step, and wait for a film."""
        operation = "prepare_post"
        self._access(operation)
        if wrong := fault(request):
            raise self._refuse(operation, *wrong)
        data = {_BEGUN: str(milliseconds(datetime.now(UTC))), **prepared}
        for place, media in enumerate(request.media):
            name = media_name(place)
            if name not in data:
                upload = self._upload_video if media.kind is MediaKind.VIDEO else self._upload_image
                data[name] = await upload(request.account.id, media, name)
                break
        if any(media_name(place) not in data for place in range(len(request.media))):
            return PostPreparation(ready=False, data=data)
        for place, media in enumerate(request.media):
            name = media_name(place)
            if media.kind is MediaKind.VIDEO and not await self._is_ready(data[name], name):
                return PostPreparation(ready=False, data=data, wait_seconds=_VIDEO_WAIT_SECONDS)
        return PostPreparation(ready=True, data=data)

    async def publish_post(self, request: PostRequest, prepared: Mapping[str, str]) -> PostResult:
        """Publish. What LinkedIn refuses since it has it already is taken for this post if it is it."""
        operation = "publish_post"
        if wrong := fault(request):
            raise self._refuse(operation, *wrong)
        try:
            body = post_body(request, prepared)
        except KeyError as missing:
            raise self._refuse(operation, str(missing.args[0]), "is not at LinkedIn yet: prepare the post") from None
        try:
            answer = await self._rest(operation, "POST", "/posts", body=body)
        except DuplicatePost as refused:
            return await self._made_before(request, prepared, refused)
        urn = self._parse(answer, lambda _: post_urn(unquote(answer.headers["x-restli-id"])))
        return PostResult(provider_post_id=urn, permalink=permalink(urn), text=request.text)

    async def find_post(
        self, request: PostRequest, prepared: Mapping[str, str], *, attempted_at: datetime, known: Sequence[str]
    ) -> PostResult | None:
        """Settle an unknown outcome of `publish_post`, as the module's text says."""
        operation = "find_post"
        if wrong := unknown_account(request.account):
            raise self._refuse(operation, "account.id", wrong)
        earliest = milliseconds(attempted_at - _SKEW)
        async for post in self._author_posts(operation, request.account.id, Walk(until=earliest)):
            if post["id"] not in known and created_at(post) >= earliest and _is(post, request, prepared):
                return post_from(post)
        self._require_settled(operation, attempted_at)
        return None

    async def get_post(self, post: ExistingPost) -> PostResult:
        """Read a post."""
        operation = "get_post"
        urn = self._post_urn(operation, post)
        answer = await self._rest(operation, "GET", f"/posts/{encoded(urn)}?viewContext=AUTHOR")
        return self._parse(answer, post_from)

    async def edit_post(self, request: PostEdit) -> PostResult:
        """Change the text."""
        operation = "edit_post"
        urn = self._post_urn(operation, request.post)
        if len(request.text) > LONGEST_TEXT:
            message = f"LinkedIn takes {LONGEST_TEXT} characters; the text has {len(request.text)}"
            raise self._refuse(operation, "text", message)
        path = f"/posts/{encoded(urn)}"
        await self._rest(operation, "POST", path, restli="PARTIAL_UPDATE", body=edit_body(request.text))
        return PostResult(provider_post_id=urn, permalink=permalink(urn), text=request.text)

    async def delete_post(self, post: ExistingPost) -> None:
        """Take a post back. One that is gone is no error."""
        operation = "delete_post"
        urn = self._post_urn(operation, post)
        try:
            await self._rest(operation, "DELETE", f"/posts/{encoded(urn)}", restli="DELETE")
        except NotFound:
            return

    async def list_posts(self, account: Account, *, since: datetime | None, cursor: str | None) -> PostPage:
        """One page of an account's posts, what was changed last first."""
        operation = "list_posts"
        if wrong := unknown_account(account):
            raise self._refuse(operation, "account.id", wrong)
        try:
            walk = Walk.read(read_cursor(cursor)) if cursor else Walk(until=milliseconds(since) if since else 0)
        except ValueError as error:
            raise self._refuse(operation, "cursor", "is not one of this list's") from error
        posts, further = await self._author_page(operation, account.id, walk)
        following = None if further is None else write_cursor(further.write())
        return PostPage(posts=tuple(post_from(post) for post in posts if is_shown(post)), next_cursor=following)

    async def _author_page(self, operation: str, author: str, walk: Walk) -> tuple[list[Object], Walk | None]:
        """The next posts of an author, and where to go on."""
        going: Walk | None = walk
        while going is not None:
            query = f"author={encoded(author)}&q=author&start={going.offset}&count={COUNT}"
            path = f"/posts?{query}&sortBy=LAST_MODIFIED&viewContext=AUTHOR"
            answer = await self._rest(operation, "GET", path, restli="FINDER")
            posts, items = self._parse(answer, _with_items)
            taken, going = going.turn(items)
            if posts[taken]:
                return posts[taken], going
        return [], None

    async def _author_posts(self, operation: str, author: str, walk: Walk) -> AsyncIterator[Object]:
        going: Walk | None = walk
        while going is not None:
            posts, going = await self._author_page(operation, author, going)
            for post in posts:
                if is_shown(post):
                    yield post

    async def _made_before(
        self, request: PostRequest, prepared: Mapping[str, str], refused: DuplicatePost
    ) -> PostResult:
        """The post that LinkedIn has already, if it is this one.

        :raises DuplicatePost: it is another, or gone, or not to be read.
        :raises OutcomeUnknown: it cannot be read now.
        """
        try:
            answer = await self._rest("get_post", "GET", f"/posts/{encoded(refused.duplicate_of)}?viewContext=AUTHOR")
            post = self._parse(answer, lambda body: {**body, "id": post_urn(body["id"])})
        except ProviderError as error:
            if isinstance(error, NotFound) or is_forbidden(error):
                raise refused from error
            message = f"refused as a duplicate, and it cannot be told whether of this post itself: {error.message}"
            raise self._unknown("publish_post", message) from error
        begun = int(prepared.get(_BEGUN, "0")) - int(_SKEW.total_seconds() * 1000)
        proved = bool(request.media) or (_BEGUN in prepared and created_at(post) >= begun)
        if not (proved and is_shown(post) and _is(post, request, prepared)):
            raise refused
        return post_from(post)

    def _post_urn(self, operation: str, post: ExistingPost) -> str:
        if not POST_URN.fullmatch(post.provider_post_id):
            raise self._refuse(operation, "provider_post_id", "is not the URN of a LinkedIn post")
        return post.provider_post_id

    # Webhooks.

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `events.verify`."""
        return events.verify(request, secrets)

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    @classmethod
    def answer_challenge(
        cls, method: str, query: Mapping[str, str], headers: Mapping[str, str], secrets: Sequence[str]
    ) -> ChallengeAnswer | None:
        """See `events.answer_challenge`."""
        return events.answer_challenge(method, query, secrets)


def _is(post: Object, request: PostRequest, prepared: Mapping[str, str]) -> bool:
    try:
        return is_same(post, request, media_urns(request, prepared))
    except KeyError:  # its files were never all there, so that it was never sent
        return False


def _with_items(body: Any) -> tuple[list[Object], list[Item]]:
    posts: list[Object] = [{**each, "id": str(each["id"])} for each in body["elements"]]
    for post in filter(is_shown, posts):
        post_from(post)
    return posts, [Item(post["id"], int(post.get("lastModifiedAt") or created_at(post))) for post in posts]
