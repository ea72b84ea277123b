"""SMSA Express's twin.

Written from SMSA's API page (https://ecom.smsaexpress.com/docs/api ). Each API key is an account of its own; keys with
``invalid`` in them are refused. Where the page is silent the twin does as public clients report: problem details as
ASP.NET writes them, and only a parcel's ``awb`` can be tracked or cancelled, not the shipment's ``sawb``. A return that
has been fetched cannot be cancelled any more, and one cancelled twice says so: that is the twin's own mind.
"""

from sandbox.shipping.smsa.twin import SMSATwin

__all__ = ["SMSATwin"]
