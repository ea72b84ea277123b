"""EMX's twin.

Written from what public integrations send and read, since EMX publishes no reference. Accounts are told apart by their
number; a number or password with ``invalid`` in it is refused, as everything is: with status 200 and a
``serviceResult``. Prices, cities abroad and the words of refusals are the twin's own.
"""

from sandbox.shipping.emx.twin import EMXTwin

__all__ = ["EMXTwin"]
