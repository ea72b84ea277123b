"""Tabby's twin.

Written from Tabby's OpenAPI document and https://docs.tabby.ai . Each secret key is an account of its own, for test or
live payments as its beginning says; keys with ``invalid`` in them are refused. A merchant code takes the currency of
the country that it begins with (AE, KW or SA); any other code belongs to nobody. The published test buyers do what they
are published to do: phone numbers that end in ``0000002`` are rejected when the session is made, the e-mail
``otp.rejected@tabby.ai`` on the page. Webhooks carry the header that they were registered with, and nothing is signed.
What a person would do on Tabby's page or dashboard, or what time would do, is done through ``POST /tabby/_test/…``
(see `api`).
"""

from sandbox.payments.tabby.twin import TabbyTwin

__all__ = ["TabbyTwin"]
