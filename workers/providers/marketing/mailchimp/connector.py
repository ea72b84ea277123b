"""Mailchimp's Marketing API 3.0.

Relied upon: the specification of 3.0.55 and 3.0.91 (mailchimp/mailchimp-client-lib-codegen, as api-evangelist/mailchimp
has it by subjects, with its quotes of Mailchimp's pages of August 2026), and Mailchimp's guides *Run a bulk job
safely*, *Set consent correctly* and *Subscribe to webhooks* of the same year.

One address for play and earnest. An API key goes as Basic, an app's token as Bearer; a token never runs out
(``expires_in`` 0), knows no scopes, and does not say where its account lives: the metadata call does.

Contacts. One is written by PUT. Many take at most two calls of POST /lists/{id} and a job: first as new ones only, so
that nobody who is there is touched; then those that are there, without a status. That an omitted status leaves the
present one is how PUT and PATCH are documented and how two client libraries describe this call, and the specification
does not require it; UNVERIFIED for the call itself. Whoever is passed over in silence is written by PUT. All of it can
be repeated without harm, and is, by the transport too; an event cannot, and is not.

Tags of many contacts go as one job (POST /batches), which is looked at until it is done. Only how many of its
operations failed is read from it: the archive with their answers lies at another company's address. Where some failed,
or time ran out, the tags are set one by one as long as time allows, and the rest is told as not yet done.

Lists are read as `paging` says. Archived members are asked for apart as well, since it is nowhere said whether the list
without a status has them. Members that were erased for good are in no list.

UNVERIFIED further: whether PUT brings an archived member back; the order within one second of a sorted list; whether
``GET /lists?email=`` finds audiences that somebody has left (the connection's own is always asked); the statuses of
some errors, which are judged by their titles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from workers.providers.capabilities import HealthReport
from workers.providers.errors import NotFound
from workers.providers.events import CanonicalEvent, ChallengeAnswer, VerifiedWebhook, WebhookRequest
from workers.providers.forms import FORM_CONTENT_TYPE
from workers.providers.marketing.mailchimp import events
from workers.providers.marketing.mailchimp.client import REPEATABLE
from workers.providers.marketing.mailchimp.objects import (
    audience_from_list,
    campaign_from_answers,
    contact_from_member,
    field_from_merge_field,
    grant_from_answers,
    known_moment,
)
from workers.providers.marketing.mailchimp.paging import Place
from workers.providers.marketing.mailchimp.requests import (
    event_body,
    subscriber_hash,
    tags_body,
)
from workers.providers.marketing.mailchimp.upserts import MailchimpUpserts
from workers.providers.marketing.models import (
    AudiencePage,
    CampaignPage,
    ContactEvent,
    ContactPage,
    ContactResult,
    FieldResult,
)
from workers.providers.oauth import CodeExchange, ConsentRequest, TokenGrant, code_form, consent_url

MEMBER_FIELDS: Final = ("id", "email_address", "status", "merge_fields", "tags", "last_changed")
_NOT_NEEDED: Final = "_links,reports._links,reports.timeseries,reports.timewarp,reports.share_report"
_MOST_REPORT_PAGES: Final = 3


class MailchimpConnector(MailchimpUpserts):
    """Contacts, tags, events, audiences and campaigns of an account."""

    page_size: ClassVar[int] = 500
    campaigns_page_size: ClassVar[int] = 100

    # Consent.

    def consent_url(self, request: ConsentRequest) -> str:
        """Mailchimp's page; it asks for the whole account."""
        assert self.manifest.consent is not None
        client_id = self._client("consent_url")["client_id"]
        return consent_url(self.manifest.consent, f"{self.host('login')}/oauth2/authorize", client_id, request)

    async def exchange_code(self, exchange: CodeExchange) -> TokenGrant:
        """Trade the code, and ask where the account lives."""
        assert self.manifest.consent is not None
        operation, login = "exchange_code", self.host("login")
        form = code_form(self.manifest.consent, exchange, **self._client(operation))
        answer = await self._call(
            operation, "POST", "/oauth2/token", content=form.encode(), content_type=FORM_CONTENT_TYPE, base=login
        )
        token = self._parse(answer, lambda body: str(body["access_token"]))
        headers = {"Authorization": f"OAuth {token}"}
        about = await self._call(operation, "GET", "/oauth2/metadata", headers=headers, base=login)
        return self._parse(about, lambda body: grant_from_answers(token, body))

    # Contacts.

    async def find_contact(self, email: str) -> ContactResult:
        """The member with an address; archived ones are told as deleted."""
        operation = "find_contact"
        path = await self._member_path(operation, email)
        answer = await self._call(operation, "GET", path, query=[("fields", ",".join(MEMBER_FIELDS))])
        return self._parse(answer, contact_from_member)

    async def list_contacts(self, *, since: datetime | None, cursor: str | None) -> ContactPage:
        """Members by their last change; then, once more, those that are archived."""
        operation = "list_contacts"
        place = self._place(operation, cursor, since, parts=2)
        audience = await self._audience(operation)
        fields = ",".join(("total_items", *(f"members.{name}" for name in MEMBER_FIELDS)))
        query = [("fields", fields), *place.query("last_changed", self.page_size)]
        if place.part:
            query.append(("status", "archived"))
        answer = await self._of_audience(operation, "GET", f"/lists/{audience}/members", query=query)

        def page(body: Any) -> ContactPage:
            moments = [known_moment(member["last_changed"]) for member in body["members"]]
            following = place.after(moments, int(body["total_items"]), self.page_size)
            if following is None and not place.part:
                following = Place.first(since, part=1)
            return ContactPage(
                contacts=tuple(contact_from_member(member) for member in body["members"]),
                next_cursor=following.cursor() if following else None,
            )

        return self._parse(answer, page)

    async def list_fields(self) -> tuple[FieldResult, ...]:
        """The audience's merge fields."""
        audience = await self._audience("list_fields")
        fields = await self._fields("list_fields", audience)
        return tuple(field_from_merge_field(field) for field in fields.values())

    async def tag_contact(self, email: str, add: Sequence[str], remove: Sequence[str]) -> None:
        """Set tags, and take others away."""
        path = await self._member_path("tag_contact", email)
        if add or remove:
            await self._send_json("tag_contact", "POST", f"{path}/tags", tags_body(add, remove), repeatable=True)

    async def forget_contact(self, email: str) -> None:
        """Erase the person in the connection's audience, and in every other one that has the address. Mailchimp lets
        nobody bring them back but themselves."""
        operation = "forget_contact"
        audience = await self._audience(operation)
        query = [("email", email.strip()), ("fields", "lists.id,total_items"), ("count", "1000")]
        answer = await self._call(operation, "GET", "/lists", query=query)
        others = self._parse(answer, lambda body: [str(each["id"]) for each in body["lists"]])
        for each in dict.fromkeys((audience, *others)):
            path = f"/lists/{each}/members/{subscriber_hash(email)}/actions/delete-permanent"
            try:
                await self._call(operation, "POST", path, idempotency_key=REPEATABLE)
            except NotFound:
                continue

    async def note_contact_event(self, event: ContactEvent) -> None:
        """Note an event, by which customer journeys can begin."""
        operation = "note_contact_event"
        path = await self._member_path(operation, event.email)
        await self._send_json(operation, "POST", f"{path}/events", event_body(event))

    # Audiences and campaigns.

    async def list_audiences(self, *, cursor: str | None) -> AudiencePage:
        """Audiences, the oldest first."""
        operation = "list_audiences"
        place = self._place(operation, cursor, None)
        fields = "total_items,lists.id,lists.name,lists.date_created,lists.stats.member_count"
        query = [("fields", fields), *place.query("date_created", self.page_size)]
        answer = await self._call(operation, "GET", "/lists", query=query)

        def page(body: Any) -> AudiencePage:
            moments = [known_moment(each["date_created"]) for each in body["lists"]]
            following = place.after(moments, int(body["total_items"]), self.page_size)
            return AudiencePage(
                audiences=tuple(audience_from_list(each) for each in body["lists"]),
                next_cursor=following.cursor() if following else None,
                total=int(body["total_items"]) if cursor is None else None,
            )

        return self._parse(answer, page)

    async def list_campaigns(self, *, since: datetime | None, cursor: str | None) -> CampaignPage:
        """Campaigns by when they were made; then, with a ``since``, those that were sent since."""
        operation = "list_campaigns"
        parts = 1 if since is None else 2
        place = self._place(operation, cursor, since, parts=parts)
        ordered_by = "send_time" if place.part else "create_time"
        query = [("exclude_fields", "_links,campaigns._links"), *place.query(ordered_by, self.campaigns_page_size)]
        answer = await self._call(operation, "GET", "/campaigns", query=query)
        sent = self._parse(answer, lambda body: [each for each in body["campaigns"] if each["status"] == "sent"])
        reports = await self._reports(operation, sent)

        def page(body: Any) -> CampaignPage:
            moments = [known_moment(each[ordered_by]) for each in body["campaigns"]]
            following = place.after(moments, int(body["total_items"]), self.campaigns_page_size)
            if following is None and place.part + 1 < parts:
                following = Place.first(since, part=1)
            return CampaignPage(
                campaigns=tuple(campaign_from_answers(each, reports.get(each["id"])) for each in body["campaigns"]),
                next_cursor=following.cursor() if following else None,
            )

        return self._parse(answer, page)

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """A ping, which is refused for wrong credentials."""
        return await self._probe("GET", "/ping")

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
        """Mailchimp looks by GET whether there is anybody, and wants 200."""
        return ChallengeAnswer(200, b"ok") if method == "GET" else None

    async def _reports(self, operation: str, campaigns: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
        """The reports of campaigns that were sent, by their ids: all of the time in which these were sent."""
        moments = [known_moment(each.get("send_time")) for each in campaigns if each.get("send_time")]
        found: dict[str, Mapping[str, Any]] = {}
        if not moments:
            return found
        span = [
            ("since_send_time", (min(moments) - timedelta(seconds=1)).isoformat()),
            ("before_send_time", (max(moments) + timedelta(seconds=1)).isoformat()),
        ]
        read = 0
        for _ in range(_MOST_REPORT_PAGES):
            query = [*span, ("count", str(self.page_size)), ("offset", str(read)), ("exclude_fields", _NOT_NEEDED)]
            answer = await self._call(operation, "GET", "/reports", query=query)
            page, total = self._parse(answer, lambda body: (list(body["reports"]), int(body["total_items"])))
            found |= {str(each["id"]): each for each in page}
            read += len(page)
            if not page or read >= total or all(each["id"] in found for each in campaigns):
                break
        return found
