"""Makes a request and its answer fit to be kept: no credential, no card number, no way to reach a person.

Three nets, one behind the other. What a field is *called* decides first (``client_secret``, ``card[cvc]``,
``mobile``). Then what the text *looks like* (masking.py), wherever it stands. Last, a secret that the request carried
is taken out of the answer that echoes it. Nothing here raises on odd input: what cannot be read is summarised, never
passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote_plus, unquote_to_bytes

import orjson

from workers.card_data import contains_card_number, is_security_code_name
from workers.transport.masking import REDACTED, is_card_number, is_suspicious, mask, mask_phone

BODY_LIMIT_CHARS: Final = 16_384
PARSE_LIMIT_BYTES: Final = 262_144
"""Bodies larger than this are summarised, not read: recording must cost less than calling."""
TEXT_LIMIT_CHARS: Final = 32_768
DEPTH_LIMIT: Final = 32
TOO_DEEP: Final = "[too deep]"
ECHO_MINIMUM_CHARS: Final = 8

# Files within a text: in base64, known by how they begin or by their length, and labels in a printer's language.
_FILES: Final = re.compile(
    rb"(?<![A-Za-z0-9+/])(?:JVBERi0|iVBORw0KGgo|XlhB|Xnhh|fkRH|Q1R\+|/9j/|R0lGOD|SUkqA|UEsDB)"
    rb"(?:[A-Za-z0-9+/=\s]|\\[rn/]|%2[BF]|%3D|%0[AD]){57,}"
    rb"|(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]|\\/|%2[BF]){512,}={0,2}"
    rb"|\^(?i:XA)(?:[^\"\\<]|\\.){20,}",
    re.DOTALL,
)
_FILE_BEGINNINGS: Final = (b"%PDF-", b"\x89PNG", b"^XA", b"~DG", b"CT~")

_NONE: Final[frozenset[str]] = frozenset()
_BETWEEN_TEXTS: Final = "\x1e"
_SMALLEST_CARD_NUMBER: Final = 2 * 10**12

# What a field holds, by its name. Plain integers: they are compared for every field of every answer.
_PLAIN: Final = 0
_SECRET: Final = 1
_PHONE: Final = 2
_ACCOUNT: Final = 3  # a card or bank account, whose `number` is secret
_ODD: Final = 4  # the name itself has something to mask

# As whole words of a name, `AccountPin`, `x-api-key` and `card[cvc]` being of several words ...
_SECRET_WORDS: Final = frozenset({
    "auth", "authorization", "bearer", "cookie", "dob", "hash", "hmac", "iban", "jwt", "key",
    "keys", "otp", "pan", "passport", "pin", "pwd", "sig", "signature", "ssn",
})  # fmt: skip
# ... and anywhere in a name written without its separators.
_SECRET_PARTS: Final = re.compile(
    "passw|passphrase|secret|token|credential|apikey|privatekey|accesskey|authkey|cardnumber|"
    "accountnumber|accountpin|emiratesid|nationalid|dateofbirth|birthdate|codeverifier|signedrequest|appsecretproof"
)
_HARMLESS_NAMES: Final = frozenset({
    "idempotencykey", "publickey", "providerkey", "objectkey", "tokentype", "tokenized", "cookieconsent",
})  # fmt: skip
_PHONE_PARTS: Final = re.compile("phone|mobile|msisdn|whatsapp")
_PHONE_WORDS: Final = frozenset({"tel", "fax", "cell"})
_ACCOUNT_WORDS: Final = frozenset({"card", "account", "bank"})
_WORDS: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_PATH_SEPARATORS: Final = re.compile(r"[\[\].:]+")
_NAME_LIMIT_CHARS: Final = 200


@lru_cache(maxsize=8192)
def _kind_of(name: str, sensitive: frozenset[str]) -> int:
    """Classify a field by its name, which may be a form's path such as ``source[card][number]``."""
    if name in sensitive or _PATH_SEPARATORS.split(name.rstrip("]"))[-1] in sensitive:
        return _SECRET
    words = [word.lower() for word in _WORDS.findall(name[-_NAME_LIMIT_CHARS:])]
    folded = "".join(words)
    if not words or folded in _HARMLESS_NAMES or "".join(words[-2:]) in _HARMLESS_NAMES:
        return _ODD if is_suspicious(name) else _PLAIN
    if not _SECRET_WORDS.isdisjoint(words) or _SECRET_PARTS.search(folded) or is_security_code_name(name):
        return _SECRET
    if _PHONE_PARTS.search(folded) or not _PHONE_WORDS.isdisjoint(words):
        return _PHONE
    if not _ACCOUNT_WORDS.isdisjoint(words):
        return _SECRET if words[-1] == "number" else _ACCOUNT
    return _ODD if is_suspicious(name) else _PLAIN


