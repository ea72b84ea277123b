"""Shipa Delivery's twin: `orders` is what an account holds, `fields` reads bodies, `twin` is the web application."""

from sandbox.shipping.shipa.twin import ShipaTwin

__all__ = ["ShipaTwin"]
