"""Ask OSV, through `uv audit`, whether a locked Python package has a known vulnerability.

    python -m stack.audit

uv audits projects, and the lock is a list of requirements: a project is made that depends on exactly these.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from stack.setup import NO_NETWORK, index_environment
from stack.toolchain import ROOT

LOCK = ROOT / "requirements.lock"
_PIN = re.compile(r"^[A-Za-z0-9].*?(?= ?\\?$)", re.MULTILINE)


def project_of(lock: str) -> str:
    """The pyproject.toml of a project that depends on exactly what a lock file names."""
    pins = ",\n".join(f"    {json.dumps(pin)}" for pin in _PIN.findall(lock))
    return (
        f'[project]\nname = "wasl-audit"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = [\n{pins}\n]\n\n'
        "[tool.uv]\npackage = false\n"
    )


def audit(lock: str, options: Sequence[str] = ()) -> int:
    """Audit a lock file's packages and print what was found. Returns 0 when there is nothing.

    :param options: further options of ``uv audit``.
    """
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "pyproject.toml").write_text(project_of(lock))
        command = [sys.executable, "-m", "uv", "audit", "--preview-features", "audit-command", *options]
        environment = index_environment()
        done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    print(done.stdout + done.stderr, end="", file=sys.stderr if done.returncode else sys.stdout)
    if done.returncode and NO_NETWORK.search(done.stderr):
        print("Nothing was audited: the package index or OSV (api.osv.dev) cannot be reached.", file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(audit(LOCK.read_text()))
