"""The browser's sealing module and the workers understand each other: real WebCrypto in Node against `cryptography`."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from wasl.sealing import ALGORITHM, SUITE, binding_info, decode_base64url, encode_base64url, hint, seal

ROOT = Path(__file__).parents[2]
PRIVATE_KEY = X25519PrivateKey.generate()
PUBLIC_KEY = PRIVATE_KEY.public_key().public_bytes_raw()
ROW = {"id": "20260101-abcdef", "algorithm": ALGORITHM, "public_key": encode_base64url(PUBLIC_KEY)}
PLACE = {"organization_id": str(uuid4()), "connection_id": str(uuid4()), "name": "secret_key"}
INFO = binding_info(PLACE["organization_id"], PLACE["connection_id"], PLACE["name"])

SECRETS = ["", "x", "sk_test_4eC39HqLyjWDarjtT1zdp7dc", "وصل 🔑 \u0000 \ufeffبوم", "line\nline\r\n", "k" * 65_488]


class BrowserPeer:
    """One Node process that answers a request a line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, action: str, **arguments: object) -> dict[str, Any]:
        """Send one request and return the answer: `result`, or the name of the `error`."""
        assert self._process.stdin and self._process.stdout
        print(json.dumps({"action": action, **arguments}), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserPeer]:
    node = which("node", path=str(ROOT / ".venv/bin")) or which("node")
    if node is None or not (ROOT / "node_modules/@hpke/core").is_dir():
        pytest.skip("needs Node and @hpke/core, which `make test` installs")
    command = [node, "--disable-warning=ExperimentalWarning", "tests/vault/browser_peer.ts"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield BrowserPeer(process)
        assert process.stdin
        process.stdin.close()


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: f"{len(secret)} characters")
def test_what_the_browser_seals_opens_in_python(browser: BrowserPeer, secret: str) -> None:
    item = browser.ask("seal", key=ROW, secret=secret, **PLACE)["result"]
    assert (item["name"], item["key_id"]) == ("secret_key", ROW["id"])
    assert SUITE.decrypt(decode_base64url(item["ciphertext"]), PRIVATE_KEY, INFO).decode() == secret


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: f"{len(secret)} characters")
def test_what_python_seals_opens_in_the_browser(browser: BrowserPeer, secret: str) -> None:
    answer = _open_in_browser(browser, seal(PUBLIC_KEY, secret, INFO), PLACE)
    assert answer == {"result": secret}


def test_the_browser_binds_to_the_same_place(browser: BrowserPeer) -> None:
    sealed = seal(PUBLIC_KEY, "sk_test_value", INFO)
    for part, other in [("organization_id", str(uuid4())), ("connection_id", str(uuid4())), ("name", "webhook_secret")]:
        assert _open_in_browser(browser, sealed, {**PLACE, part: other}) == {"error": "OpenError"}


def test_an_identifier_in_capitals_is_the_same_place(browser: BrowserPeer) -> None:
    place = {**PLACE, "connection_id": PLACE["connection_id"].upper()}
    item = browser.ask("seal", key=ROW, secret="sk_test_value", **place)["result"]
    assert SUITE.decrypt(decode_base64url(item["ciphertext"]), PRIVATE_KEY, INFO) == b"sk_test_value"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": "Secret Key"}, "RangeError"),
        ({"connection_id": "acme"}, "RangeError"),
        ({"secret": "k" * 65_489}, "RangeError"),
        ({"secret": "\ud800"}, "RangeError"),
        ({"key": {**ROW, "algorithm": "RSA"}}, "RangeError"),
        ({"key": {**ROW, "public_key": "AAAA"}}, "DeserializeError"),
        ({"key": {**ROW, "public_key": "A" * 43}}, "EncapError"),
    ],
)
def test_the_browser_refuses_what_python_refuses(browser: BrowserPeer, wrong: dict[str, Any], error: str) -> None:
    request = {"key": ROW, "secret": "sk_test_value", **PLACE, **wrong}
    assert browser.ask("seal", **request) == {"error": error}


@pytest.mark.parametrize(
    "secret",
    ["sk_test_4eC39HqLyjWDarjtT1zdp7dc", "fifteen-letters", "sixteen-letters!", "كلمة سر طويلة جدا", "🔑" * 16],
)
def test_both_give_the_same_hint(browser: BrowserPeer, secret: str) -> None:
    assert browser.ask("hint", secret=secret) == {"result": hint(secret)}


def _open_in_browser(browser: BrowserPeer, sealed: bytes, place: dict[str, str]) -> dict[str, Any]:
    return browser.ask(
        "open",
        private_key=encode_base64url(PRIVATE_KEY.private_bytes_raw()),
        ciphertext=encode_base64url(sealed),
        **place,
    )
