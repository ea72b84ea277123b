"""The parts of supabase/config.toml that the stack follows."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SupabaseConfig:
    """`[auth]` and `[functions.*]` of a Supabase project."""

    directory: Path
    """The directory that holds config.toml, migrations and functions."""
    auth: dict[str, Any]
    functions: dict[str, dict[str, Any]]
    max_rows: int

    def verifies_jwt(self, function: str) -> bool:
        """Whether a function is reached only with a valid token or API key (Supabase's default is yes)."""
        return bool(self.functions.get(function, {}).get("verify_jwt", True))


def read_config(directory: Path) -> SupabaseConfig:
    """The configuration in `directory`/config.toml."""
    with (directory / "config.toml").open("rb") as file:
        content = tomllib.load(file)
    return SupabaseConfig(
        directory=directory,
        auth=content.get("auth", {}),
        functions=content.get("functions", {}),
        max_rows=content.get("api", {}).get("max_rows", 1000),
    )
