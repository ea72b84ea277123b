"""Tap's twin.

Written from https://developers.tap.company (reference and docs). Each secret key is an account of its own; keys with
``invalid`` in them are refused. The first answer to a charge, authorization or refund is kept for 24 hours under its
``reference.idempotent``; an error is not. A token works once.

What a card does is in its token: ``tok_declined505…`` is declined with that response code, ``tok_challenge…`` wants
3-D Secure, ``tok_waiting…`` is decided later, ``tok_unknown…`` does not exist, and every other one is approved. Refunds
are answered ``PENDING`` and done a moment later, or, in an account that is told to hold them, when
``POST /tap/_test/refunds/{id}/settle`` says so (see `api`).
"""

from sandbox.payments.tap.twin import TapTwin

__all__ = ["TapTwin"]
