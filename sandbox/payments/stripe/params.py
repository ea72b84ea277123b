"""Reading Stripe's forms: brackets to trees, and parameters with Stripe's own complaints."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl

from sandbox.payments.stripe.errors import StripeError

_PART = re.compile(r"\[([^\[\]]*)\]")
_MAX_METADATA_KEYS = 50


def parse_form(encoded: str) -> dict[str, Any]:
    """``a[b]=1&c[]=2&c[]=3&d[0][e]=4`` as ``{"a": {"b": "1"}, "c": ["2", "3"], "d": [{"e": "4"}]}``."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        head = name.split("[", 1)[0]
        path = [head, *_PART.findall(name[len(head) :])]
        _place(tree, path, value)
    return {name: _with_lists(value) for name, value in tree.items()}


def _place(tree: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        tree = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise StripeError(400, f"Invalid form: {path[0]} is both a value and an object", param=path[0])
    last = path[-1]
    tree[last if last or len(path) == 1 else str(len(tree))] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_with_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _with_lists(item) for name, item in value.items()}


class Params:
    """The parameters of one request; whatever was not asked for is refused by `done`."""

    def __init__(self, tree: Mapping[str, Any], prefix: str = "") -> None:
        self._tree = dict(tree)
        self._prefix = prefix
        self._children: list[Params] = []

    def name_of(self, name: str) -> str:
        """The parameter's full name, with brackets."""
        return f"{self._prefix}[{name}]" if self._prefix else name

    def __contains__(self, name: str) -> bool:
        return name in self._tree

    def text(self, name: str, *, choices: Collection[str] | None = None, max_chars: int = 5000) -> str | None:
        value = self._tree.pop(name, None)
        if value is None or value == "":
            return None
        full = self.name_of(name)
        if not isinstance(value, str):
            raise StripeError(400, f"Invalid string: {full}", param=full)
        if len(value) > max_chars:
            raise StripeError(400, f"Invalid string: {full} is longer than {max_chars}", param=full)
        if choices is not None and value not in choices:
            raise StripeError(400, f"Invalid {full}: must be one of {', '.join(sorted(choices))}", param=full)
        return value

    def required(self, name: str, *, choices: Collection[str] | None = None) -> str:
        value = self.text(name, choices=choices)
        if value is None:
            full = self.name_of(name)
            raise StripeError(400, f"Missing required param: {full}.", code="parameter_missing", param=full)
        return value

    def integer(self, name: str) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,15}", value):
            full = self.name_of(name)
            raise StripeError(400, f"Invalid integer: {value}", code="parameter_invalid_integer", param=full)
        return int(value)

    def boolean(self, name: str) -> bool | None:
        value = self.text(name, choices=("true", "false"))
        return None if value is None else value == "true"

    def child(self, name: str) -> Params:
        """A nested object; an empty one when it was not sent."""
        value = self._tree.pop(name, None) or {}
        full = self.name_of(name)
        if not isinstance(value, dict):
            raise StripeError(400, f"Invalid object: {full}", param=full)
        child = Params(value, full)
        self._children.append(child)
        return child

    def children(self, name: str) -> list[Params]:
        """A list of nested objects."""
        value = self._tree.pop(name, None) or []
        full = self.name_of(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise StripeError(400, f"Invalid array: {full}", param=full)
        items = [Params(item, f"{full}[{index}]") for index, item in enumerate(value)]
        self._children.extend(items)
        return items

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        value = self._tree.pop(name, None) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            full = self.name_of(name)
            raise StripeError(400, f"Invalid array: {full}", param=full)
        return value

    def metadata(self, name: str = "metadata") -> dict[str, str]:
        value = self._tree.pop(name, None) or {}
        full = self.name_of(name)
        if isinstance(value, list):  # names that are all digits look like a list
            value = {str(index): item for index, item in enumerate(value)}
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise StripeError(400, f"Invalid object: {full}", param=full)
        if len(value) > _MAX_METADATA_KEYS or any(len(key) > 40 or len(item) > 500 for key, item in value.items()):
            raise StripeError(400, f"{full}: at most 50 keys of 40 characters and values of 500", param=full)
        return value

    def done(self) -> None:
        """Refuse what is left.

        :raises StripeError: ``parameter_unknown``.
        """
        for child in self._children:
            child.done()
        for name in self._tree:
            full = self.name_of(name)
            raise StripeError(400, f"Received unknown parameter: {full}", code="parameter_unknown", param=full)

    @property
    def was_sent(self) -> bool:
        """Whether there is anything left to read."""
        return bool(self._tree)
