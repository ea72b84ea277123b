"""How a run goes: the same in every process and whenever it is repeated, and quickly."""

import gc
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import certifi
import pytest
import structlog
from hypothesis import HealthCheck, settings

from stack.toolchain import ROOT
from tests.support.stacks import keep_template

# httpcore tries to import this for every lock and event that it makes. Where it is absent, which nothing remembers, a
# quarter of the time of all that talks HTTP would go into looking for it.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

# The same examples in every run, however busy the machine is.
settings.register_profile("repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")

# Nothing that is imported or collected here is garbage: see `pytest_collection_finish`.
gc.disable()

LONG, SHORT = -1, 1
LONGEST = (
    "tests/e2e/",
    "tests/faults/",
    "tests/operations/",
    "tests/rls/",
    "tests/sdk/",
    "tests/stack/",
    "tests/webhooks/",
)
SHORTEST = ("tests/contract/", "tests/labels/", "tests/providers/", "tests/transport/")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare this process, and in the one that starts the others what they share."""
    config.add_cleanup(trust_one_authority())
    if config.getoption("numprocesses", None):
        config.add_cleanup(keep_template())
    show_tracebacks_plainly()
    collect_from_both_ends(config)


def trust_one_authority() -> Callable[[], None]:
    """Let HTTP clients trust one authority instead of all, which each of them takes a twentieth of a second to read:
    nobody talks to anybody outside here. Returns what ends it."""
    directory = tempfile.TemporaryDirectory()
    authority = Path(directory.name) / "authority.pem"
    end = "-----END CERTIFICATE-----"
    authority.write_text(certifi.contents().partition(end)[0] + end)
    os.environ["SSL_CERT_FILE"] = str(authority)
    return directory.cleanup


def collect_from_both_ends(config: pytest.Config) -> None:
    """Let the second of several processes collect backwards: what each compiles first, the other finds compiled."""
    second = getattr(config, "workerinput", {}).get("workerid") == "gw1"
    if second and config.args == config.getini("testpaths"):
        config.args = sorted((str(path) for path in (ROOT / "tests").iterdir() if is_collected(path)), reverse=True)


def is_collected(path: Path) -> bool:
    """Whether tests may lie there."""
    return (path.is_dir() and path.name != "__pycache__") or path.name.startswith("test_")


def show_tracebacks_plainly() -> None:
    """Spare the log of workers inside this process, which is not configured as that of a command is, structlog's
    pictures of every frame with its variables: one takes as long to draw as dozens of tests."""
    *others, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest and end with those that take no time, so that several processes end at
    about the same time; the order is the same in each of them."""

    def turn(item: pytest.Item) -> tuple[int, str]:
        path = item.nodeid.partition("::")[0]
        length = LONG if path.startswith(LONGEST) else SHORT if path.startswith(SHORTEST) else 0
        return length, path

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    """Spare the garbage collector the thousands of collected tests, which live to the end, and let it come seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()
