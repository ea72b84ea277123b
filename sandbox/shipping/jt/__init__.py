"""J&T Express's twin, for its companies in the Emirates, Saudi Arabia and Egypt.

Written from the pages of Egypt's open platform (https://open.jtjms-eg.com ). Every API account is an account of its
own, signs with the private key ``KEY<api account>``, and its customer's password is ``PW<customer code>``; accounts
with ``invalid`` in them are refused. Where the pages are silent the twin has a mind of its own: an order can be
cancelled until it is picked up, its number stays taken after that, and a parcel that nobody has scanned has no scans.
"""

from sandbox.shipping.jt.twin import JTTwin

__all__ = ["JTTwin"]
