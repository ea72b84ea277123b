"""Where the hub is that the demo is shown on."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from stack import Stack, StackError
from stack.toolchain import ROOT

DEFAULT_STATE = ROOT / ".wasl"


class DemoError(Exception):
    """The demo cannot be shown; the message is one sentence for whoever asked for it."""


@dataclass(frozen=True)
class DemoSettings:
    """The addresses of a running hub.

    Attributes:
        environment: what a `wasl` command of that hub is run with; it holds secrets.
        state_directory: where the demo's login is kept.
    """

    url: str
    publishable_key: str
    sandbox_url: str
    state_directory: Path
    environment: Mapping[str, str]

    @classmethod
    def read(cls) -> Self:
        """Return what the environment says, else what the stack says that `make up` runs here.

        Raises:
            DemoError: neither says where the hub is.
        """
        environment = dict(os.environ)
        state = Path(environment.get("WASL_STATE_DIRECTORY", DEFAULT_STATE))
        if "WASL_PUBLIC_URL" not in environment:
            try:
                environment |= Stack.attach(state).worker_environment()
            except StackError as error:
                raise DemoError(f"{error} Or set WASL_PUBLIC_URL and what goes with it.") from None
        try:
            return cls(
                environment["WASL_PUBLIC_URL"],
                environment["WASL_PUBLISHABLE_KEY"],
                environment["WASL_SANDBOX_URL"].rstrip("/"),
                state,
                environment,
            )
        except KeyError as missing:
            raise DemoError(f"{missing.args[0]} is not set.") from None
