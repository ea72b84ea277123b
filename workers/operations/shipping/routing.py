"""Which carriers may take a shipment, in which order, and why: a pure decision that is kept with the operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from workers.operations.eligibility import switched_off, trouble
from workers.operations.failover import named
from workers.operations.shipping.requests import Choice
from workers.providers.errors import RateLimited, Unavailable
from workers.providers.shipping.models import RateRequest
from workers.store.shipments import Carrier

_FOR_NOW: Final = frozenset({Unavailable.code, RateLimited.code, "deadline_exceeded"})


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """What matters for the choice of a carrier."""

    origin: str
    destination: str
    emirate: str | None
    parcels: int
    weight_kg: Decimal
    heaviest_kg: Decimal
    collects_cash: bool
    label_format: str | None = None
    is_return: bool = False
    level: str | None = None

    @classmethod
    def of(
        cls,
        request: RateRequest,
        *,
        label_format: str | None = None,
        is_return: bool = False,
        level: str | None = None,
    ) -> ParcelFacts:
        """The facts of a request."""
        recipient = request.recipient
        return cls(
            request.sender.country,
            recipient.country,
            recipient.emirate.value if recipient.emirate else None,
            len(request.parcels),
            request.weight_kg,
            max(parcel.weight_kg for parcel in request.parcels),
            request.cash_on_delivery is not None,
            label_format,
            is_return,
            level,
        )


@dataclass(frozen=True, slots=True)
class Option:
    """A carrier with what it is to be asked for."""

    carrier: Carrier
    choice: Choice


@dataclass(frozen=True, slots=True)
class CarrierRoute:
    """Where a shipment may go: the first carrier, and the others in the order in which they take over.

    :param rule: what the order follows: ``priority``, ``price`` or ``speed``.
    :param skipped: why each other carrier is not among them, as ``{connection_id, provider, reason}``.
    """

    order: tuple[Option, ...]
    skipped: tuple[dict[str, Any], ...]
    rule: str

    @property
    def silent_for_now(self) -> dict[str, Any] | None:
        """As an error: a carrier that might take it another time, since it was asked for a price and could not name one
        now; None when there is none."""
        return next((dict(each) for each in self.skipped if each.get("code") in _FOR_NOW), None)

    def why(self, chosen: Option, refused: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """What ``operations.why`` says of the choice.

        :param refused: carriers that were tried before and took nothing, with their errors.
        """
        tried = {entry["connection_id"] for entry in refused}
        waiting = [
            _shown(option) for option in self.order if option is not chosen and str(option.carrier.id) not in tried
        ]
        return {
            "chosen": {**_shown(chosen), "health": chosen.carrier.health_state},
            "rule": "failover" if refused else self.rule,
            "reason": self._reason(chosen, refused),
            "refused": list(refused),
            "next": waiting,
            "skipped": list(self.skipped),
        }

    def _reason(self, chosen: Option, refused: Sequence[Mapping[str, Any]]) -> str:
        name = chosen.carrier.name
        if not refused:
            ordered = {"priority": "comes first by priority", "price": "costs least", "speed": "is the fastest"}
            return f"{name} {ordered[self.rule]}."
        names = {str(option.carrier.id): option.carrier.name for option in self.order}
        told = "; ".join(f"{names[each['connection_id']]}: {each['error']['message']}" for each in refused)
        return f"{name} took over, because nothing was bought before ({told})."


def eligible(
    facts: ParcelFacts, carriers: Sequence[Carrier], only: Sequence[str] = ()
) -> tuple[list[Carrier], list[dict[str, Any]]]:
    """The carriers that may take it, by priority; and the others with the reason why not.

    One that seems out of order (breaker open, health down) is passed over while another is in order; when none is,
    they are tried all the same, because a breaker lets a probe through and a health check may be wrong.

    :param only: the ids of the connections that are meant; empty: all.
    """
    meant = [each for each in carriers if not only or str(each.id) in only]
    reasons = {each.id: unfit(facts, each) for each in meant}
    fit = [each for each in meant if reasons[each.id] is None]
    usable = [each for each in fit if trouble(each) is None] or fit
    skipped = [{**named(each), "reason": reasons[each.id] or trouble(each)} for each in meant if each not in usable]
    return usable, skipped


def unfit(facts: ParcelFacts, carrier: Carrier) -> str | None:
    """Why the carrier must not take it, whatever happens to the others; None when it may."""
    return switched_off(carrier) or _cannot(facts, carrier) or _must_not(facts, carrier)


def usable_service(carrier: Carrier, service: str, level: str, wanted: Sequence[str] = ()) -> bool:
    """Whether a carrier's service is one to be used. :param wanted: levels that were asked for; empty: any."""
    return (
        (not carrier.services or service in carrier.services)
        and (not carrier.levels or level in carrier.levels)
        and (not wanted or level in wanted)
    )


def _cannot(facts: ParcelFacts, carrier: Carrier) -> str | None:
    """What the carrier itself does not do."""
    known = carrier.facts
    if "ships_parcels" not in carrier.capabilities:
        return "the carrier only tracks"
    if facts.is_return and "makes_returns" not in carrier.capabilities:
        return "the carrier makes no returns"
    if facts.origin == facts.destination and not known["domestic"]:
        return "the carrier does not deliver within the country"
    if facts.origin != facts.destination and not known["international"]:
        return "the carrier does not deliver abroad"
    if carrier.provider_countries and facts.origin not in carrier.provider_countries and not facts.is_return:
        return f"the carrier does not fetch in {facts.origin}"
    if known["destinations"] and facts.destination not in known["destinations"]:
        return f"the carrier does not deliver to {facts.destination}"
    if facts.collects_cash and not known["collects_cash"]:
        return "the carrier collects no cash"
    if facts.parcels > known["most_parcels"]:
        return f"the carrier takes no more than {known['most_parcels']} parcels at once"
    heaviest = known.get("heaviest_parcel_kg")
    if heaviest is not None and facts.heaviest_kg > Decimal(str(heaviest)):
        return f"the carrier takes no parcel over {heaviest:g} kg"
    if facts.label_format is not None and facts.label_format not in known["label_formats"]:
        return f"the carrier prints no {facts.label_format.upper()} labels"
    return None


def _must_not(facts: ParcelFacts, carrier: Carrier) -> str | None:
    """What the organization has ruled out."""
    if carrier.countries and facts.destination not in carrier.countries:
        return f"is not used for {facts.destination}"
    if carrier.emirates and facts.destination == "AE" and facts.emirate not in carrier.emirates:
        return f"is not used for {facts.emirate or 'an unknown emirate'}"
    if facts.collects_cash and not carrier.cash_on_delivery:
        return "is not used to collect cash"
    if carrier.minimum_weight_kg is not None and facts.weight_kg < carrier.minimum_weight_kg:
        return f"is not used under {carrier.minimum_weight_kg:f} kg"
    if carrier.maximum_weight_kg is not None and facts.weight_kg > carrier.maximum_weight_kg:
        return f"is not used over {carrier.maximum_weight_kg:f} kg"
    if facts.level is not None and carrier.levels and facts.level not in carrier.levels:
        return f"is not used for {facts.level}"
    return None


def _shown(option: Option) -> dict[str, Any]:
    carrier, choice = option.carrier, option.choice
    shown = {**named(carrier), "name": carrier.name, "priority": carrier.priority}
    if choice.service:
        shown["service"] = choice.service
    return {**shown, "cost": dict(choice.cost)} if choice.cost else shown
