"""N-Genius Online's twin.

Written from https://docs.ngenius-payments.com/reference and what Network International's WooCommerce plugin reads and
writes; there is no published specification. It wants the vendor media types, a bearer token that is not older than five
minutes, and refuses unknown fields. Each API key is an account of its own, with any outlets; keys with ``invalid`` in
them are refused. Events are delivered once, with the header that was set and nothing signed. What a person would do on
N-Genius's pages or in its portal, or what time would do, is done through ``POST /ngenius/_test/…`` (see `api`).
"""

from sandbox.payments.ngenius.twin import NGeniusTwin

__all__ = ["NGeniusTwin"]
