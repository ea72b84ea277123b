"""Deals, by a unique property with the hub's reference; companies, by their domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from workers.providers.base import Answer
from workers.providers.errors import NotFound
from workers.providers.marketing.hubspot import errors, objects, requests
from workers.providers.marketing.hubspot.contacts import HubSpotContacts
from workers.providers.marketing.hubspot.objects import Pipeline
from workers.providers.marketing.hubspot.paging import Mode
from workers.providers.marketing.hubspot.requests import COMPANIES, CONTACT_TYPE, DEALS
from workers.providers.marketing.models import CompanyRequest, CompanyResult, DealPage, DealRequest, DealResult

_STAMP: Final = "hs_lastmodifieddate"


class HubSpotDeals(HubSpotContacts):
    """What HubSpot keeps of business."""

    async def upsert_deal(self, deal: DealRequest) -> DealResult:
        """Keep a deal by its reference, and tie it to its contact.

        A deal that is there stays in its stage, unless a stage is named or it is won.
        """
        operation = "upsert_deal"
        ways = await self._pipelines(operation)
        contact_id = await self._contact_of(operation, deal)
        existing = await self._known_deal(operation, deal.reference)
        place = self._stage(operation, deal, ways, existing)
        name = self.settings.deal_reference_property
        body = requests.upsert([("0", deal.reference, requests.deal_properties(deal, name, place))], name)
        answer = await self._api(operation, "POST", self._records_path(DEALS, "/batch/upsert"), body)
        kept = self._one(answer)
        if contact_id:
            path = f"/crm/v4/objects/{DEALS}/{kept['id']}/associations/default/{CONTACT_TYPE}/{contact_id}"
            await self._api(operation, "PUT", path)
        told = {**(existing["properties"] if existing else {}), **body["inputs"][0]["properties"], **kept["properties"]}
        contacts = [contact_id] if contact_id else []
        return self._parse(answer, lambda _: objects.deal({**kept, "properties": told}, ways, name, contacts))

    async def list_deals(self, *, since: datetime | None, cursor: str | None) -> DealPage:
        """Those that changed, by search; or all, then the archived ones."""
        operation = "list_deals"
        place = self._place(operation, since, cursor)
        ways = await self._pipelines(operation)
        name = self.settings.deal_reference_property
        names = [*objects.DEAL_PROPERTIES, name]
        rows, next_cursor, total = await self._records_page(operation, DEALS, place, _STAMP, names, "contacts")
        contacts = await self._contacts_of(operation, rows) if place.searches else None
        archived = place.mode is Mode.ARCHIVED
        found = tuple(
            objects.deal(
                row,
                ways,
                name,
                objects.contact_ids(row) if contacts is None else contacts.get(str(row["id"]), ()),
                deleted=archived,
            )
            for row in rows
        )
        return DealPage(deals=found, next_cursor=next_cursor, total=total if cursor is None else None)

    async def upsert_company(self, company: CompanyRequest) -> CompanyResult:
        """Keep a company: the one that search finds by the domain, else one by a unique property of ours, since search
        does not yet find what was made a moment ago."""
        operation = "upsert_company"
        if company.domain is None:
            raise self._refuse(operation, "domain", "is needed: HubSpot's companies are told apart by it")
        properties = requests.company_properties(company)
        search = self._records_path(COMPANIES, "/search")
        answer = await self._api(operation, "POST", search, requests.company_search(company.domain), write=False)
        found = self._parse(answer, objects.records)
        if found:
            path = self._records_path(COMPANIES, f"/{found[0]['id']}")
            answer = await self._api(operation, "PATCH", path, {"properties": properties})
            return self._parse(answer, objects.company)
        name = self.settings.company_reference_property
        body = requests.upsert([("0", company.domain, {**properties, name: company.domain})], name)
        path = self._records_path(COMPANIES, "/batch/upsert")
        try:
            answer = await self._api(operation, "POST", path, body)
            kept = self._one(answer)
        except errors.Refused:
            if not await self._made_property(operation, COMPANIES, "company_reference_property"):
                raise
            answer = await self._api(operation, "POST", path, body)
            kept = self._one(answer)
        told = {**body["inputs"][0]["properties"], **kept["properties"]}
        return self._parse(answer, lambda _: objects.company({**kept, "properties": told}))

    # Steps of the above.

    async def _pipelines(self, operation: str) -> list[Pipeline]:
        return self._parse(await self._api(operation, "GET", f"/crm/v3/pipelines/{DEALS}"), objects.pipelines)

    async def _contact_of(self, operation: str, deal: DealRequest) -> str | None:
        if deal.provider_contact_id or not deal.email:
            return deal.provider_contact_id
        try:
            return str((await self._contact(operation, deal.email))["id"])
        except NotFound:
            raise self._refuse(operation, "email", "HubSpot has no contact of this address: keep it first") from None

    async def _known_deal(self, operation: str, reference: str) -> Mapping[str, Any] | None:
        """The deal of a reference; the property that has it is made where there is none."""
        name = self.settings.deal_reference_property
        names = [*objects.DEAL_PROPERTIES, name]
        try:
            found = await self._read_batch(operation, DEALS, [reference], name, names)
        except (errors.Refused, NotFound):
            if not await self._made_property(operation, DEALS, "deal_reference_property"):
                raise
            return None
        return found[0] if found else None

    def _stage(
        self, operation: str, deal: DealRequest, ways: Sequence[Pipeline], existing: Mapping[str, Any] | None
    ) -> dict[str, str]:
        """The pipeline and stage to set, by HubSpot's ids; nothing where a deal is to stay where it is."""
        if existing and deal.pipeline is None and deal.stage is None and not deal.won:
            return {}
        here = str(existing["properties"].get("pipeline")) if existing else None
        wanted = deal.pipeline or here
        way = _named(ways, wanted) or (ways[0] if ways and deal.pipeline is None else None)
        if way is None:
            raise self._refuse(operation, "pipeline", f"HubSpot has: {_labels(ways)}")
        if deal.stage is not None:
            stage = _named(way.stages, deal.stage)
        elif deal.won:
            stage = next((each for each in way.stages if each.is_won), None)
        else:
            if existing and here == way.id:
                return {}
            stage = next((each for each in way.stages if not each.is_closed), None)
        if stage is None:
            wish = "no stage of this name" if deal.stage else "no stage that means won" if deal.won else "no open stage"
            raise self._refuse(operation, "stage", f"HubSpot's pipeline {way.label} has {wish}: {_labels(way.stages)}")
        return {"pipeline": way.id, "dealstage": stage.id}

    async def _contacts_of(self, operation: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
        """Search does not tell associations, so they are asked for."""
        if not rows:
            return {}
        path = f"/crm/v4/associations/{DEALS}/{CONTACT_TYPE}/batch/read"
        body = {"inputs": [{"id": str(row["id"])} for row in rows]}
        return self._parse(await self._api(operation, "POST", path, body, write=False), objects.contacts_by_deal)

    def _one(self, answer: Answer) -> Mapping[str, Any]:
        """The one record of an upsert. :raises InvalidRequest: it was refused within a good answer."""
        found = self._parse(answer, objects.records)
        if found:
            return found[0]
        faults = answer.body.get("errors") or [{}]
        error = self._fault_error(errors.read_fault(faults[0], answer.status), answer, 400)
        raise error if faults[0] else self._unreadable(answer)


def _named(choices: Sequence[Any], name: str | None) -> Any:
    """The choice of a name, or of an id; names are compared without regard to case."""
    folded = (name or "").casefold()
    by_label = next((each for each in choices if each.label.casefold() == folded), None)
    return by_label or next((each for each in choices if each.id == name), None)


def _labels(choices: Sequence[Any]) -> str:
    return ", ".join(each.label for each in choices) or "none"
