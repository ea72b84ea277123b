"""The same requests in the eyes of somebody else: openapi-core, which shares no code with `openapi`.

All but Stripe's, whose forms openapi-core cannot read (lists within ``deepObject``): the types of the official package
are the second opinion of those.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.paths.exceptions import PathNotFound
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.contract.conftest import SPECS

HOST: Final = "http://provider.example"
DOCUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "checkout": ("checkout/nas_spec", "checkout/abc_spec"),
    "hubspot": tuple(
        f"hubspot/{name}.json"
        for name in (
            "crm_contacts_v3",
            "crm_contacts_2026-03",
            "crm_contacts_2026-09",
            "crm_deals_v3",
            "crm_deals_2026-03",
            "crm_associations_v4",
            "crm_lists_v3",
            "crm_pipelines_v3",
            "marketing_emails_v3",
            "subscriptions_v4",
            "account_info_v3",
            "oauth_2026-03",
        )
    ),
    "paypal": (
        "paypal/checkout_orders_v2.json",
        "paypal/payments_payment_v2.json",
        "paypal/vault_payment_tokens_v3.json",
        "paypal/notifications_webhooks_v1.json",
        "paypal/reporting_transactions_v1.json",
    ),
    "paytabs": ("paytabs/paytabs-openapi.yml",),
    "tabby": ("tabby/tabby-api-openapi.yml",),
    "tamara": (
        "tamara/tamara-checkout-api-openapi.yml",
        "tamara/tamara-payments-api-openapi.yml",
        "tamara/split/tamara-orders-api-openapi.yml",
        "tamara/split/tamara-webhooks-api-openapi.yml",
    ),
    "tap": ("tap/tap-payments-openapi.yml",),
    "telr": ("telr/telr-openapi.yml",),
    "ziina": ("ziina/ziina-openapi.yml",),
}
BELOW: Final = {"hubspot": "/hubspot", "tap": "/v2", "ziina": "/api"}
"""The part of the path that the document has in its server's address, or the sandbox before it."""
EXCEPTED: Final[Mapping[str, str]] = {
    # Payments without the payer are documented so since; the specification ends with instalments.
    "checkout": "'payment_type': 'Unscheduled'",
    # "No time should be provided", says the parameter's description, whatever its format says.
    "tabby": "is not a 'date-time'",
    # Only the making of an order is described; to read one takes no way back.
    "telr": "'return' is a required property",
}


class Asked:
    """A request as openapi-core takes one."""

    host_url = HOST
    path_pattern = None

    def __init__(self, request: httpx.Request, path: str) -> None:
        self.method = request.method.lower()
        self.path = path
        self.body = request.content or None
        self.content_type = request.headers.get("content-type", "application/json").partition(";")[0]
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(request.url.params.multi_items()),
            header=Headers(list(request.headers.items())),
            cookie=ImmutableMultiDict(),
            path={},
        )


def faults(key: str, request: httpx.Request) -> list[str]:
    """What openapi-core finds wrong with a request, by the document of the provider's that has its path."""
    if key not in DOCUMENTS:
        return []
    path = request.url.path.removeprefix(BELOW.get(key, ""))
    for file in DOCUMENTS[key]:
        try:
            _document(file).validate_request(Asked(request, path))
        except PathNotFound:
            continue
        except OpenAPIError as error:
            return [said for said in _messages(error) if EXCEPTED.get(key, "\0") not in said]
        return []
    return [f"no document has {request.method} {path}"]


def _messages(error: OpenAPIError) -> Iterator[str]:
    causes = getattr(error.__cause__, "schema_errors", None)
    yield from (f"{each.json_path}: {each.message}" for each in causes) if causes else (str(error),)


@cache
def _document(file: str) -> OpenAPI:
    document = _load(SPECS / file)
    document["servers"] = [{"url": HOST}]
    for part in (document, *document["paths"].values()):
        part.pop("security", None)
    for operations in document["paths"].values():
        operations.pop("servers", None)
        for operation in operations.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
                operation.pop("servers", None)
    return OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))


def _load(path: Path) -> dict[str, Any]:
    """A document in one file, or in a folder of one file per path and per schema."""
    if path.is_file():
        loaded: dict[str, Any] = _yaml(path)
        return loaded
    kinds = [each for each in (path / "components").iterdir() if each.is_dir()]
    return {
        "openapi": "3.0.1",
        "info": {"title": path.name, "version": "1"},
        "paths": {f"/{each.stem.replace('@', '/')}": _yaml(each) for each in (path / "paths").glob("*.yaml")},
        "components": {kind.name: {each.stem: _yaml(each) for each in kind.rglob("*.yaml")} for kind in kinds},
    }


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
