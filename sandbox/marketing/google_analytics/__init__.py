"""Google Analytics' twin: the Measurement Protocol below ``/collect`` and ``/collect_eu``, the token endpoint below
``/token``, the Data API at the root.

As the real one it answers 204 to whatever is sent to ``/mp/collect``, and drops without a word what it does not like.
Unlike the real one it shows events in reports at once; its properties keep Dubai's time, and purchases are their only
key events. See `twin` for the controls.
"""

from sandbox.marketing.google_analytics.twin import GoogleAnalyticsTwin

__all__ = ["GoogleAnalyticsTwin"]
