"""Secrets are compared in constant time: whoever sends guesses learns nothing from how long the answer takes.

Every comparison in the source is looked at, and every name that is compared; what is none of a secret stands below.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.toolchain import ROOT

SECRET = re.compile(
    r"(^|_)(secrets?|tokens?|signatures?|sig|digest|hexdigest|hmac|mac|password|passphrase|api_?key|proofs?|otp|nonce"
    r"|challenge|verifier|hash|checksum|check_value|credentials?)$",
    re.IGNORECASE,
)
"""What a secret, or what proves that one is known, is called; in capitals it is a constant of the source, and none."""

NO_SECRETS = {
    "workers/webhooks/deliveries.py: secret in value": "looks for secrets in what is kept, so that they are not",
    "workers/webhooks/deliveries.py: secret in query": "likewise",
    "workers/webhooks/deliveries.py: secret in unquote_plus(query)": "likewise",
    "workers/transport/redaction.py: secret in text": "likewise",
    "workers/webhooks/ingress.py: fresh.secrets == endpoint.secrets": "both are ours: has it been changed?",
    "workers/providers/social/facebook/pages.py: page_id not in self._page_tokens": "its keys are the pages' ids",
    "sdk/wasl/_async/sessions.py: self._token.value == access_token": "both are the client's own",
    "sdk/wasl/_sync/sessions.py: self._token.value == access_token": "likewise",
    "workers/compliance/audit.py: hashlib.sha256(before + line['content'].encode()).hexdigest() != line['hash']": (
        "a hash of what anybody may read who may export it"
    ),
    "workers/compliance/audit.py: line['previous_hash'] != previous": "likewise",
    "workers/commands/audit.py: found == digest": "likewise",
    "workers/compliance/backup/read.py: (rows, size, digest.hexdigest()) != (table.rows, table.size, table.sha256)": (
        "a sum over what has been authenticated block by block"
    ),
    "stack/setup.py: f'sha256:{hashlib.sha256(wheel).hexdigest()}' not in lock": "the hash of a public file",
}
"""Comparisons that may take any time, and why."""

OPERATORS = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def compared(source: str) -> Iterator[str]:
    """The comparisons in a Python source of which a side is called as secrets are."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(isinstance(each, OPERATORS) for each in node.ops):
            sides = [node.left, *node.comparators]
            written = any(isinstance(side, ast.Constant) for side in sides)
            called = [name for side in sides for name in names(side) if not name.isupper()]
            if not written and any(SECRET.search(name) for name in called):
                yield ast.unparse(node)


def names(side: ast.expr) -> Iterator[str]:
    """What one side of a comparison is called."""
    match side:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.Subscript(value=value, slice=ast.Constant(value=str(name))):
            yield name
            yield from names(value)
        case ast.Call(func=called):
            yield from names(called)
        case ast.JoinedStr() | ast.BinOp() | ast.Tuple() | ast.List() | ast.Await():
            parts = [part for part in ast.iter_child_nodes(side) if isinstance(part, ast.expr)]
            yield from (name for part in parts for name in names(part))
        case ast.FormattedValue(value=value):
            yield from names(value)


def compared_in_script(source: str) -> Iterator[str]:
    """The same of TypeScript, by its lines."""
    comparison = re.compile(r"([\w.?!\[\]\"'()]+) *[!=]==? *([\w.?!\[\]\"'()]+)")
    for left, right in comparison.findall(source):
        sides = [re.sub(r"[?!\[\]\"'()]", "", side) for side in (left, right)]
        plain = any(side.startswith(("\"", "'")) or side in ("null", "undefined", "true", "false") or side.isdigit()
                    for side in (left, right))  # fmt: skip
        if not plain and any(SECRET.search(re.sub(r"([a-z])([A-Z])", r"\1_\2", side.split(".")[-1])) for side in sides):
            yield f"{left} === {right}"


def sources(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def test_no_secret_is_compared_in_a_time_that_tells() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {each}"
        for path in sources("workers/**/*.py", "stack/**/*.py", "sdk/wasl/**/*.py")
        for each in compared(path.read_text())
    }
    assert found == NO_SECRETS.keys()


def test_nor_in_the_functions() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {each}"
        for path in sources("supabase/functions/**/*.ts", "stack/*.ts", "stack/*.mjs")
        for each in compared_in_script(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "comparison",
    [
        "given == token",
        "self.secret != given",
        "signature in signatures",
        "headers['signature'] == expected",
        "hmac.new(key, body).hexdigest() == given",
        "f'sha256={digest}' == given",
        "'sha256=' + digest == given",
        "api_key == stored.key",
        "hash(given) not in hashes",
        "await password == given",
    ],
)
def test_such_comparisons_would_be_found(comparison: str) -> None:
    assert list(compared(comparison if "await" not in comparison else f"async def f():\n  {comparison}"))


@pytest.mark.parametrize(
    "comparison",
    ["token == ''", "secret is None", "len(secret) == size", "token_type in TYPES", "compare_digest(a, b)"],
)
def test_and_others_not(comparison: str) -> None:
    assert not list(compared(comparison))


@pytest.mark.parametrize("line", ["if (given === token) {", "return expectedSignature !== given;", "a.hash == b.hash"])
def test_such_lines_would_be_found(line: str) -> None:
    assert list(compared_in_script(line))


@pytest.mark.parametrize("line", ['token === ""', "secret === undefined", "tokenType === kind", "a.length === b.size"])
def test_and_other_lines_not(line: str) -> None:
    assert not list(compared_in_script(line))
