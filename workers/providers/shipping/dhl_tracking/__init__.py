"""DHL Shipment Tracking - Unified: `connector` makes the calls, `objects` translates what they answer, `statuses` knows
its codes, `events` verifies and reads webhooks."""

from workers.providers.shipping.dhl_tracking.connector import DHLTrackingConnector

__all__ = ["DHLTrackingConnector"]
