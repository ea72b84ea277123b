"""The twin of DHL Shipment Tracking - Unified, with its push.

Written from developer.dhl.com/api-reference/shipment-tracking and …/shipment-tracking-unified-push. Each API key is an
account; keys with ``invalid`` in them are refused. It takes no shipments: ``POST /dhl_tracking/_test/shipments``
``{"trackingNumber", "service"}`` puts one there, ``…/_test/shipments/{number}/advance`` moves it on. A subscription is
told a secret first (``subscription.validate``) and is on once that came back. Anybody sees any shipment, as with DHL.
"""

from sandbox.shipping.dhl_tracking.twin import DHLTrackingTwin

__all__ = ["DHLTrackingTwin"]
