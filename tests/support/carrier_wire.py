"""A carrier whose answers are the test's; and what a scanner reads on a label."""

import json
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pypdfium2
import zxingcpp


class Wire:
    """Records requests, and answers them one after the other; a call for a token gets one, unless told otherwise.

    An answer is a JSON body, a text or bytes, sent with 200, a pair of status and one of them, a response, or an
    exception.

    :param token: the answer to every call for a token.
    """

    def __init__(self, *answers: Any, token: Any = None) -> None:
        self.answers = list(answers)
        self.token = token
        self.requests: list[httpx.Request] = []
        self.tokens: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.token is not None and "token" in request.url.path.lower():
            self.tokens.append(request)
            return self.response(self.token)
        self.requests.append(request)
        assert self.answers, f"an unexpected call: {request.method} {request.url.path}"
        return self.response(self.answers.pop(0))

    @staticmethod
    def response(answer: Any) -> httpx.Response:
        """An answer as it is sent."""
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        if isinstance(body, str | bytes):
            return httpx.Response(status, content=body)
        return httpx.Response(status, json=body)

    @property
    def bodies(self) -> list[Any]:
        """What was sent as JSON, call by call."""
        return [json.loads(request.content) if request.content else None for request in self.requests]

    @property
    def body(self) -> Any:
        """The last of `bodies`."""
        return self.bodies[-1]

    @property
    def forms(self) -> list[dict[str, str]]:
        """What was sent as a form, call by call."""
        return [dict(parse_qsl(request.content.decode(), keep_blank_values=True)) for request in self.requests]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The last request's query."""
        return self.requests[-1].url.params.multi_items()

    @property
    def lines(self) -> list[str]:
        """Method and path of every request."""
        return [f"{request.method} {request.url.path}" for request in self.requests]


def barcodes(pdf: bytes) -> list[str]:
    """What a scanner reads on a document's pages."""
    pages = pypdfium2.PdfDocument(pdf)
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page.render(scale=4).to_pil())]
