"""Fixtures for tests of the stack itself."""

from pathlib import Path

import pytest

CONFIG = """
project_id = "bare"
[auth]
enabled = true
minimum_password_length = 6
[functions.open]
verify_jwt = false
"""


@pytest.fixture(scope="session")
def bare_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Supabase project without migrations: what the stack does must not depend on Wasl's schema."""
    project = tmp_path_factory.mktemp("bare") / "supabase"
    project.mkdir()
    (project / "config.toml").write_text(CONFIG)
    return project
