"""The providers' published documents, which lie beside the repository; without them these tests are skipped."""

from pathlib import Path

import pytest

SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"


@pytest.fixture(scope="session")
def specs() -> Path:
    """The folder of published documents."""
    if not SPECS.is_dir():
        pytest.skip(f"the published documents are not at {SPECS}")
    return SPECS
