"""`wasl providers call` for each gateway against its twin: opening a payment, and reading it when it is paid."""

import importlib
import json
import pkgutil
from pathlib import Path

import httpx
import pytest

from tests.providers.builders import a_checkout
from tests.support import gateways
from tests.support.command_calls import Caller
from tests.support.gateways.base import Gateway
from workers.providers.manifest import Category
from workers.providers.money import Money
from workers.providers.payments.models import PaymentResult
from workers.providers.registry import CONNECTORS

GATEWAYS: dict[str, Gateway] = {
    module.name: importlib.import_module(f"{gateways.__name__}.{module.name}").GATEWAY
    for module in pkgutil.iter_modules(gateways.__path__)
    if module.name != "base"
}


def test_every_gateway_is_among_them() -> None:
    assert GATEWAYS.keys() == {key for key, kind in CONNECTORS.items() if kind.manifest.category is Category.PAYMENTS}


@pytest.mark.parametrize("key", GATEWAYS)
async def test_a_payment_is_opened_paid_and_read(
    key: str, sandbox_url: str, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    gateway = GATEWAYS[key]
    account = gateway.account()
    call = Caller(key, account, gateway.settings, base_url=f"{sandbox_url}/{key}", folder=tmp_path)
    request = a_checkout(money=Money.of("100", gateway.currency), **gateway.payment)
    opened = await call("create_payment", request.model_dump_json(exclude_none=True))
    assert opened["status"] in ("requires_action", "created")
    assert opened["checkout_url"]

    # PayTabs knows a payment only once somebody has paid on its page.
    await gateway.pay(http, f"{sandbox_url}/{key}", account, PaymentResult.model_validate(opened))
    found = await call("get_payment", json.dumps({"provider_payment_id": opened["provider_payment_id"]}))
    assert (found["payment_id"], found["money"]["currency"]) == (str(request.payment_id), gateway.currency)
    assert Money.of(**found["money"]) == request.money
    agreed = (found["next_action"] or {}).get("type") == "complete"
    assert agreed or found["status"] in ("authorized", "captured")
