"""Keeping many contacts in a few calls: what is asked in which order, and what became of each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from workers.providers.errors import InvalidRequest, OutcomeUnknown, ProviderError
from workers.providers.marketing.mailchimp.errors import may_pass_later, our_field
from workers.providers.marketing.mailchimp.requests import (
    Wrong,
    existing_member,
    merge_fields,
    new_member,
    subscriber_hash,
)
from workers.providers.marketing.models import ContactOutcome, ContactRequest

EXISTS: Final = "ERROR_CONTACT_EXISTS"


class Members:
    """The contacts of one call and their outcomes.

    :param contacts: with different addresses.
    :param known: the audience's merge fields, by tag.
    """

    def __init__(self, contacts: Sequence[ContactRequest], known: Mapping[str, Mapping[str, Any]]) -> None:
        self._contacts = contacts
        self._outcomes: dict[str, ContactOutcome] = {}
        self._merged: dict[str, dict[str, str]] = {}
        for contact in contacts:
            if contact.email is None:
                self.refuse(contact, "email: Mailchimp knows contacts by their email", "email")
                continue
            merged = merge_fields(contact, known)
            if isinstance(merged, Wrong):
                self.refuse(contact, f"{merged.field}: {merged.message}", merged.field)
            else:
                self._merged[contact.key] = merged

    @property
    def open(self) -> list[ContactRequest]:
        """Those of which it is not known yet what became of them."""
        return [contact for contact in self._contacts if contact.key not in self._outcomes]

    @property
    def taken(self) -> bool:
        """Whether any is kept."""
        return any(outcome.error is None for outcome in self._outcomes.values())

    @property
    def to_tag(self) -> list[ContactRequest]:
        """Those that were taken and have tags to be changed."""
        taken = (each for each in self._contacts if self._outcomes[each.key].error is None)
        return [contact for contact in taken if contact.tags or contact.untags]

    def outcomes(self) -> tuple[ContactOutcome, ...]:
        """What became of each, in their order."""
        return tuple(self._outcomes[contact.key] for contact in self._contacts)

    def merged(self, contact: ContactRequest) -> dict[str, str]:
        """A contact's merge fields."""
        return self._merged[contact.key]

    def body(self, contacts: Iterable[ContactRequest], *, existing: bool) -> dict[str, Any]:
        """The call that adds new ones, or changes those that are there."""
        write = existing_member if existing else new_member
        members = [write(contact, self.merged(contact)) for contact in contacts]
        return {"members": members, "update_existing": existing}

    def take(self, contact: ContactRequest, *, created: bool | None = None) -> None:
        """It is kept."""
        self._outcomes[contact.key] = ContactOutcome(
            key=contact.key, provider_contact_id=subscriber_hash(contact.email or ""), created=created
        )

    def refuse(
        self,
        contact: ContactRequest,
        message: str,
        field: str | None,
        *,
        code: str = InvalidRequest.code,
        retryable: bool = False,
    ) -> None:
        """It is not kept, or not all of it."""
        error = {"code": code, "message": message[:500], "field": field}
        self._outcomes[contact.key] = ContactOutcome(key=contact.key, error=error, retryable=retryable)

    def put_off(self, contacts: Iterable[ContactRequest], error: ProviderError, field: str | None = None) -> None:
        """They are not kept, or not all of them, because of an error that is not theirs."""
        later = error.retryable or isinstance(error, OutcomeUnknown)
        for contact in contacts:
            self.refuse(contact, error.message, field, code=error.code, retryable=later)

    def read(self, asked: Sequence[ContactRequest], answer: Mapping[str, Any]) -> list[ContactRequest]:
        """Note what an answer says of those that were asked for. Returned are those that are there already, and those
        of which it says nothing: of people who unsubscribed it has been seen to keep silent.

        :raises KeyError, TypeError: it is no such answer.
        """
        by_email = {str(contact.email).strip().lower(): contact for contact in asked}
        for name, created in (("new_members", True), ("updated_members", False)):
            for member in answer[name]:
                if contact := by_email.pop(str(member["email_address"]).lower(), None):
                    self.take(contact, created=created)
        left = []
        for error in answer["errors"]:
            contact = by_email.pop(str(error["email_address"]).strip('" ').lower(), None)
            if contact is None:
                continue
            if error.get("error_code") == EXISTS:
                left.append(contact)
                continue
            message = " ".join(filter(None, (str(error["error"]), error.get("field_message"))))
            self.refuse(contact, message, our_field(str(error.get("field") or "")), retryable=may_pass_later(message))
        return [*left, *by_email.values()]
