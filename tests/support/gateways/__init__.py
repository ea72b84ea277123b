"""Every gateway as the suites that run over all of them know it: one module each, named like the provider's key."""

import importlib
import pkgutil

from tests.support.gateways.base import Gateway


def every_gateway() -> dict[str, Gateway]:
    """Every gateway by its key, in the order of the keys."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name != "base")
    gateways: dict[str, Gateway] = {name: importlib.import_module(f"{__name__}.{name}").GATEWAY for name in names}
    return gateways
