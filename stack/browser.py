"""A Chromium for the tests and pictures of the dashboard: the machine's own, else Debian's.

python -m stack.browser        print where it is, after installing it if need be and possible
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from stack.errors import StackError

NAMES = ("chromium", "chromium-browser", "google-chrome")
_INSTALL_SECONDS = 900


def find_browser() -> Path | None:
    """The Chromium that WASL_CHROMIUM names, else one on the path, else None.

    Raises `StackError` if the one that is named is not there.
    """
    named = os.environ.get("WASL_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise StackError(f"WASL_CHROMIUM names {named}, which is no program.")
        return Path(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def ensure_browser() -> Path:
    """The Chromium there is, or Debian's, installed where we are root. Raises `StackError` that says what to do."""
    browser = find_browser()
    apt_get = shutil.which("apt-get")
    if browser is None and os.geteuid() == 0 and apt_get:
        _install(apt_get)
        browser = find_browser()
    if browser is None:
        raise StackError("There is no Chromium: install one (`apt-get install chromium`), or name it in WASL_CHROMIUM.")
    return browser


def _install(apt_get: str) -> None:
    print("Installing: chromium, Debian's (about 400 MB) ...", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (("update", "-q"), ("install", "-q", "-y", "--no-install-recommends", "chromium", "fonts-noto-core"))
    for step in steps:
        done = subprocess.run(
            [apt_get, *step], env=environment, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
        if done.returncode != 0:
            raise StackError(f"apt-get {step[0]} failed, so there is no Chromium:\n{done.stderr.strip()[-600:]}")


if __name__ == "__main__":
    try:
        print(ensure_browser())
    except StackError as error:
        sys.exit(str(error))
