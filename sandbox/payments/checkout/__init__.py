"""Checkout.com's twin.

Written from the published specification (checkout/checkout-api-reference, nas_spec) and
https://www.checkout.com/docs . Each secret key is an account of its own; keys with ``invalid`` in them are refused. A
successful answer is kept under its ``Cko-Idempotency-Key``, an error is not, and hosted pages know no such key.

What a card does is in its token (``tok_…`` or ``src_…`` and 26 letters or digits): ``tok_declined20051…`` is declined
with that response code, ``tok_challenge…`` wants 3-D Secure, ``tok_pending…`` is decided later, ``tok_unknown…`` does
not exist, and every other one is approved. A token is kept as an instrument unless it is said not to be. Captures,
voids and refunds are answered 202 and done a moment later, or, in an account that is told to hold them, when
``POST /checkout/_test/…`` says so (see `api`).
"""

from sandbox.payments.checkout.twin import CheckoutTwin

__all__ = ["CheckoutTwin"]
