"""How J&T's calls are signed: MD5 in Base64, as its open platform documents it.

The header covers the very text of ``bizContent``; calls about orders carry a second signature inside it, made of the
customer's code and password. Checked against the customer's signature in the platform's published samples.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

_SALT: Final = "jadada236t2"  # the platform's, the same for everybody


def content_digest(content: str, private_key: str) -> str:
    """The ``digest`` header for a call's content."""
    return _digest(content + private_key)


def customer_digest(customer_code: str, password: str, private_key: str) -> str:
    """The ``digest`` inside the content of calls about orders. :param password: in plain text."""
    hidden = hashlib.md5((password + _SALT).encode(), usedforsecurity=False).hexdigest().upper()
    return _digest(f"{customer_code}{hidden}{private_key}")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode("ascii")
