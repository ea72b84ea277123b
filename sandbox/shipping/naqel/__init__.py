"""Naqel Express's twin.

Written from Naqel's PHP library and from what public integrations send and read. A login is a client's number and its
password; a password with ``invalid`` in it is refused. The words of refusals are the twin's own.
"""

from sandbox.shipping.naqel.twin import NaqelTwin

__all__ = ["NaqelTwin"]
