"""What docs/payments.md may claim of a gateway: the tests that check requests compare this with `evidence`."""

from collections.abc import Iterable

import httpx

from tests.contract import independent
from workers.providers.evidence import OPERATIONS, PACKAGES, SPECIFICATIONS


def assert_claimed(key: str, checked: Iterable[httpx.Request], excepted: Iterable[httpx.Request] = ()) -> None:
    """That neither more nor less is claimed to be checked against a gateway's specification than is, and that an
    independent validator finds nothing wrong with what was checked.

    :param checked: every request that was compared with it.
    :param excepted: requests that were made as well, and are not described in it.
    """
    checked = list(checked)
    assert {f"{each.method} {each.url.path}": said for each in checked if (said := independent.faults(key, each))} == {}
    known, unknown = _operations(checked), _operations(excepted)
    claim = SPECIFICATIONS[key]
    assert (set(claim.whole), set(claim.part)) == (known - unknown, known & unknown)


def assert_claimed_of_package(key: str, checked: Iterable[httpx.Request] = (), also: Iterable[str] = ()) -> None:
    """The same of an official package. :param also: operations that are checked by something else than requests."""
    assert set(PACKAGES[key].operations) == _operations(checked) | set(also)


def _operations(requests: Iterable[httpx.Request]) -> set[str]:
    return {request.extensions["wasl"]["operation"] for request in requests} & OPERATIONS.keys()
