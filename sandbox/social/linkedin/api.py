"""LinkedIn's endpoints of posts, files and comments, over one login's world; and the table of all endpoints."""

from __future__ import annotations

from sandbox.social.linkedin import figures
from sandbox.social.linkedin.bodies import read_comment, read_patch, read_post, urn_of
from sandbox.social.linkedin.calls import FEED_SCOPES, SOCIAL_SCOPES, WRITE_SCOPES, Answer, Call, Handler, ok, page
from sandbox.social.linkedin.errors import denied, invalid, missing
from sandbox.social.linkedin.world import Upload

# Posts.


def posts(call: Call) -> Answer:
    """GET and POST /rest/posts"""
    if call.method == "POST":
        body = read_post(call.body)
        call.require(str(body.get("author")), WRITE_SCOPES, "partnerApiPostsExternal.CREATE")
        if call.world.development:
            raise denied("partnerApiPostsExternal.CREATE.20260701")
        made = call.world.create(body)
        return 201, None, {"x-restli-id": made.urn}
    if call.query.get("q") != "author" or call.query.get("sortBy", "LAST_MODIFIED") not in {"LAST_MODIFIED", "CREATED"}:
        raise invalid("Only the finder by author is here")
    author = urn_of(call.query, "author")
    call.require(author, SOCIAL_SCOPES, "partnerApiPostsExternal.FINDER-author")
    found = call.world.of_author(author, call.query.get("sortBy", "LAST_MODIFIED"))
    return page(call, [each.shown() for each in found])


def one_post(call: Call) -> Answer:
    """GET, POST and DELETE /rest/posts/{urn}"""
    urn = call.path["urn"]
    if call.method == "DELETE":
        if urn in call.world.posts:
            call.require(call.world.posts[urn].body["author"], WRITE_SCOPES, "partnerApiPostsExternal.DELETE")
            del call.world.posts[urn]
        return 204, None, {}
    post = call.world.post(urn)
    if call.method == "GET":
        call.require(post.body["author"], SOCIAL_SCOPES, "partnerApiPostsExternal.GET")
        return ok(post.shown())
    if call.restli != "PARTIAL_UPDATE":
        raise invalid("X-RestLi-Method has to be PARTIAL_UPDATE")
    call.require(post.body["author"], WRITE_SCOPES, "partnerApiPostsExternal.PARTIAL_UPDATE")
    post.body["commentary"], post.modified_at = read_patch(call.body), call.world.now()
    return 204, None, {}


# Files.


def images(call: Call) -> Answer:
    """POST /rest/images?action=initializeUpload"""
    upload = _initialize(call, "image", {"owner"})
    return ok(
        {"value": {"uploadUrlExpiresAt": _soon(call), "uploadUrl": _address(call, upload, 0), "image": upload.urn}}
    )


def videos(call: Call) -> Answer:
    """POST /rest/videos?action=initializeUpload and finalizeUpload"""
    if call.query.get("action") == "finalizeUpload":
        request = call.body.get("finalizeUploadRequest")
        if not isinstance(request, dict) or set(request) != {"video", "uploadToken", "uploadedPartIds"}:
            raise invalid("finalizeUploadRequest is not complete")
        call.world.finalize(request)
        return ok()
    upload = _initialize(call, "video", {"owner", "fileSizeBytes", "uploadCaptions", "uploadThumbnail"})
    parts = [
        {"uploadUrl": _address(call, upload, first), "firstByte": first, "lastByte": last}
        for first, last in upload.ranges
    ]
    return ok(
        {
            "value": {
                "uploadUrlsExpireAt": _soon(call),
                "video": upload.urn,
                "uploadInstructions": parts,
                "uploadToken": upload.token,
            }
        }
    )


def one_video(call: Call) -> Answer:
    """GET /rest/videos/{urn}"""
    return ok(call.world.look(call.path["urn"]))


def _initialize(call: Call, kind: str, names: set[str]) -> Upload:
    request = call.body.get("initializeUploadRequest")
    if call.query.get("action") != "initializeUpload" or not isinstance(request, dict) or set(request) != names:
        raise invalid("initializeUploadRequest is not complete")
    call.require(str(request["owner"]), WRITE_SCOPES, f"partnerApi{kind.capitalize()}s.ACTION-initializeUpload")
    size = request.get("fileSizeBytes", 1)
    if not isinstance(size, int) or size < 1:
        raise invalid("fileSizeBytes has to be a number")
    return call.world.initialize(kind, str(request["owner"]), size)


def _address(call: Call, upload: Upload, first: int) -> str:
    host = call.world.upload_host or f"{call.base}/www"
    return f"{host}/dms-uploads/{upload.urn.rpartition(':')[2]}/{first}?ca=vector_feedshare&m=AQ{upload.token}&sync=0"


def _soon(call: Call) -> int:
    return call.world.now() + 3_600_000


# Comments.


def comments(call: Call) -> Answer:
    """GET and POST /rest/socialActions/{urn}/comments"""
    target = call.path["urn"]
    post = call.world.post(target.partition("(")[2].partition(",")[0] or target)
    if call.method == "GET":
        call.require(post.body["author"], FEED_SCOPES, "partnerApiSocialActions.GET_ALL")
        return page(call, call.world.comments_on(target))
    body = read_comment(call.body, target)
    writing = ("w_organization_social_feed", "w_member_social_feed")
    call.require(str(body["actor"]), writing, "partnerApiSocialActions.CREATE")
    made = call.world.comment(post, body["actor"], body["message"]["text"], body.get("parentComment"))
    return 201, made, {"x-restli-id": made["id"]}


def one_comment(call: Call) -> Answer:
    """GET and DELETE /rest/socialActions/{urn}/comments/{id}"""
    post = call.world.post(call.path["urn"])
    found = next((each for each in post.comments if each["id"] == call.path["id"]), None)
    if call.method == "GET":
        call.require(post.body["author"], FEED_SCOPES, "partnerApiSocialActions.GET")
        if found is None:
            raise missing()
        return ok(found)
    writing = ("w_organization_social_feed", "w_member_social_feed")
    call.require(urn_of(call.query, "actor"), writing, "partnerApiSocialActions.DELETE")
    if found is None:
        raise missing()
    gone = {found["commentUrn"]}
    post.comments = [
        each for each in post.comments if each["commentUrn"] not in gone and each.get("parentComment") not in gone
    ]
    call.world.notify(post, "COMMENT_DELETE")
    return 204, None, {}


API: tuple[tuple[tuple[str, ...], str, Handler], ...] = (
    (("GET", "POST"), "/posts", posts),
    (("GET", "POST", "DELETE"), "/posts/{urn}", one_post),
    (("POST",), "/images", images),
    (("POST",), "/videos", videos),
    (("GET",), "/videos/{urn}", one_video),
    (("GET", "POST"), "/socialActions/{urn}/comments", comments),
    (("GET", "DELETE"), "/socialActions/{urn}/comments/{id}", one_comment),
    (("GET",), "/socialMetadata", figures.metadata),
    (("GET",), "/socialMetadata/{urn}", figures.one_metadata),
    (("GET",), "/organizationalEntityShareStatistics", figures.share_statistics),
    (("GET",), "/organizationPageStatistics", figures.page_statistics),
    (("GET",), "/networkSizes/{urn}", figures.network_size),
    (("GET",), "/memberCreatorPostAnalytics", figures.member_analytics),
    (("GET",), "/memberFollowersCount", figures.member_followers),
    (("GET",), "/organizationAcls", figures.roles),
    (("GET",), "/organizations/{id}", figures.organization),
)
