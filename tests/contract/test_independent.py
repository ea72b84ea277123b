"""The independent validator sees what is wrong; otherwise its silence on our requests would mean nothing."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.independent import DOCUMENTS, faults

URL = "https://api-v2.ziina.com/api"


def a_post(path: str, body: dict[str, Any]) -> httpx.Request:
    return httpx.Request("POST", f"{URL}{path}", json=body)


@pytest.mark.usefixtures("specs")
def test_it_notices_what_is_wrong() -> None:
    good = {"amount": 9900, "currency_code": "AED"}
    assert faults("ziina", a_post("/payment_intent", good)) == []
    assert faults("ziina", a_post("/payment_intent", {**good, "amount": "9900"}))
    assert faults("ziina", a_post("/payment_intent", {"amount": 9900}))
    assert faults("ziina", a_post("/nothing", good))


def test_every_document_of_it_is_there(specs: Path) -> None:
    assert [file for files in DOCUMENTS.values() for file in files if not (specs / file).exists()] == []
