"""The dashboard's own unit tests, run by vitest."""

import os
import subprocess

from stack.dashboard import DASHBOARD
from stack.toolchain import find_toolchain

TIMEOUT_SECONDS = 600


def test_the_dashboards_own_tests_pass() -> None:
    command = [find_toolchain().node, DASHBOARD / "node_modules/vitest/vitest.mjs", "run", "--reporter=dot"]
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=DASHBOARD, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
