"""The log of a process: structured, complete, and without a secret."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from workers.logs import configure_logging, scrub


@pytest.fixture
def restored() -> Iterator[None]:
    """Leaves logging as it was."""
    root = logging.getLogger()
    handlers, level, configuration = root.handlers[:], root.level, structlog.get_config()
    yield
    structlog.configure(**configuration)
    root.handlers[:], root.level = handlers, level


def scrubbed(**event: Any) -> dict[str, Any]:
    return dict(scrub(None, "info", dict(event)))


@pytest.mark.parametrize(
    "name", ["secret_key", "password", "access_token", "Authorization", "credentials", "api_key", "apikey", "keyring"]
)
def test_a_field_whose_name_says_secret_is_blanked(name: str) -> None:
    assert scrubbed(**{name: "abc"}) == {name: "[redacted]"}


@pytest.mark.parametrize(
    "text",
    [
        "sk_test_51abcdefghijklmnop",
        "Bearer abcdef0123456789",
        "postgresql://wasl_worker:hunter2@db/postgres",
        "connection failed: password=hunter2 host=db",
        "card 4242 4242 4242 4242 was declined",
    ],
)
def test_a_text_that_holds_a_secret_loses_it(text: str) -> None:
    shown = scrubbed(message=text)["message"]
    for secret in ("51abcdef", "abcdef0123456789", "hunter2", "4242 4242"):
        assert secret not in shown


def test_secrets_are_found_inside_of_structures() -> None:
    event = scrubbed(error={"provider": "stripe", "request": {"secret_key": "abc", "tries": [1, "whsec_abcdefghij"]}})
    assert event["error"]["provider"] == "stripe"
    assert "abc" not in json.dumps(event)


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        ({"first_name": "Amal"}, {"first_name": "[redacted]"}),
        ({"recipient": {"name": "Amal", "line1": "Villa 12"}}, {"recipient": "[redacted]"}),
        ({"lead": {"email": "amal.saleh@example.ae"}}, {"lead": {"email": "a***@example.ae"}}),
        ({"phone": "0501234567"}, {"phone": "***67"}),
        ({"customer_phone": "+971501234567"}, {"customer_phone": "***67"}),
        ({"message": "no answer from +971 50 123 4567"}, {"message": "no answer from ***67"}),
        ({"message": "mail to amal.saleh@example.ae bounced"}, {"message": "mail to ***@example.ae bounced"}),
        ({"tries": [{"billing_address": {"city": "Dubai"}}]}, {"tries": [{"billing_address": "[redacted]"}]}),
        ({"remote_address": "203.0.113.7"}, {"remote_address": "[redacted]"}),
    ],
    ids=["name", "recipient", "email", "local-phone", "phone", "phone-in-text", "email-in-text", "address", "ip"],
)
def test_what_tells_of_a_person_is_masked(event: dict[str, Any], shown: dict[str, Any]) -> None:
    told = json.dumps(scrubbed(**event))
    for person in ("Amal", "amal", "Villa", "501234567", "50 123", "Dubai", "203.0"):
        assert person not in told
    assert told.count("***") + told.count("[redacted]") == 1, shown


def test_plain_facts_stay() -> None:
    facts = {"job_id": "0d0c", "count": 3, "ok": True, "rate": 0.5, "none": None, "kind": "payment.create"}
    assert scrubbed(**facts) == facts


@pytest.mark.usefixtures("restored")
def test_a_line_is_json_with_time_level_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", as_json=True)
    structlog.get_logger("workers.test").warning("a job was given up", job_id="1", password="hunter2")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["logger"]) == ("a job was given up", "warning", "workers.test")
    assert (line["job_id"], line["password"]) == ("1", "[redacted]")
    assert line["timestamp"].endswith("Z")


@pytest.mark.usefixtures("restored")
def test_an_exception_is_told_without_its_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", as_json=True)
    try:
        raise ValueError("refused sk_live_51abcdefghijklmnop")
    except ValueError:
        structlog.get_logger().exception("failed")
    text = capsys.readouterr().err
    assert "ValueError" in text
    assert "51abcdef" not in text


@pytest.mark.usefixtures("restored")
def test_libraries_log_the_same_way_and_the_chatty_ones_less(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", as_json=True)
    logging.getLogger("some.library").info("hello %s", "postgres://u:hunter2@db")
    logging.getLogger("httpx").info("HTTP Request")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "hello postgres://u:[redacted]@db"
