"""Stripe's twin.

Written from https://docs.stripe.com/api and https://docs.stripe.com/testing . It refuses unknown parameters, as
Stripe does; each secret key is an account of its own; keys with ``invalid`` in them are refused. What a person would
do on Stripe's pages or what time would do is done through ``POST /stripe/_test/…`` (see `twin`).
"""

from sandbox.payments.stripe.twin import StripeTwin

__all__ = ["StripeTwin"]
