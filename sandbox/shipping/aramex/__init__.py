"""A twin of Aramex: its JSON services, with credentials in bodies and errors inside answers of 200."""

from sandbox.shipping.aramex.twin import AramexTwin

__all__ = ["AramexTwin"]