@lru_cache(maxsize=1024)
def _notable(names: tuple[str, ...], sensitive: frozenset[str]) -> tuple[tuple[str, int], ...]:
    """Return those of an object's names that are not plain. Answers repeat their shapes, so this is mostly known."""
    kinds = ((name, _kind_of(name, sensitive)) for name in names)
    return tuple((name, kind) for name, kind in kinds if kind != _PLAIN)


# JSON.


class _Cleaner:
    """Takes out of a JSON value, in place, what the names of its fields give away; notes the texts that stay."""

    __slots__ = ("_sensitive", "texts")

    def __init__(self, sensitive: frozenset[str]) -> None:
        self._sensitive = sensitive
        self.texts: list[str] = []

    def clean(self, value: Any, depth: int = 0) -> Any:
        """Return ``value`` cleaned."""
        shape = type(value)
        if shape is str:
            self.texts.append(value)
        elif shape is dict or shape is list:
            if depth >= DEPTH_LIMIT:
                return TOO_DEEP
            if shape is dict:
                self._clean_object(value, depth + 1)
            else:
                value[:] = [self.clean(item, depth + 1) for item in value]
        elif (shape is int or shape is float) and value >= _SMALLEST_CARD_NUMBER and _is_card(f"{value:.0f}"):
            return f"[card *{value % 10000:04.0f}]"
        return value

    def _clean_object(self, fields: dict[str, Any], depth: int) -> None:
        if notable := _notable(tuple(fields), self._sensitive):
            self._clean_notable(fields, notable, depth)
        texts = self.texts
        for name, value in fields.items():
            shape = type(value)  # spelled out: this is done for every field of every answer
            if shape is str:
                texts.append(value)
            elif value and (shape is dict or shape is list or shape is int or shape is float):
                fields[name] = self.clean(value, depth)

    def _clean_notable(self, fields: dict[str, Any], notable: Iterable[tuple[str, int]], depth: int) -> None:
        for name, kind in notable:
            value = fields[name]
            if kind == _ODD:
                self.texts.append(name)
            elif value is None or value is True or value is False:
                continue
            elif kind == _SECRET:
                fields[name] = REDACTED
            elif kind == _PHONE:
                fields[name] = _without_phones(value, depth)
            elif type(value) is dict and value.get("number") is not None:
                value["number"] = REDACTED


def _is_card(digits: str) -> bool:
    return is_card_number(digits) or contains_card_number(digits)


