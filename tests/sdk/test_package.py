"""The package: what it exports, and what it needs."""

import inspect
import subprocess
import sys
from importlib.metadata import distribution, requires
from pathlib import Path
from types import ModuleType

import wasl
from packaging.requirements import Requirement
from wasl import (
    alert_models,
    alert_params,
    errors,
    marketing_models,
    marketing_params,
    models,
    monitoring_models,
    params,
    payment_models,
    shipment_models,
    shipment_params,
    social_models,
    social_params,
)

MODELS = (models, payment_models, shipment_models, social_models, marketing_models, alert_models, monitoring_models)


def test_what_is_exported_is_there_and_in_order() -> None:
    assert wasl.__all__ == sorted(wasl.__all__)
    assert all(hasattr(wasl, name) for name in wasl.__all__)


def test_every_error_is_exported() -> None:
    defined = {name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, Exception)}
    assert defined <= {*wasl.__all__}


def test_every_answer_of_a_call_is_exported() -> None:
    within_others = {
        *(
            "AppliedPolicy",
            "Failure",
            "InboxAlert",
            "InboxMark",
            "LedgerDifference",
            "NextAction",
            "OperationError",
            "ProviderField",
        ),
        *(
            "RoutedConnection",
            "SkippedConnection",
            "Charge",
            "RateFailure",
            "ParcelEvent",
            "PostProblem",
            "PlannedStep",
        ),
    }
    internal = {"EncryptionKey", "Row"}
    defined = {name for module in MODELS for name in classes(module, models.Row)}
    assert defined - within_others - internal <= {*wasl.__all__}


def test_every_dict_that_calls_take_is_exported() -> None:
    for module, example in (
        (params, "PolicyCase"),
        (shipment_params, "Parcel"),
        (social_params, "PostVariant"),
        (marketing_params, "Condition"),
        (alert_params, "AlertRuleChanges"),
    ):
        assert example in classes(module, dict)
        assert classes(module, dict) <= {*wasl.__all__}


def classes(module: ModuleType, base: type) -> set[str]:
    """The names of a module's classes of a kind."""
    return {name for name, value in vars(module).items() if inspect.isclass(value) and issubclass(value, base)}


def test_types_are_shipped() -> None:
    assert (Path(wasl.__file__).parent / "py.typed").exists()


def test_every_public_method_is_documented() -> None:
    resources: list[object] = [wasl.Wasl("http://hub", "k")]
    for resource in resources:
        assert inspect.getdoc(resource)
        resources += [value for value in vars(resource).values() if type(value).__module__.startswith("wasl._sync")]
        for name, method in inspect.getmembers(resource, inspect.ismethod):
            assert name.startswith("_") or inspect.getdoc(method), f"{type(resource).__name__}.{name}"
    known = {"Payments", "PaymentRouting", "Payouts", "Posts", "LeadForms", "Automations"}
    assert known <= {type(resource).__name__ for resource in resources}


def test_the_sdk_works_beside_nothing_but_what_it_requires(tmp_path: Path) -> None:
    (tmp_path / "wasl").symlink_to(Path(wasl.__file__).parent)
    for name in required("wasl"):
        files = distribution(name).files or []
        for entry in {file.parts[0] for file in files if file.parts[0] != ".."}:
            if not (tmp_path / entry).exists():
                (tmp_path / entry).symlink_to(distribution(name).locate_file(entry))
    script = (
        f"import sys; sys.path.append({str(tmp_path)!r}); import wasl; print(wasl.Wasl('http://hub', 'k').payments)"
    )
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def required(sdk: str) -> set[str]:
    """A distribution and all that it requires, directly or not."""
    found: set[str] = set()
    waiting = [Requirement(sdk)]
    while waiting:
        requirement = waiting.pop()
        name = requirement.name.lower().replace("_", "-")
        if name in found:
            continue
        found.add(name)
        for line in requires(name) or []:
            needed = Requirement(line)
            extras = [*requirement.extras, ""]
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)
    return found


def test_sealing_and_webhooks_load_without_the_client() -> None:
    code = (
        "import sys, wasl.sealing, wasl.webhooks; sys.exit('wasl._public' in sys.modules or 'postgrest' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_is_not_there_is_none() -> None:
    assert not hasattr(wasl, "nothing")
    assert {"Wasl", "Payment", "webhooks"} <= {*dir(wasl)}
