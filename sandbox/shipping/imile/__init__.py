"""iMile's twin: `orders` is what an account holds, `fields` reads parameters, `twin` is the web application."""

from sandbox.shipping.imile.twin import IMileTwin

__all__ = ["IMileTwin"]