def _without_phones(value: Any, depth: int) -> Any:
    """Return a value that belongs to a phone number, with its digits masked."""
    if depth >= DEPTH_LIMIT:
        return TOO_DEEP
    if isinstance(value, dict):
        return {name: _without_phones(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_phones(part, depth + 1) for part in value]
    if isinstance(value, bool) or value is None:
        return value
    return mask_phone(str(value))


def _redact_json(body: bytes, sensitive: frozenset[str]) -> str | None:
    cleaner = _Cleaner(sensitive)
    try:
        document = orjson.dumps(cleaner.clean(orjson.loads(body))).decode()
    except (orjson.JSONDecodeError, TypeError):
        return None
    together = _BETWEEN_TEXTS.join(cleaner.texts)
    return _mask_texts(document, cleaner.texts, together) if is_suspicious(together) else document


def _mask_texts(document: str, texts: list[str], together: str) -> str:
    """Mask, in a JSON document, those of its ``texts`` that have something to mask."""
    masked = mask(together).split(_BETWEEN_TEXTS)
    if len(masked) != len(texts):  # one of them has the separator in it
        masked = [mask(text) for text in texts]
    for old, new in zip(texts, masked, strict=True):
        if old != new:
            document = document.replace(orjson.dumps(old).decode(), orjson.dumps(new).decode())
    return document


# Forms and queries.


@lru_cache(maxsize=1024)
def _parameter_names(
    names: tuple[str, ...], sensitive: frozenset[str]
) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Return the names decoded, and the places and kinds of those that are not plain."""
    decoded = tuple(unquote_plus(name) for name in names)
    kinds = ((place, _parameter_kind(name, sensitive)) for place, name in enumerate(decoded))
    return decoded, tuple((place, kind) for place, kind in kinds if kind in (_SECRET, _PHONE))


def _decoded(value: str) -> str:
    """As `unquote_plus`, for ASCII in half the time."""
    return unquote_to_bytes(value.replace("+", " ")).decode("utf-8", "replace")


def _parameter_kind(name: str, sensitive: frozenset[str]) -> int:
    """As `_kind_of`; but in a query or form ``code`` is OAuth's authorization code."""
    return _SECRET if name == "code" else _kind_of(name, sensitive)


def _redact_parameters(text: str, sensitive: frozenset[str], secrets: list[str] | None = None) -> str:
    """Redact ``a=1&b=2``, as it stands in a query or a form, and decode it for reading; note the ``secrets``."""
    raw_names, values = [], []
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        raw_names.append(name)
        values.append(_decoded(value) if "%" in value or "+" in value else value)
    names, notable = _parameter_names(tuple(raw_names), sensitive)
    for place, kind in notable:
        if kind == _PHONE:
            values[place] = mask_phone(values[place])
        elif values[place]:
            if secrets is not None:
                secrets.append(values[place])
            values[place] = REDACTED
    return mask("&".join([f"{name}={value}" for name, value in zip(names, values, strict=True)]))


# Text without a structure that can be trusted: XML, HTML, plain text, JSON that is not quite JSON.

_ELEMENT: Final = re.compile(r"<([\w.:-]{1,100})(\s[^<>]{0,1000})?>([^<]{1,10000})<")
_NAME: Final = re.compile(r"""([A-Za-z_][\w.-]{0,100})["']?\s{0,4}([=:])\s{0,4}""")
# A value in quotes; after `=` one word; after `:` what may be several words, such as `Token abc`.
_QUOTED_OR_WORD: Final = re.compile(r"""("[^"]{0,10000}"?|'[^']{0,10000}'?|[^\s"'<>&,;]{1,10000})""")
_QUOTED_OR_LINE: Final = re.compile(r"""("[^"]{0,10000}"?|'[^']{0,10000}'?|[^\r\n"'<>&,;}]{1,10000})""")


def _redact_loose_text(text: str, sensitive: frozenset[str]) -> str:
    def clean_element(match: re.Match[str]) -> str:
        kind = _kind_of(match[1], sensitive)
        if kind == _SECRET:
            return f"<{match[1]}{match[2] or ''}>{REDACTED}<"
        return f"<{match[1]}{match[2] or ''}>{mask_phone(match[3])}<" if kind == _PHONE else match[0]

    return _redact_pairs(mask(_ELEMENT.sub(clean_element, text)), sensitive)


def _redact_pairs(text: str, sensitive: frozenset[str]) -> str:
    kept: list[str] = []
    done = 0
    for name in _NAME.finditer(text):
        if name.start() < done or _kind_of(name[1], sensitive) != _SECRET:
            continue
        value = (_QUOTED_OR_WORD if name[2] == "=" else _QUOTED_OR_LINE).match(text, name.end())
        if value:
            kept += [text[done : name.end()], REDACTED]
            done = value.end()
    return "".join((*kept, text[done:]))


# What the recorder calls.


@lru_cache(maxsize=4096)
def _header_name(raw: bytes, sensitive: frozenset[str]) -> tuple[str, bool]:
    name = raw.decode("latin-1").lower()
    return _without_nul(mask(name)), _kind_of(name, sensitive) == _SECRET


@lru_cache(maxsize=4096)
def _header_value(raw: bytes) -> str:
    return _without_nul(mask(raw.decode("utf-8", "replace")))


def redact_headers(
    headers: Iterable[tuple[bytes, bytes]], sensitive: frozenset[str] = _NONE, secrets: list[str] | None = None
) -> dict[str, str]:
    """Return the headers as a JSON object, names in lower case, repeated ones joined, secrets taken out.

    :param sensitive: names of fields that are secret beyond the usual ones.
    :param secrets: the values taken out are appended to it.
    """
    clean: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, secret = _header_name(raw_name, sensitive)
        if secret:
            value = REDACTED
            if secrets is not None:
                secrets.append(raw_value.decode("utf-8", "replace").rpartition(" ")[2])
        else:
            value = _header_value(raw_value)
        clean[name] = f"{clean[name]}, {value}" if name in clean else value
    return clean


def redact_url(url: str, sensitive: frozenset[str] = _NONE, secrets: list[str] | None = None) -> str:
    """Return ``url`` without credentials in its query, path or user part; decoded, for reading.

    Parameters are those of `redact_headers`.
    """
    head, question, query = url.partition("?")
    return f"{_url_head(head)}{question}{_without_nul(_redact_parameters(query, sensitive, secrets)) if query else ''}"


@lru_cache(maxsize=1024)
def _url_head(head: str) -> str:
    scheme, separator, rest = head.partition("://")
    authority, slash, path = rest.partition("/")
    head = f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}" if separator else head
    return _without_nul(mask(head))


