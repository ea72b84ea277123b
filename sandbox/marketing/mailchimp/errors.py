"""Mailchimp's refusals, as problem documents."""

from __future__ import annotations

import uuid
from typing import Any

GLOSSARY = "https://mailchimp.com/developer/marketing/docs/errors/"


class MailchimpError(Exception):
    """A refusal. :param errors: the fields at fault, as pairs of name and message."""

    def __init__(self, status: int, title: str, detail: str, errors: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors

    @property
    def body(self) -> dict[str, Any]:
        """The problem document."""
        problem = {
            "type": GLOSSARY,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": str(uuid.uuid4()),
        }
        if self.errors:
            problem["errors"] = [{"field": field, "message": message} for field, message in self.errors]
        return problem


def invalid(*errors: tuple[str, str]) -> MailchimpError:
    """A body or query that is not as it should be."""
    detail = "The resource submitted could not be validated. For field-specific details, see the 'errors' array."
    return MailchimpError(400, "Invalid Resource", detail, errors)


def not_found() -> MailchimpError:
    """There is no such thing."""
    return MailchimpError(404, "Resource Not Found", "The requested resource could not be found.")


def unauthorized() -> MailchimpError:
    """The credentials are no good."""
    return MailchimpError(
        401, "API Key Invalid", "Your API key may be invalid, or you've attempted to access the wrong datacenter."
    )


def too_many() -> MailchimpError:
    """Ten calls are under way."""
    return MailchimpError(429, "Too Many Requests", "You have exceeded the limit of 10 simultaneous connections.")
