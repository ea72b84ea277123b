"""Tamara's twin.

Written from the modelled OpenAPI documents of Tamara's API, https://docs.tamara.co and what Tamara's PHP SDK reads and
writes. It refuses fields that neither names. Each API token is a merchant's account of its own; tokens with ``invalid``
in them are refused. Notifications carry a token signed with the account's notification token, in a header and in the
query, and nothing of the body is signed. There is no idempotency: whatever is sent twice is done twice, but a refund
under a ``merchant_refund_id`` that was used before. What a person would do on Tamara's page or in its portal, or what
time would do, is done through ``POST /tamara/_test/…`` (see `api`).
"""

from sandbox.payments.tamara.twin import TamaraTwin

__all__ = ["TamaraTwin"]
