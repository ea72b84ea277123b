"""Quiqup's twin: `orders` is what an account holds, `fields` reads bodies, `twin` is the web application."""

from sandbox.shipping.quiqup.twin import QuiqupTwin

__all__ = ["QuiqupTwin"]
