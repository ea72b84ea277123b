"""Which events an endpoint keeps without acting on them."""

import time

import pytest

from workers.webhooks.filters import kept_status


@pytest.mark.parametrize(
    ("patterns", "event_type", "status"),
    [
        ([], "invoice.paid", None),
        (["invoice.paid"], "invoice.paid", "filtered"),
        (["invoice.paid"], "invoice.paid.again", None),
        (["invoice.*"], "invoice.paid", "filtered"),
        (["invoice.*"], "invoices.paid", None),
        (["*.created", "*.updated"], "charge.updated", "filtered"),
        (["charge.*.created"], "charge.dispute.created", "filtered"),
        (["*"], "", "filtered"),
        (["*"], "two\nlines", "filtered"),
        (["Invoice.*"], "invoice.paid", None),
        (["a.b"], "axb", None),
        (["*"], None, None),
    ],
)
def test_patterns(patterns: list[str], event_type: str | None, status: str | None) -> None:
    assert kept_status(False, patterns, event_type) == status


def test_an_endpoint_that_only_records_acts_on_nothing() -> None:
    assert kept_status(True, [], "invoice.paid") == "recorded"
    assert kept_status(True, ["*"], None) == "recorded"


def test_no_pattern_takes_long() -> None:
    began = time.perf_counter()
    assert kept_status(False, ["*a" * 60 + "b"], "a" * 5_000) is None
    assert time.perf_counter() - began < 1
