"""Signatures against the vectors of Amazon Payment Services' own PHP SDK. No specification is published."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.payments.aps.wire import sign
from tests.contract.claims import assert_claimed_of_package
from workers.providers.evidence import VERIFY_WEBHOOK
from workers.providers.payments.aps.signature import ShaType, accepted_signatures, signature


@pytest.fixture(scope="module")
def document(specs: Path) -> dict[str, Any]:
    path = specs / "aps" / "aps_signature_vectors.json"
    if not path.is_file():
        pytest.skip("the published vectors are not there")
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def test_every_vector_is_signed_alike(document: dict[str, Any]) -> None:
    assert document["sha"] == "sha256"
    assert {vector["direction"] for vector in document["vectors"]} == {"request", "response"}
    for vector in document["vectors"]:
        phrase = document[f"{vector['direction']}_phrase"]
        assert signature(vector["fields"], phrase) == vector["signature"]
        assert vector["signature"].encode() in accepted_signatures(vector["fields"], phrase, ShaType.SHA_256)
    assert_claimed_of_package("aps", also={VERIFY_WEBHOOK})


def test_the_twin_signs_alike(document: dict[str, Any]) -> None:
    flat = [each for each in document["vectors"] if not any(isinstance(v, dict) for v in each["fields"].values())]
    assert flat
    for vector in flat:
        phrase = document[f"{vector['direction']}_phrase"]
        assert sign(vector["fields"], phrase, "SHA-256") == vector["signature"]
