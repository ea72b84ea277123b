"""PayPal's twin.

Written from PayPal's OpenAPI documents and https://developer.paypal.com/api/rest/ . Each client id is an account of its
own; ids with ``invalid`` in them are refused. What a person would do on PayPal's pages or what time would do is done
through ``POST /paypal/_test/…`` (see `controls`). Webhooks are signed with a certificate of the twin's own authority;
its root is at ``/paypal/_test/roots``.
"""

from sandbox.payments.paypal.twin import PayPalTwin

__all__ = ["PayPalTwin"]
