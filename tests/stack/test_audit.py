"""What `make audit` asks about is the lock file, whole; without a network it says so and fails."""

import re
import tomllib

import pytest

from stack.audit import LOCK, audit, project_of


def test_every_locked_package_is_asked_about() -> None:
    lock = LOCK.read_text()
    asked = tomllib.loads(project_of(lock))["project"]["dependencies"]
    assert len(asked) == len(re.findall(r"^[^ ]+==", lock, re.MULTILINE)) > 100
    assert any(pin.startswith("cryptography==") for pin in asked)
    assert all("\\" not in pin and "--hash" not in pin for pin in asked)
    assert any("; sys_platform == 'win32'" in pin for pin in asked)


def test_without_a_network_it_says_so_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = ["--default-index", "http://127.0.0.1:9/simple", "--service-url", "http://127.0.0.1:9", "--no-cache"]
    assert audit("example==1.0 \\\n    --hash=sha256:00\n", nowhere) != 0
    assert "Nothing was audited" in capsys.readouterr().err
