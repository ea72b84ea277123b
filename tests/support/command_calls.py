"""`wasl providers call`, as somebody types it."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from workers.commands.providers import app


class Caller:
    """One connection of one provider's, in files.

    :param base_url: of the provider's twin, with its key. :param folder: where the files lie.
    """

    def __init__(
        self, key: str, account: Mapping[str, str], settings: Mapping[str, Any], *, base_url: str, folder: Path
    ) -> None:
        self._account = account
        self._given = folder / "input.json"
        self._key, self._options = key, ["--input", str(self._given), "--base-url", base_url]
        for name, fields in (("credentials", account), ("settings", settings)):
            path = folder / f"{name}.json"
            path.write_text(json.dumps(dict(fields)))
            self._options += [f"--{name}", str(path)]

    async def __call__(self, operation: str, given: str) -> Any:
        """What is printed; it holds no secret.

        :param given: the input as JSON.
        """
        self._given.write_text(given)
        # In a thread of its own: the command runs a loop, and this one serves the twin.
        line = ["call", self._key, operation, *self._options]
        result = await asyncio.to_thread(CliRunner().invoke, app, line)
        assert result.exit_code == 0, result.stderr
        assert not [secret for secret in self._account.values() if secret in result.output]
        return json.loads(result.stdout)
