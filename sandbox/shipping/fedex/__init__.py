"""FedEx's twin: `twin` is the web application, `bodies` what it refuses, `parcels` what it keeps, `prices` what it
asks, `tracking` what it tells."""

from sandbox.shipping.fedex.twin import FedExTwin

__all__ = ["FedExTwin"]
