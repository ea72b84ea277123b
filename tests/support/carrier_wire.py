"""A carrier whose answers are the test's."""

import json
from typing import Any

import httpx


class Wire:
    """Records requests, and answers them one after the other; a call for a token gets one, unless told otherwise.

    An answer is a JSON body (sent with 200), a pair of status and body, a response, or an exception.

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
            return _response(self.token)
        self.requests.append(request)
        assert self.answers, f"an unexpected call: {request.method} {request.url.path}"
        return _response(self.answers.pop(0))

    @property
    def body(self) -> dict[str, Any]:
        """The last request's body."""
        sent: dict[str, Any] = json.loads(self.requests[-1].content)
        return sent

    @property
    def lines(self) -> list[str]:
        """Method and path of every request."""
        return [f"{each.method} {each.url.path}" for each in self.requests]


def _response(answer: Any) -> httpx.Response:
    if isinstance(answer, Exception):
        raise answer
    if isinstance(answer, httpx.Response):
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
    status, body = answer if isinstance(answer, tuple) else (200, answer)
    return httpx.Response(status, json=body)
