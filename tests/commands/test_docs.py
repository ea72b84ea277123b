"""`wasl docs providers`: the pages say what the connectors say, and keep what people wrote."""

import importlib
import inspect
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workers.commands.docs import MARKETING, PAYMENTS, PROVIDERS, SHIPPING, SOCIAL, app, provider_pages
from workers.providers.errors import NotSupported
from workers.providers.evidence import NOT_SUPPORTED, OPERATIONS, PACKAGES, SPECIFICATIONS
from workers.providers.invoke import invoke, operations
from workers.providers.manifest import Category
from workers.providers.pages import BEGIN, END, with_generated
from workers.providers.registry import CONNECTORS, open_connector

CONTRACTS = Path(__file__).resolve().parents[1] / "contract"
ALWAYS_LAST = ["Not supported", "What was checked against what", "Unverified"]
OF_OTHERS = ["Getting credentials", "What it does", *ALWAYS_LAST]
OF_GATEWAYS = [
    "Getting credentials",
    "Webhook",
    "What it does",
    "Amounts",
    "Nobody is charged twice",
    *ALWAYS_LAST,
]
runner = CliRunner()


@pytest.mark.parametrize("path", provider_pages(), ids=lambda path: path.name)
def test_the_page_is_up_to_date(path: Path) -> None:
    assert path.is_file()
    assert path.read_text(encoding="utf-8") == provider_pages()[path], "run `wasl docs providers`"


@pytest.mark.parametrize("key", CONNECTORS)
def test_the_hand_written_part_answers_the_same_questions(key: str) -> None:
    written = (PROVIDERS / f"{key}.md").read_text(encoding="utf-8").partition(END)[2]
    found = [line.removeprefix("## ") for line in written.splitlines() if line.startswith("## ")]
    asked = OF_GATEWAYS if CONNECTORS[key].manifest.category is Category.PAYMENTS else OF_OTHERS
    assert [each for each in found if each in asked] == asked
    assert not [line for line in written.splitlines() if line.startswith("# ")]


def test_the_command_writes_what_is_missing_and_keeps_what_people_wrote(tmp_path: Path) -> None:
    folder, payments = tmp_path / "providers", tmp_path / "payments.md"
    options = ["providers", "--folder", str(folder)]
    for category in Category:
        options += [f"--{category}", str(tmp_path / f"{category}.md")]
    payments.write_text(f"# Payments\n\nBefore.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n")
    missing = runner.invoke(app, [*options, "--check"])
    assert missing.exit_code == 1
    assert "stripe.md" in missing.stderr
    assert not folder.exists()

    assert runner.invoke(app, options).exit_code == 0
    assert runner.invoke(app, [*options, "--check"]).exit_code == 0
    assert payments.read_text().startswith("# Payments\n\nBefore.\n")
    assert payments.read_text().endswith(f"{END}\n\nAfter.\n")
    assert "old" not in payments.read_text()
    assert "providers/google_analytics.md" in (tmp_path / "marketing.md").read_text()
    assert (tmp_path / "social.md").is_file()
    page = folder / "stripe.md"
    page.write_text(page.read_text().replace("# Stripe", "# Strype") + "\nMind the gap.\n")
    assert runner.invoke(app, [*options, "--check"]).exit_code == 1
    assert runner.invoke(app, options).exit_code == 0
    assert "# Strype" not in page.read_text()
    assert page.read_text().endswith("\nMind the gap.\n")


@pytest.mark.parametrize("page", [f"{BEGIN}\n", f"{END}\n", f"{END}\n{BEGIN}\n", f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n"])
def test_markers_that_are_no_pair_are_refused(page: str) -> None:
    with pytest.raises(ValueError, match="one pair of markers"):
        with_generated(page, "new")


def test_a_page_without_markers_gets_the_generated_part_first() -> None:
    assert with_generated("By hand.\n", "new") == f"{BEGIN}\n\nnew\n\n{END}\n\nBy hand.\n"
    assert with_generated(with_generated("", "old"), "new") == with_generated("", "new")


# What the tables in the pages of the categories claim.


@pytest.mark.parametrize("key", SPECIFICATIONS)
def test_what_claims_a_specification_has_a_test_that_compares_its_requests(key: str) -> None:
    module = importlib.import_module(f"tests.contract.test_{key}")
    tests = [test for name, test in vars(module).items() if name.startswith("test_")]
    assert any(f'assert_claimed("{key}", ' in inspect.getsource(test) for test in tests)
    claim = SPECIFICATIONS[key]
    assert claim.whole | claim.part <= set(operations(CONNECTORS[key])) & OPERATIONS.keys()
    assert not claim.whole & claim.part


@pytest.mark.parametrize("key", PACKAGES)
def test_what_claims_an_official_package_has_a_test_that_uses_it(key: str) -> None:
    module = importlib.import_module(f"tests.contract.test_{key}")
    tests = [test for name, test in vars(module).items() if name.startswith("test_")]
    assert any(f'assert_claimed_of_package("{key}", ' in inspect.getsource(test) for test in tests)


def test_the_signature_that_claims_stripes_package_is_compared_with_it() -> None:
    official = importlib.import_module("tests.providers.payments.stripe.test_signature")
    assert "official.Webhook" in inspect.getsource(official)
    assert official.official.__name__ == "stripe"


@pytest.mark.parametrize(("key", "operation"), [(key, each) for key, found in NOT_SUPPORTED.items() for each in found])
async def test_what_is_shown_as_not_supported_is_refused(key: str, operation: str) -> None:
    gateway = importlib.import_module(f"tests.support.gateways.{key}").GATEWAY
    async with open_connector(key, credentials=gateway.account(), settings=gateway.settings) as connector:
        with pytest.raises(NotSupported):
            await invoke(connector, operation, {"token": "x", "provider_data": {}})


def test_no_claim_is_made_where_there_is_no_test() -> None:
    compared = {path.stem.removeprefix("test_") for path in CONTRACTS.glob("test_*.py")} - {"independent"}
    assert SPECIFICATIONS.keys() | PACKAGES.keys() == compared
    for page in (PAYMENTS, SHIPPING, SOCIAL, MARKETING):
        assert "generated by" in page.read_text(encoding="utf-8")
