"""Telr's twin.

Written from https://docs.telr.com/reference, what Telr's own plugins read and write, and a published copy of the
Service API's answer (namshi/innovate). Every store exists, under three keys: ``page#{store}``, ``remote#{store}`` and
``service#{store}``; each interface takes its own only. The gateway answers 200 to everything that it understands, with
the refusal in the body. There is no idempotency: an order's cart id has to be unique, and a transaction that is sent
twice is made twice. Advice is a form with ``tran_check`` in it, sent once. What people and time do is done through
``POST /telr/_test/{store}/…`` (see `controls`).
"""

from sandbox.payments.telr.twin import TelrTwin

__all__ = ["TelrTwin"]
