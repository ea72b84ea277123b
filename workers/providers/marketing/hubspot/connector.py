"""HubSpot.

Relied upon: HubSpot's own specifications (objects, lists, pipelines, associations, OAuth 2026-03, subscriptions v4,
marketing e-mails, account, as of August 2026), its pages on errors, limits, search and request validation, the official
Python client's signature vectors. Properties, companies, forms and private apps' tokens are by its reference only.

Contacts are upserted by e-mail, 100 a call. What a contact is refused for comes with 207 and its
``objectWriteTraceId``; where HubSpot refuses a call as a whole, parts of it are sent until the culprit is alone. A
contact that is there under another key (409 with its id) is changed by its id. HubSpot keeps a deal's or company's
identity only in properties with unique values, so such a one is made when first needed. Search lags behind writes, and
would make doubles.

Consent. Subscribed: the legal basis "Freely given consent from contact" is added to ``hs_legal_basis``, and the
setting's subscription type, if there is one, is set to SUBSCRIBED (CONSENT_WITH_NOTICE); neither where HubSpot has the
contact as opted out. Unsubscribed: opted out of all e-mail. Pending, none, bounced: nothing is sent, since HubSpot has
its own double opt-in and its own record of bounces. Read back, ``hs_email_optout`` (and that of the subscription type)
means unsubscribed, a hard bounce bounced, that legal basis subscribed, and nothing of it nothing.

Tags are static lists. Campaigns are marketing e-mails; HubSpot's "campaigns" are folders of many kinds of assets, whose
figures are not an e-mail's. A form's submission cannot be told from a second one, so it is never sent again.

Unknown outcomes of all other writes are settled by repeating them. 423 (locked) and 477 (account being moved) did
nothing. A day's limit ends at midnight of the account's time zone, which no error tells: it is tried hourly.

Unverified: PKCE for apps other than those of HubSpot's MCP server (the token call has ``code_verifier``; the consent
page's parameters are documented without it); whether an upsert by e-mail answers 207 or 400 for one wrong contact
("partial upserts are not supported"; both are handled); that batch reads find archived contacts by e-mail; that search
finds further addresses (``hs_additional_emails``) by CONTAINS_TOKEN, and compares times by the millisecond; that
``open`` and ``click`` count people (the ratios suggest it); names of the sort orders of lists; when a retired dated
version answers 410; addresses of the EU's forms (api.hsforms.com is taken).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from workers.providers.capabilities import HealthReport
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.marketing.hubspot import events, objects, requests
from workers.providers.marketing.hubspot.deals import HubSpotDeals
from workers.providers.marketing.hubspot.requests import CONTACT_TYPE, LISTS
from workers.providers.marketing.models import AudiencePage, CampaignPage, FormSubmission

_ACCOUNT: Final = "/account-info/v3/details"
_LISTS_A_PAGE: Final = 100
_OVERLAP: Final = 10
"""Lists are read by number, and those behind a deleted one move up: so a page begins a little before its place."""
_EMAILS_A_PAGE: Final = 100


class HubSpotConnector(HubSpotDeals):
    """HubSpot's CRM and marketing."""

    async def submit_form(self, submission: FormSubmission) -> None:
        """Hand answers to a form in, with the access, which has the higher limit."""
        operation = "submit_form"
        if not submission.fields:
            raise self._refuse(operation, "fields", "HubSpot takes no form without answers")
        portal_id = self.settings.portal_id or await self._portal_id(operation)
        path = f"/submissions/v3/integration/secure/submit/{portal_id}/{submission.form_id}"
        body = requests.submission(submission, self.settings)
        await self._api(operation, "POST", path, body, base=self.host("forms"))

    async def list_audiences(self, *, cursor: str | None) -> AudiencePage:
        """The lists of contacts, static and active ones."""
        operation = "list_audiences"
        offset = _offset(cursor)
        if offset is None:
            raise self._refuse(operation, "cursor", "is not one that this operation gave")
        first = max(0, offset - _OVERLAP)
        body = {
            "objectTypeId": CONTACT_TYPE,
            "offset": first,
            "count": _LISTS_A_PAGE,
            "additionalProperties": ["hs_list_size"],
        }
        answer = await self._api(operation, "POST", f"{LISTS}/search", body, write=False)
        found = self._parse(answer, lambda body: tuple(objects.audience(each) for each in body["lists"]))
        more, total = self._parse(answer, lambda body: (body["hasMore"] is True, int(body["total"])))
        following = str(first + len(found)) if more and len(found) > _OVERLAP else None
        return AudiencePage(audiences=found, next_cursor=following, total=total)

    async def list_campaigns(self, *, since: datetime | None, cursor: str | None) -> CampaignPage:
        """The marketing e-mails that were made, changed or sent since, the oldest first, so that new ones come last."""
        operation = "list_campaigns"
        after, updated_after = _email_place(since, cursor)
        if after is None:
            raise self._refuse(operation, "cursor", "is not one that this operation gave")
        query = [("limit", str(_EMAILS_A_PAGE)), ("sort", "createdAt"), ("includeStats", "true")]
        query += [("updatedAfter", updated_after)] if updated_after else []
        query += [("after", after)] if after else []
        answer = await self._api(operation, "GET", "/marketing/v3/emails", query=query)
        now = datetime.now(UTC)
        found = self._parse(answer, lambda body: tuple(objects.campaign(each, now) for each in body["results"]))
        following = self._parse(answer, lambda body: ((body.get("paging") or {}).get("next") or {}).get("after"))
        return CampaignPage(
            campaigns=found,
            next_cursor=_cursor([str(following), updated_after]) if following else None,
            total=self._parse(answer, lambda body: int(body["total"])),
        )

    async def check_health(self) -> HealthReport:
        """Read the account: cheap, and any good access may."""
        return await self._report(self._prove())

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `events.verify`."""
        return events.verify(request, secrets, settings)

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    async def _portal_id(self, operation: str) -> str:
        return self._parse(await self._api(operation, "GET", _ACCOUNT), lambda body: str(int(body["portalId"])))

    async def _prove(self) -> None:
        await self._portal_id("check_health")


def _cursor(place: Sequence[str | None]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(place))).decode()


def _email_place(since: datetime | None, cursor: str | None) -> tuple[str | None, str | None]:
    """Where a page of e-mails begins, and since when they changed; None first where the cursor is none of ours."""
    if cursor is None:
        return "", since.astimezone(UTC).isoformat().replace("+00:00", "Z") if since else None
    try:
        after, updated_after = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError):
        return None, None
    return (after, updated_after) if isinstance(after, str) and after else (None, None)


def _offset(cursor: str | None) -> int | None:
    if cursor is None:
        return 0
    return int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 10 else None
