"""What leads' handlers ask of mail, in their words and errors."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from workers.mail.confirmation import Confirmation, confirmation_mail
from workers.mail.mailer import Mailer, MailRefused, MailUnavailable
from workers.providers.errors import InvalidRequest, Unavailable


class Confirmations:
    """Writes to people who have to confirm. Implements `workers.operations.marketing.leads.SendsConfirmations`.

    :param mailer: None: no mail can be sent.
    :param public_url: the hub's own address, below which people confirm.
    """

    def __init__(self, mailer: Mailer | None, public_url: str | None) -> None:
        self._mailer = mailer
        self._public_url = public_url

    async def send_confirmation(self, facts: Mapping[str, Any], token: str) -> None:
        """Send it.

        :param facts: what the database knows of the person and the form; ``path`` leads to where they confirm.
        :raises InvalidRequest: it will never be taken, or mail is not set up; names the setting.
        :raises Unavailable: it may be taken later.
        """
        if self._mailer is None:
            raise InvalidRequest("No mail can be sent: set WASL_SMTP_URL and WASL_MAIL_FROM.", field="WASL_SMTP_URL")
        if self._public_url is None:
            raise InvalidRequest("The hub does not know its address: set WASL_PUBLIC_URL.", field="WASL_PUBLIC_URL")
        url = f"{self._public_url}{facts['path']}{token}"
        mail_id = UUID(bytes=hashlib.sha256(token.encode()).digest()[:16], version=4)
        confirmation = Confirmation(
            organization_name=facts["organization_name"],
            form_name=facts["form_name"],
            url=url,
            first_name=facts.get("first_name"),
            consent_text=facts.get("consent_text"),
            language=facts.get("language"),
        )
        try:
            await self._mailer.send(confirmation_mail(mail_id, facts["email"], confirmation))
        except MailUnavailable as error:
            raise Unavailable(str(error)) from None
        except MailRefused as error:
            raise InvalidRequest(str(error), field="email") from None
