"""Naqel's refusals in Wasl's words.

They come with status 200: ``HasError`` true with a ``Message``, or an ``ErrorMessage`` in tracking. No list of messages
is published, so a wrong login is told by its words. SOAP faults come with status 500: one of the client's says that the
request could not be read, so that nothing was done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from workers.providers.errors import AuthenticationFailed, InvalidRequest, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.xml import Element, text_of

_ABOUT_LOGIN: Final = re.compile(
    r"password|credential|authenti|unauthori[sz]ed|not authori[sz]ed|(invalid|wrong|incorrect|unknown) (login|client)|"
    r"client ?(id|info\w*)?\b.*(invalid|wrong|incorrect|not (found|exist))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal. :param by_server: whether it is the server that is at fault, so that it may have done something."""

    message: str
    code: str | None = None
    by_server: bool = False

    def kind(self, *, write: bool) -> type[ProviderError]:
        """The error that it stands for."""
        if self.by_server:
            return OutcomeUnknown if write else Unavailable
        return AuthenticationFailed if _ABOUT_LOGIN.search(self.message) else InvalidRequest


def soap_fault(answer: object) -> Fault | None:
    """The fault that an answer is, if it is one."""
    if not isinstance(answer, Element) or answer.tag != "Fault":
        return None
    code = text_of(answer, "faultcode")
    text = text_of(answer, "faultstring")
    return Fault(_told(text), code, by_server="client" not in (code or "").lower())


def refusal(result: Element) -> Fault | None:
    """What a result with ``HasError`` refuses; None when it refuses nothing."""
    if not has_error(result):
        return None
    message = _told(text_of(result, "Message") or text_of(result, "ErrorMessage"))
    # An error that comes with a waybill's number may have come after the waybill.
    return Fault(message, by_server=(text_of(result, "WaybillNo") or "0") != "0" and result.tag.endswith("Result"))


def has_error(result: Element) -> bool:
    """Whether a result says that it is an error."""
    return (text_of(result, "HasError") or "").lower() == "true"


def _told(text: str | None) -> str:
    return f"Naqel: {text}" if text else "Naqel refused the request"
