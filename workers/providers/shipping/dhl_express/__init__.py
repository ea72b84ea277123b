"""DHL Express (MyDHL API): `connector` makes the calls, `requests` writes their bodies, `objects` translates what they
answer, `tracking` reads where parcels are, `times` keeps DHL's local times, `statuses` knows its codes, `errors` its
refusals."""

from workers.providers.shipping.dhl_express.connector import DHLExpressConnector

__all__ = ["DHLExpressConnector"]
