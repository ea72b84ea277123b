"""Amazon Payment Services' twin.

Written from https://paymentservices.amazon.com/docs and a copy of the former official documentation
(bhaskarndas/payfortdoc 4536f9f). Each access code is an account of its own; codes and merchant identifiers with
``invalid`` in them are refused. An account that was told nothing else signs with SHA-256 and the phrases ``IN<access
code>`` and ``OUT<access code>``. Parameters that an operation does not have, and values of another form than
documented, are refused; a reference that something succeeded under is refused as a duplicate, and so is a refund's.

What a card does is in its token: ``declined51…`` is declined by the bank with that code, ``challenge…`` wants 3-D
Secure when the payer is there, ``held…`` is decided later, ``uncertain…`` is charged but answered 15777, ``unknown…``
does not exist, and every other one is approved. What a person would do on the pages or in the dashboard, or what time
would do, is done through ``POST /aps/_test/…`` (see `api`).
"""

from sandbox.payments.aps.twin import APSTwin

__all__ = ["APSTwin"]
