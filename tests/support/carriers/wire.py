"""The other end of a carrier's wire, for unit tests; and what a scanner reads on a label."""

import json
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pypdfium2
import zxingcpp


class Wire:
    """Records requests; answers with what the test put there, else that there is no such thing.

    An answer is a JSON body, a text or bytes, sent with 200, a pair of status and one of them, a response, or an
    exception.
    """

    def __init__(self, *answers: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else (404, {})
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status, content=body) if isinstance(body, str | bytes) else _json(status, body)

    @property
    def bodies(self) -> list[Any]:
        """What was sent as JSON, call by call."""
        return [json.loads(request.content) if request.content else None for request in self.requests]

    @property
    def forms(self) -> list[dict[str, str]]:
        """What was sent as a form, call by call."""
        return [dict(parse_qsl(request.content.decode(), keep_blank_values=True)) for request in self.requests]

    @property
    def lines(self) -> list[str]:
        """Method and path of every request."""
        return [f"{request.method} {request.url.path}" for request in self.requests]


def barcodes(pdf: bytes) -> list[str]:
    """What a scanner reads on a document's pages."""
    pages = pypdfium2.PdfDocument(pdf)
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page.render(scale=4).to_pil())]


def _json(status: int, body: Any) -> httpx.Response:
    return httpx.Response(status, json=body)
