"""PayTabs' twin (PT2).

Written from PayTabs' documentation and the answers recorded in its own PHP SDK. Each server key is an account with one
profile, the first that it is used with; keys with ``INVALID`` in them are refused. It refuses fields that no document
names, and the same cart, amount and currency within two minutes. Notifications go to each transaction's ``callback``
and, where one is set, to the dashboard's address; the payer's return is a signed form. What a person would do on
PayTabs' page or in its dashboard, or what time would do, is done through ``POST /paytabs/_test/…`` (see `api`).
"""

from sandbox.payments.paytabs.twin import PayTabsTwin

__all__ = ["PayTabsTwin"]
