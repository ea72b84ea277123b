"""The unified marketing model: what is refused by name, what looks like a card and may stay, and what is masked."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from workers.providers.marketing.models import (
    AudienceResult,
    CampaignResult,
    CompanyRequest,
    ContactEvent,
    ContactOutcome,
    ContactPage,
    ContactRequest,
    ContactResult,
    DealRequest,
    DealResult,
    EventProblem,
    FormSubmission,
    Item,
    Report,
    ReportRequest,
    TrackedEvent,
)

CARD = "4242424242424242"
PHONE_LIKE_A_CARD = "+4915123456787"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEAST: dict[type[BaseModel], dict[str, Any]] = {
    ContactRequest: {"key": "1", "email": "fatima@example.ae"},
    DealRequest: {"reference": "pay-1", "name": "Order 1001"},
    CompanyRequest: {"name": "Souk Online LLC"},
    ContactEvent: {"email": "fatima@example.ae", "name": "order_paid"},
    FormSubmission: {"form_id": "f-1", "fields": {"email": "fatima@example.ae"}},
    Item: {"id": "SKU1", "name": "Abaya"},
    TrackedEvent: {"name": "sign_up", "occurred_at": NOON},
    ReportRequest: {"since": "2026-11-01", "until": "2026-11-07", "metrics": ("eventCount",)},
}


def fault(model: type[BaseModel], **changes: Any) -> tuple[str, str]:
    """The field at fault, and what is said of it."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate({**LEAST[model], **changes})
    error = caught.value.errors(include_url=False, include_context=False, include_input=False)[0]
    return ".".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize("model", LEAST, ids=lambda model: model.__name__)
def test_the_least_that_is_needed_is_enough(model: type[BaseModel]) -> None:
    assert model.model_validate(LEAST[model])
    needless = [name for name in LEAST[model] if not model.model_fields[name].is_required()]
    assert needless == (["email"] if model is ContactRequest else [])


@pytest.mark.parametrize(
    ("model", "changes", "field", "says"),
    [
        (ContactRequest, {"email": None}, "", "a contact needs an email or a phone"),
        (ContactRequest, {"email": "fatima"}, "email", "should match pattern"),
        (ContactRequest, {"email": "fatima @example.ae"}, "email", "should match pattern"),
        (ContactRequest, {"email": f"{'f' * 250}@a.ae"}, "email", "at most 254"),
        (ContactRequest, {"phone": "0501110001"}, "phone", "should match pattern"),
        (ContactRequest, {"consent": "yes"}, "consent", "Input should be"),
        (ContactRequest, {"tags": ("",)}, "tags.0", "at least 1"),
        (ContactRequest, {"tags": ("x" * 101,)}, "tags.0", "at most 100"),
        (ContactRequest, {"surname": "Ali"}, "surname", "Extra inputs"),
        (DealRequest, {"reference": "x" * 101}, "reference", "at most 100"),
        (DealRequest, {"provider_contact_id": "../deals/1"}, "provider_contact_id", "should match pattern"),
        (DealRequest, {"money": {"amount": 99.5, "currency": "AED"}}, "money.amount", "decimal string"),
        (CompanyRequest, {"domain": "https://souk.example"}, "domain", "should match pattern"),
        (ContactEvent, {"name": "Order paid"}, "name", "should match pattern"),
        (ContactEvent, {"name": "x" * 31}, "name", "should match pattern"),
        (FormSubmission, {"form_id": "a/b"}, "form_id", "should match pattern"),
        (Item, {"quantity": 0}, "quantity", "greater than or equal to 1"),
        (Item, {"price": "NaN"}, "price", "finite number"),
        (TrackedEvent, {"name": "2nd_visit"}, "name", "should match pattern"),
        (TrackedEvent, {"name": "x" * 41}, "name", "should match pattern"),
        (TrackedEvent, {"occurred_at": "2026-11-23T12:00:00"}, "occurred_at", "timezone"),
        (TrackedEvent, {"items": ({"id": "1", "name": "x"},) * 201}, "items", "at most 200"),
        (ReportRequest, {"metrics": ()}, "metrics", "at least 1"),
        (ReportRequest, {"metrics": ("x",) * 11}, "metrics", "at most 10"),
        (ReportRequest, {"dimensions": ("x",) * 10}, "dimensions", "at most 9"),
        (ReportRequest, {"limit": 0}, "limit", "greater than or equal to 1"),
        (ReportRequest, {"limit": 100_001}, "limit", "less than or equal to 100000"),
        (ReportRequest, {"offset": -1}, "offset", "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_right_is_refused_by_the_field(
    model: type[BaseModel], changes: dict[str, Any], field: str, says: str
) -> None:
    named, told = fault(model, **changes)
    assert named == field
    assert says in told


def test_a_refusal_never_repeats_the_value() -> None:
    with pytest.raises(ValidationError) as caught:
        ContactRequest(key="1", email="fatima-at-example")
    assert "fatima" not in str(caught.value)


def test_a_phone_alone_is_a_contact() -> None:
    assert ContactRequest(key="1", phone="+971501110001").email is None


@pytest.mark.parametrize(
    ("model", "changes", "field"),
    [
        (ContactRequest, {"first_name": CARD}, "first_name"),
        (ContactRequest, {"company": f"card {CARD}"}, "company"),
        (DealRequest, {"name": CARD}, "name"),
        (ContactEvent, {"properties": {"note": CARD}}, "properties"),
        (ContactEvent, {"properties": {"cvv": "123"}}, "properties"),
        (FormSubmission, {"consent_text": CARD}, "consent_text"),
        (TrackedEvent, {"properties": {"note": CARD}}, "properties"),
        (TrackedEvent, {"properties": {"card_cvc": 123}}, "properties"),
        (Item, {"name": CARD}, "name"),
        (ReportRequest, {"filters": {"customEvent:card": CARD}}, "filters"),
    ],
)
def test_a_cards_number_is_refused(model: type[BaseModel], changes: dict[str, Any], field: str) -> None:
    named, told = fault(model, **changes)
    assert named == field
    assert "payment card number" in told or "security code" in told


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (ContactRequest, {"phone": PHONE_LIKE_A_CARD, "fields": {"PHONE": PHONE_LIKE_A_CARD}}),
        (DealRequest, {"provider_contact_id": CARD, "fields": {"external": CARD}}),
        (CompanyRequest, {"phone": PHONE_LIKE_A_CARD}),
        (FormSubmission, {"fields": {"mobile": PHONE_LIKE_A_CARD}, "page_url": f"https://a.example/?id={CARD}"}),
        (TrackedEvent, {"client_id": CARD, "user_id": CARD, "session_id": CARD, "reference": CARD}),
    ],
)
def test_identifiers_and_phones_that_pass_for_a_cards_are_left_alone(
    model: type[BaseModel], changes: dict[str, Any]
) -> None:
    made = model.model_validate({**LEAST[model], **changes})
    assert changes.items() <= made.model_dump().items()


