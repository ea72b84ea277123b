"""Calling a connector's operation by name, with input as plain data: what `wasl providers call` does."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, Final, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from workers.providers.base import Connector
from workers.providers.capabilities import CAPABILITIES
from workers.providers.errors import InvalidRequest, NotSupported

_NOT_CALLS: Final = frozenset({"verify_webhook", "parse_webhook", "answer_challenge"})


def operations(connector: type[Connector[Any, Any]]) -> list[str]:
    """The operations that a connector class offers, by its capabilities."""
    protocols = [protocol for protocol in CAPABILITIES.values() if issubclass(connector, protocol)]
    names = {name for protocol in protocols for name in vars(protocol) if not name.startswith("_")}
    return sorted(names - _NOT_CALLS)


async def invoke(connector: Connector[Any, Any], operation: str, given: Mapping[str, Any]) -> Any:
    """Call an operation.

    :param given: the fields of the request model, for an operation that takes only that; else its arguments by name.
    :returns: the result as plain data.
    :raises NotSupported: the connector has no such operation.
    :raises InvalidRequest: the input does not fit; names the field.
    :raises ProviderError: what the operation raised.
    """
    if operation not in operations(type(connector)):
        offered = ", ".join(operations(type(connector)))
        message = f"{connector.manifest.name} has no operation {operation!r}; it has {offered}"
        raise NotSupported(message, provider=connector.manifest.key, operation=operation)
    method = getattr(connector, operation)
    try:
        arguments = _arguments(method, given)
    except ValidationError as error:
        raise InvalidRequest.from_validation(error, provider=connector.manifest.key, operation=operation) from None
    return plain(await method(**arguments))


def plain(result: Any) -> Any:
    """A result as data that can be written as JSON."""
    if isinstance(result, BaseModel):
        return result.model_dump(mode="json")
    if isinstance(result, tuple):
        return [plain(each) for each in result]
    return asdict(result) if is_dataclass(result) and not isinstance(result, type) else result


def _arguments(method: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(method)
    names = list(inspect.signature(method).parameters)
    if len(names) == 1 and isinstance(hints[names[0]], type) and issubclass(hints[names[0]], BaseModel):
        return {names[0]: hints[names[0]].model_validate(dict(given))}
    fields: dict[str, Any] = {name: (hints[name], ...) for name in names}
    model = create_model("Arguments", __config__=ConfigDict(extra="forbid", hide_input_in_errors=True), **fields)
    arguments = model.model_validate(dict(given))
    return {name: getattr(arguments, name) for name in names}