def redact_body(body: bytes, content_type: str, sensitive: frozenset[str] = _NONE) -> str | None:
    """Return what may be kept of a body, at most `BODY_LIMIT_CHARS` characters; None when there is none.

    JSON stays JSON (unless cut), forms are decoded, other text is searched, and files are summarised by their type
    and size, also within a text: labels have names and addresses on them.

    :param sensitive: names of fields that are secret beyond the usual ones.
    """
    if not body:
        return None
    media_type = content_type.partition(";")[0].strip().lower()
    if len(body) > PARSE_LIMIT_BYTES or media_type == "application/pdf" or body.lstrip().startswith(_FILE_BEGINNINGS):
        return _summary(body, media_type)
    body = _FILES.sub(lambda file: b"[file, %d characters]" % len(file[0]), body)
    redacted: str | None = None
    if "json" in media_type or body[:1] in b"{[":
        redacted = _redact_json(body, sensitive)
    if redacted is None:
        redacted = _redact_other(body, media_type, sensitive)
    return _without_nul(redacted if len(redacted) <= BODY_LIMIT_CHARS else redacted[: BODY_LIMIT_CHARS - 3] + "...")


def _redact_other(body: bytes, media_type: str, sensitive: frozenset[str]) -> str:
    if media_type.startswith(("image/", "audio/", "video/", "multipart/")):
        return _summary(body, media_type)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _summary(body, media_type)
    if media_type == "application/x-www-form-urlencoded":
        return _redact_parameters(text, sensitive)
    if len(text) <= TEXT_LIMIT_CHARS:
        return _redact_loose_text(text, sensitive)
    # The cut may have gone through a secret: what stands next to it is given up too.
    return _redact_loose_text(text[:TEXT_LIMIT_CHARS], sensitive)[: -TEXT_LIMIT_CHARS // 16] + "..."


def _summary(body: bytes, media_type: str) -> str:
    return f"[{mask(media_type[:100]) or 'unknown type'}, {len(body)} bytes]"


def without_echoes(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` with each of ``secrets`` taken out that is long enough not to be there by chance."""
    for secret in secrets:
        if secret in text and len(secret) >= ECHO_MINIMUM_CHARS:
            text = text.replace(secret, REDACTED)
    return text


def headers_without_echoes(headers: dict[str, str], secrets: Iterable[str]) -> dict[str, str]:
    """Return ``headers`` with the same done to each value."""
    together = _BETWEEN_TEXTS.join(headers.values())
    if without_echoes(together, secrets) == together:
        return headers
    return {name: without_echoes(value, secrets) for name, value in headers.items()}


def _without_nul(text: str) -> str:
    """Postgres keeps every character but this one."""
    return text.replace("\x00", "\ufffd") if "\x00" in text else text
