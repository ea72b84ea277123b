"""Every carrier as the suites that run over all of them know it: one module each, named like the provider's key."""

import importlib
import pkgutil

from tests.support.carriers.base import Carrier


def every_carrier() -> dict[str, Carrier]:
    """Every carrier by its key, in the order of the keys."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    carriers: list[Carrier] = [module.CARRIER for module in modules if hasattr(module, "CARRIER")]
    return {carrier.key: carrier for carrier in sorted(carriers, key=lambda carrier: carrier.key)}