def test_a_cards_number_in_an_answer_is_masked_but_not_an_identifier() -> None:
    contact = ContactResult(
        provider_contact_id=CARD, phone=PHONE_LIKE_A_CARD, first_name=f"pays with {CARD}", tags=(f"tag {CARD}",)
    )
    assert (contact.provider_contact_id, contact.phone) == (CARD, PHONE_LIKE_A_CARD)
    assert CARD not in f"{contact.first_name} {contact.tags}"
    deal = DealResult(provider_deal_id=CARD, reference=CARD, contact_ids=(CARD,), name=f"Order {CARD}")
    assert (deal.provider_deal_id, deal.reference, deal.contact_ids) == (CARD, CARD, (CARD,))
    assert CARD not in deal.name
    campaign = CampaignResult(
        provider_campaign_id=CARD, name="Winter", status="sent", provider_status="sent", subject=f"Your card {CARD}"
    )
    assert campaign.provider_campaign_id == CARD
    assert CARD not in (campaign.subject or "")
    outcome = ContactOutcome(key="1", provider_contact_id=CARD)
    assert outcome.provider_contact_id == CARD
    assert CARD not in EventProblem(code="VALUE_INVALID", message=f"value {CARD}").message


def test_a_reports_figures_are_left_alone() -> None:
    report = Report(columns=("transactionId", "eventCount"), rows=((CARD, "1"),), total=1)
    assert report.rows == ((CARD, "1"),)


def test_what_is_not_told_is_not_zero() -> None:
    campaign = CampaignResult(provider_campaign_id="1", name="Winter", status="draft", provider_status="save")
    figures = (
        "recipients",
        "opens",
        "unique_opens",
        "clicks",
        "unique_clicks",
        "bounces",
        "unsubscribes",
        "complaints",
    )
    assert {getattr(campaign, name) for name in figures} == {None}
    assert AudienceResult(provider_audience_id="1", name="Customers").members is None
    assert ContactPage(contacts=()).total is None


def test_arabic_is_text_like_any_other() -> None:
    contact = ContactRequest(key="1", email="fatima@example.ae", first_name="فاطمة", tags=("عملاء",))
    assert (contact.first_name, contact.tags) == ("فاطمة", ("عملاء",))
    assert TrackedEvent(name="search", occurred_at=NOON, properties={"term": "عباءة"}).properties == {"term": "عباءة"}


def test_numbers_of_an_events_properties_stay_numbers() -> None:
    event = TrackedEvent(name="sign_up", occurred_at=NOON, properties={"step": 2, "score": 0.5, "plan": "3"})
    assert [type(value) for value in event.properties.values()] == [int, float, str]
