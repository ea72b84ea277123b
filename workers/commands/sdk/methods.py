"""Which method of the SDK calls which function or lists which table, read from the sources of the asynchronous client.

The dashboard writes its Python examples by it.
"""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TypeAlias, TypeGuard

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Method: TypeAlias = dict[str, object]
"""`call`: such as `hub.payments.create`; `arguments`: names, those by position first; `positional`: how many those are;
`times` and `spans`: the names of those that are a datetime, and a timedelta."""

CLIENT = "AsyncWasl"


def sdk_methods(sources: Path, functions: Collection[str], tables: Collection[str]) -> dict[str, Method]:
    """Return the method for each function by its name, and for each table as `list_<table>`; some have none."""
    classes: dict[str, ast.ClassDef] = {}
    constants: dict[str, dict[str, str]] = {}
    for path in sorted(sources.glob("*.py")):
        module = ast.parse(path.read_text())
        texts = _texts(module)
        for node in module.body:
            if isinstance(node, ast.ClassDef):
                classes[node.name] = node
                constants[node.name] = texts
    found: dict[str, Method] = {}
    for call, name in _parts(classes, CLIENT, "hub"):
        for method in _public_methods(classes[name]):
            named = _named(method, constants[name])
            wanted = sorted(named & set(functions))
            if method.name == "list":
                wanted += [f"list_{table}" for table in sorted(named & set(tables))]
            for operation in wanted:
                found.setdefault(operation, _described(f"{call}.{method.name}", method))
    return dict(sorted(found.items()))


def _texts(module: ast.Module) -> dict[str, str]:
    """Constants of a module that are texts, by name."""
    found = {}
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = node.value.value
    return found


def _parts(classes: dict[str, ast.ClassDef], name: str, call: str) -> Iterator[tuple[str, str]]:
    """The attributes of a client, and theirs, as `hub.payments.links` with the name of the class."""
    for node in classes[name].body:
        if not isinstance(node, Function) or node.name != "__init__":
            continue
        for statement in ast.walk(node):
            if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
                continue
            made = statement.value.func
            for target in statement.targets:
                if isinstance(made, ast.Name) and made.id in classes and _is_public_attribute(target):
                    path = f"{call}.{target.attr}"
                    yield path, made.id
                    yield from _parts(classes, made.id, path)


def _is_public_attribute(node: ast.expr) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and not node.attr.startswith("_")


def _public_methods(of: ast.ClassDef) -> list[Function]:
    return [node for node in of.body if isinstance(node, Function) and not node.name.startswith("_")]


def _named(method: Function, constants: dict[str, str]) -> set[str]:
    """Every text that a method holds, by itself or as a constant of its module."""
    found: set[str] = set()
    for node in ast.walk(method):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.Name) and node.id in constants:
            found.add(constants[node.id])
    return found


def _described(call: str, method: Function) -> Method:
    positional = method.args.args[1:]
    arguments = [*positional, *method.args.kwonlyargs]
    typed = {each.arg: ast.unparse(each.annotation) if each.annotation else "" for each in arguments}
    return {
        "call": call,
        "arguments": list(typed),
        "positional": len(positional),
        "times": [name for name, annotation in typed.items() if "datetime" in annotation],
        "spans": [name for name, annotation in typed.items() if "timedelta" in annotation],
    }
