"""Mail to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workers.config import Settings
from workers.providers.errors import InvalidRequest


class NoMail:
    """Stands where no mail can be sent."""

    async def send_confirmation(self, facts: Mapping[str, Any], token: str) -> None:
        """:raises InvalidRequest: always."""
        raise InvalidRequest("No mail can be sent: set WASL_SMTP_URL and WASL_MAIL_FROM.", field="WASL_SMTP_URL")


def make_mail(settings: Settings) -> NoMail:
    """What mail is sent by."""
    return NoMail()
