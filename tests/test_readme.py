"""README.md says what the code does: its table of settings, its links, its make targets."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from workers.config import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def _shown(default: object) -> str:
    if default is PydanticUndefined:
        return "required"
    if default is None or isinstance(default, SecretStr):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_the_table_of_settings_is_complete_and_right() -> None:
    told = dict(re.findall(r"^\| `WASL_([A-Z_]+)` \| *(.*?) *\|", README, re.MULTILINE))
    assert told == {name.upper(): _shown(field.default) for name, field in Settings.model_fields.items()}


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"^make (\w+)", README, re.MULTILINE))))
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
