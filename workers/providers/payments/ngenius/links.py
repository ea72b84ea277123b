"""Where an order and its parts lie, and the HAL links that lead to what can be done with them.

N-Genius says in ``_links`` what can be done next (``cnp:capture``, ``cnp:cancel``, ``cnp:refund``) and where. Its
links carry hosts, some of them internal ones (``http://config-service/…``), so of a link only the path is taken, only
if it lies below the very order that was asked for, and it is sent to the connection's own address: an answer can never
direct a bearer token elsewhere. Where a link is missing the path is built as the reference describes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_PART: Final = r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,62}[0-9A-Za-z])?"
_ORDER: Final = re.compile(rf"({_PART})/({_PART})")
_REFUND: Final = re.compile(rf"({_PART})/({_PART})/({_PART})")
_PATH: Final = re.compile(rf"(?:/{_PART})*")
_ROOT: Final = "/transactions/outlets/"


@dataclass(frozen=True, slots=True)
class OrderPlace:
    """An order at an outlet. Both references are needed to ask for it, so together they are the payment's id."""

    outlet: str
    order: str

    @property
    def id(self) -> str:
        """As Wasl keeps it: ``<outlet reference>/<order reference>``."""
        return f"{self.outlet}/{self.order}"

    @property
    def path(self) -> str:
        """The order's address."""
        return f"{_ROOT}{self.outlet}/orders/{self.order}"

    @classmethod
    def read(cls, text: str) -> OrderPlace | None:
        """The place that a payment's id tells."""
        found = _ORDER.fullmatch(text)
        return cls(found[1], found[2]) if found else None

    @classmethod
    def of(cls, order: Mapping[str, Any]) -> OrderPlace:
        """Where an order that was answered lies; ValueError when it does not say so."""
        place = cls.read(f"{order['outletId']}/{order['reference']}")
        if place is None:
            raise ValueError("no outlet and order reference")
        return place

    def below(self, href: object) -> str | None:
        """The path of a link, if it leads to something below this order."""
        _, root, rest = href.partition(_ROOT) if isinstance(href, str) else ("", "", "")
        inside = (root + rest).removeprefix(self.path)
        return self.path + inside if root and inside != root + rest and _PATH.fullmatch(inside) else None


def read_refund_id(text: str) -> tuple[OrderPlace, str] | None:
    """The order and the refund's own reference that a refund's id tells (``<outlet>/<order>/<refund>``)."""
    found = _REFUND.fullmatch(text)
    return (OrderPlace(found[1], found[2]), found[3]) if found else None


def href(holder: Mapping[str, Any], name: str) -> str | None:
    """The address of a link, if there is one."""
    link = (holder.get("_links") or {}).get(name)
    found = link.get("href") if isinstance(link, Mapping) else None
    return found if isinstance(found, str) else None


def embedded(holder: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """Embedded objects; none where the answer has none."""
    return (holder.get("_embedded") or {}).get(name) or ()


def last_part(address: str | None) -> str | None:
    """The last part of an address, where it could be a reference."""
    found = (address or "").rstrip("/").rpartition("/")[2]
    return found if re.fullmatch(_PART, found) else None


def payment_path(place: OrderPlace, payment_reference: str) -> str:
    """A payment's address, as the reference describes it."""
    return f"{place.path}/payments/{payment_reference}"


def capture_path(place: OrderPlace, payment: Mapping[str, Any], reference: str) -> str:
    """Where to capture a payment."""
    return place.below(href(payment, "cnp:capture")) or f"{payment_path(place, reference)}/captures"


def reversal_path(place: OrderPlace, payment: Mapping[str, Any]) -> str | None:
    """Where to reverse a payment, if it says that it can be."""
    return place.below(href(payment, "cnp:cancel"))


def closing_path(place: OrderPlace, order: Mapping[str, Any]) -> str:
    """Where to close an order that nobody has paid."""
    return place.below(href(order, "cancel")) or f"{place.path}/cancel"


def refund_path(place: OrderPlace, taken: Mapping[str, Any]) -> str | None:
    """Where to refund a capture or purchase: its ``cnp:refund``, else ``/refund`` below its own address."""
    link = place.below(href(taken, "cnp:refund"))
    if link:
        return link
    itself = place.below(href(taken, "self"))
    return f"{itself}/refund" if itself else None
