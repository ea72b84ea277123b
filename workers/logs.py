"""Structured logs: one line an event, JSON or for people, with nothing secret and nobody's name or address in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Final

import orjson
import structlog
from structlog.typing import EventDict, Processor

from workers.card_data import contains_card_number, is_security_code_name
from workers.transport.masking import REDACTED, is_card_number, mask, mask_phone

_SECRET_NAME: Final = re.compile(
    r"secret|token|passw|credential|authorization|cookie|api_?key|private_?key|keyring", re.I
)
_PERSON_NAME: Final = re.compile(
    r"^(?:e_?mail|(?:first|last|full|given|family|customer|recipient|sender|contact|author|payer|lead)_?name|signed_by"
    r"|(?:(?:billing|shipping|delivery|street|postal)_)?address(?:_?line_?[12])?|line[12]|postal_?code|date_of_birth"
    r"|customer|recipient|sender|payer|attributes|attribution|answers|remote_address|ip_address)$",
    re.I,
)
"""Fields that hold what tells of a person. A text that looks like an e-mail or phone is masked wherever it stands."""
_PHONE_NAME: Final = re.compile(r"phone|mobile|msisdn|whatsapp", re.I)
_PASSWORD_IN_URL: Final = re.compile(r"(://[^:/@\s]{0,256}:)[^@/\s]{1,1024}@")
_PASSWORD_IN_CONNINFO: Final = re.compile(r"(password\s*=\s*)(?:'[^']{0,1024}'|\S{1,1024})", re.I)
_DEPTH_LIMIT: Final = 6
_SMALLEST_CARD_NUMBER: Final = 10**12
_TEXT_LIMIT_CHARS: Final = 16_384


def configure_logging(level: str = "info", *, as_json: bool = False) -> None:
    """Send the log of this process, that of libraries included, to standard error.

    :param level: the least severe level that is shown: debug, info, warning or error.
    :param as_json: one JSON object a line instead of text for people.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        scrub,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer(serializer=_dump)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("uvicorn", "httpx", "asyncio", "psycopg.pool"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of each run left out while the last goes on


def scrub(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Take secrets and what tells of people out of an event: by the name of a field, and by the look of a text."""
    return {name: value if name[:1] == "_" else _clean(name, value, 0) for name, value in event.items()}


def _clean(name: str, value: Any, depth: int) -> Any:
    if is_security_code_name(name) and value is not None and not isinstance(value, bool):
        return REDACTED
    if _PERSON_NAME.search(name) and value is not None and not isinstance(value, bool):
        return _clean_text(value) if isinstance(value, str) and "@" in value else REDACTED
    if _PHONE_NAME.search(name) and isinstance(value, str | int) and not isinstance(value, bool):
        return mask_phone(str(value))
    if isinstance(value, int) and not isinstance(value, bool) and value >= _SMALLEST_CARD_NUMBER:
        shown = str(value)
        return _clean_text(shown) if is_card_number(shown) or contains_card_number(shown) else value
    if value is None or isinstance(value, bool | int | float):
        return value
    if _SECRET_NAME.search(name) and not isinstance(value, Mapping):
        return REDACTED
    if isinstance(value, str):
        return _clean_text(value)
    if depth >= _DEPTH_LIMIT:
        return "[too deep]"
    if isinstance(value, Mapping):
        return {str(key): _clean(str(key), item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(name, item, depth + 1) for item in value]
    return _clean_text(str(value))


def _clean_text(text: str) -> str:
    text = text[:_TEXT_LIMIT_CHARS]
    if "://" in text:
        text = _PASSWORD_IN_URL.sub(rf"\1{REDACTED}@", text)
    if "assword" in text:
        text = _PASSWORD_IN_CONNINFO.sub(rf"\1{REDACTED}", text)
    return mask(text)


def _dump(event: EventDict, **_options: Any) -> str:
    return orjson.dumps(event, default=str).decode()
