"""Jeebly's twin.

Written from what public clients of ``/customer/…`` show, since Jeebly's own description is not public. A client key is
an account; keys with ``invalid`` in them are refused. Refused bookings are answered with status 200, everything else
that is refused with 400, some JSON is labelled text/html, and nobody is sent on Sundays, as clients report. Where they
are silent the twin has a mind of its own: Same Day is within one city, and a shipment can be cancelled until it is
fetched.
"""

from sandbox.shipping.jeebly.twin import JeeblyTwin

__all__ = ["JeeblyTwin"]
