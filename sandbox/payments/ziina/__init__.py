"""Ziina's twin.

Written from Ziina's OpenAPI document and https://docs.ziina.com/api-reference . Each access token is an account of its
own; tokens with ``invalid`` in them are refused. Intents know no idempotency; a refund's id is the client's, and the
same refund asked for again is answered with the first one. Where the documents are silent the twin has a mind of its
own: a declined payment is ``failed``, one given up on the page or run out is ``canceled``, an account may take up to
AED 90,000 at once, and of the codes of errors only those that `errors` lists were seen elsewhere. Refunds are answered
``pending`` and done a moment later, or, in an account that is told to hold them, when ``POST /ziina/_test/…`` says so
(see `api`).
"""

from sandbox.payments.ziina.twin import ZiinaTwin

__all__ = ["ZiinaTwin"]
