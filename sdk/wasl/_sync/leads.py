# Made by `wasl sdk sync` from wasl/_async/leads.py: do not edit.
"""`hub.leads`: people who left their address, what they agreed to, and the tools that know them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from wasl._marketing_arguments import marketing_arguments
from wasl._requests import Id, call_key, id_text
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl._sync.lead_forms import LeadForms
from wasl._sync.lead_syncs import LeadSyncs
from wasl.marketing_models import Lead, LeadConsent, LeadLink
from wasl.marketing_params import Attribution, ConsentParams, ConsentState
from wasl.rows import LeadStatus


class Leads:
    """Leads of the organizations that the caller belongs to.

    Attributes:
        forms: forms of web sites, by which leads come in.
        syncs: how leads go to the tools that keep contacts, and come from there.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self.forms = LeadForms(api)
        self.syncs = LeadSyncs(api)

    def upsert(
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
        company: str | None = None,
        language: str | None = None,
        country: str | None = None,
        source: str | None = None,
        consents: Sequence[ConsentParams] | None = None,
        attribution: Attribution | None = None,
        attributes: Mapping[str, str | None] | None = None,
        tags: Sequence[str] | None = None,
        untags: Sequence[str] | None = None,
        idempotency_key: str | None = None,
        organization_id: Id | None = None,
    ) -> Lead:
        """Keep a lead, or change the one that has this address; what is left out stays as it is.

        Args:
            email: or a `phone` (E.164, such as ``+971500000001``), or both: there is one lead for each.
            consents: what they agreed to, and what they no longer do.
            attribution: where they came from. The first of it is kept, and the latest beside it.
            attributes: further facts, by name; None takes one away.
            tags: to add; `untags` to take away.

        Raises:
            InvalidRequest: an argument is wrong, and `field` names it.
        """
        arguments = marketing_arguments(
            email=email,
            phone=phone,
            first_name=first_name,
            last_name=last_name,
            company=company,
            language=language,
            country=country,
            source=source,
            consents=consents,
            attribution=attribution,
            attributes=attributes,
            tags=tags,
            untags=untags,
            idempotency_key=call_key(idempotency_key),
            organization_id=self._api.organization(organization_id),
        )
        return self._api.call(Lead, "upsert_lead", arguments)

    def get(self, lead_id: Id) -> Lead:
        """Return one lead; raises NotFound."""
        return self._api.one(Lead, "leads", lead_id, "lead_id")

    def find(self, email: str, *, organization_id: Id | None = None) -> Lead | None:
        """Return the lead of an address, whatever its capitals; None if there is none."""
        arguments = marketing_arguments(email=email, organization_id=self._api.organization(organization_id))
        return next(iter(self._api.call(list[Lead], "find_leads", arguments, repeatable=True)), None)

    def list(
        self,
        *,
        status: LeadStatus | Sequence[LeadStatus] | None = None,
        source: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Lead]:
        """Yield leads, newest first; pages are fetched as they are needed."""
        equal = {"status": status, "source": source, "organization_id": self._api.organization(organization_id)}
        return self._api.newest(Lead, "leads", equal, after=created_after, before=created_before, limit=limit)

    def record_consent(
        self,
        lead_id: Id,
        purpose: str,
        state: ConsentState,
        *,
        source: str | None = None,
        text_version: str | None = None,
        occurred_at: datetime | None = None,
    ) -> LeadConsent:
        """Note what a lead agrees to, or no longer does; the tools that know them are told."""
        arguments = marketing_arguments(
            lead_id=lead_id,
            purpose=purpose,
            state=state,
            source=source,
            text_version=text_version,
            occurred_at=occurred_at,
        )
        return self._api.call(LeadConsent, "record_consent", arguments)

    def consents(self, lead_id: Id) -> Sequence[LeadConsent]:
        """Return every word of a lead's, the oldest first; of each purpose the last one holds."""
        query = self._api.table("lead_consents", columns_of(LeadConsent)).eq("lead_id", id_text(lead_id, "lead_id"))
        return self._api.fetch(LeadConsent, query.order("occurred_at").order("id"))

    def links(self, lead_id: Id) -> Sequence[LeadLink]:
        """Return where a lead is at the tools."""
        query = self._api.table("lead_links", columns_of(LeadLink)).eq("lead_id", id_text(lead_id, "lead_id"))
        return self._api.fetch(LeadLink, query.order("connection_id"))

    def delete(self, lead_id: Id) -> Lead:
        """Forget a person: here at once, and at the tools as soon as workers have been there."""
        return self._api.call(Lead, "delete_lead", {"lead_id": id_text(lead_id, "lead_id")}, repeatable=True)
