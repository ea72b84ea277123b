"""DHL Express's twin (MyDHL API).

Written from DHL's OpenAPI document, 3.1.1. Each API key is an account; keys or secrets with ``invalid`` in them are
refused, and so is an account number that begins with a nought. Bodies are read as strictly as the document is written:
a missing or an unknown key is refused by its path (422). Shipments cannot be voided. Checkpoints have an offset only
where one shipment is asked about alone and it is asked for. Prices, transit days and which places have to be spelled
how are the twin's own. ``POST /dhl_express/_test/shipments/{air waybill}/advance`` moves a parcel on.
"""

from sandbox.shipping.dhl_express.twin import DHLExpressTwin

__all__ = ["DHLExpressTwin"]
