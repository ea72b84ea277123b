"""EMX's refusals in Wasl's words.

They come with status 200, as ``serviceResult`` with ``success`` false and an ``ErrorMsg`` (so public integrations read
it); the SOAP services answer faults besides. No list of messages is published, so a wrong login is told by its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.errors import AuthenticationFailed, InvalidRequest, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.xml import Element, text_of

_ABOUT_LOGIN: Final = re.compile(
    r"authenti|unauthori[sz]ed|credential|password|(invalid|wrong|inactive|unknown) (account|login)|"
    r"account ?(no|number)?\b.*(invalid|not (valid|found|exist|active)|inactive)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal.

    :param code: EMX's own, if it has one.
    :param broke_down: whether the service says that it is at fault itself, or names what it has made all the same.
    """

    message: str
    code: str | None = None
    broke_down: bool = False

    def kind(self, *, write: bool) -> type[ProviderError]:
        """The error that it stands for."""
        if self.broke_down and write:
            return OutcomeUnknown
        if _ABOUT_LOGIN.search(self.message):
            return AuthenticationFailed
        return Unavailable if self.broke_down else InvalidRequest


def refusal(body: Any) -> Fault | None:
    """What a good answer refuses, whichever its format; None when it refuses nothing."""
    if isinstance(body, Element):
        return _of_xml(body)
    for part in (body, *(body.values() if isinstance(body, dict) else ())):
        result = part.get("serviceResult") if isinstance(part, dict) else None
        if isinstance(result, dict) and not _is_success(result.get("success")):
            was_made = bool(part.get("AWBNumber"))
            return Fault(_told(result.get("ErrorMsg")), _code(result.get("ErrorCode")), broke_down=was_made)
    return None


def _of_xml(answer: Element) -> Fault | None:
    if answer.tag == "Fault":
        code = text_of(answer, "faultcode") or ""
        return Fault(_told(text_of(answer, "faultstring")), code or None, broke_down="client" not in code.lower())
    result = answer.find(".//serviceResult")
    if result is None or _is_success(text_of(result, "success")):
        return None
    return Fault(_told(text_of(result, "ErrorMsg")), _code(text_of(result, "ErrorCode")))


def _is_success(value: object) -> bool:
    return str(value).lower() in ("true", "1")


def _told(text: object) -> str:
    return f"EMX: {text.strip()}" if isinstance(text, str) and text.strip() else "EMX refused the request"


def _code(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None
