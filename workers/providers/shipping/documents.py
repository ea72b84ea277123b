"""Papers as carriers' answers hold them: files in base64, whose format their first bytes tell."""

from __future__ import annotations

import base64

from workers.providers.shipping.fields import file_format
from workers.providers.shipping.models import Document, DocumentKind


def decoded(text: str) -> bytes:
    """A file in base64, whatever white space is in it.

    :raises ValueError: it is something else.
    """
    return base64.b64decode("".join(text.split()), validate=True)


def document(content: bytes, tracking_number: str | None = None, kind: DocumentKind = DocumentKind.LABEL) -> Document:
    """A paper, a label unless said otherwise.

    :param tracking_number: of the parcel it is for.
    :raises ValueError: it is no file that labels come in.
    """
    form = file_format(content)
    if form is None:
        raise ValueError("not a label or another paper")
    return Document(kind=kind, format=form, content=content, tracking_number=tracking_number)
