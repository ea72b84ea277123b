"""Aramex: parcels within the Emirates, around the Gulf and abroad."""

from workers.providers.shipping.aramex.connector import AramexConnector

__all__ = ["AramexConnector"]
