"""The catalog follows from the connectors: nothing is declared twice, and the committed seed is up to date."""

import json
import re

import pytest
from pydantic import BaseModel, SecretStr

from workers.commands.providers import SEED
from workers.providers.base import Connector
from workers.providers.capabilities import CAPABILITIES
from workers.providers.manifest import CatalogEntry, FormField, describe, form_fields
from workers.providers.money import CURRENCY_DECIMALS
from workers.providers.registry import CONNECTORS, catalog
from workers.providers.seed import catalog_sql

ENTRIES = [pytest.param(entry, id=entry.manifest.key) for entry in catalog()]


def test_the_committed_seed_is_what_the_manifests_say() -> None:
    assert SEED.read_text(encoding="utf-8") == catalog_sql(catalog()), "run `wasl providers seed`"


def test_the_seed_is_the_same_every_time() -> None:
    assert catalog_sql(catalog()) == catalog_sql(catalog())


def test_quotes_cannot_break_the_seed() -> None:
    entry = catalog()[0]
    named = entry.manifest.model_copy(update={"name": "O'Gateway'); drop table payments; --"})
    sql = catalog_sql([entry.model_copy(update={"manifest": named})])
    assert "'O''Gateway''); drop table payments; --'" in sql


def test_capabilities_are_those_that_the_class_implements() -> None:
    assert describe(CONNECTORS["stripe"]).capabilities == (
        "takes_payments",
        "captures_payments",
        "cancels_payments",
        "refunds_payments",
        "lists_payments",
        "saves_payment_methods",
        "sends_webhooks",
        "checks_health",
    )
    assert not any(issubclass(Connector, protocol) for protocol in CAPABILITIES.values())


def test_form_fields_follow_from_the_models() -> None:
    secret_key, webhook_secret = describe(CONNECTORS["stripe"]).credential_fields
    assert (secret_key.type, secret_key.secret, secret_key.required) == ("secret", True, True)
    assert (webhook_secret.type, webhook_secret.secret, webhook_secret.required) == ("secret", True, False)
    assert secret_key.placeholder == "sk_test_…"
    settings = {field.name: field for field in describe(CONNECTORS["stripe"]).settings_fields}
    assert settings["email_receipts"].type == "boolean"
    assert settings["email_receipts"].default is False
    assert settings["api_version"].default == "2026-06-24.dahlia"


def test_a_secrets_default_is_never_published() -> None:
    class Model(BaseModel):
        token: SecretStr = SecretStr("a-default-that-should-not-be")

    (field,) = form_fields(Model)
    assert field == FormField(name="token", label="Token", help="", type="secret", required=False, secret=True)


@pytest.mark.parametrize("entry", ENTRIES)
def test_manifests_are_complete(entry: CatalogEntry) -> None:
    manifest = entry.manifest
    urls = (manifest.sandbox_base_url, manifest.live_base_url, manifest.documentation_url, manifest.status_page_url)
    assert all(url is None or re.fullmatch(r"https://[^\s]+[^/\s]", url) for url in urls)
    assert set(manifest.currencies) <= CURRENCY_DECIMALS.keys()
    assert all(re.fullmatch(r"[A-Z]{2}", country) for country in manifest.countries)
    assert all(field.help for field in (*entry.credential_fields, *entry.settings_fields))
    assert all(field.secret for field in entry.credential_fields)
    assert json.dumps(entry.model_dump(mode="json"))


@pytest.mark.parametrize("entry", ENTRIES)
def test_webhook_schemes_refer_to_what_exists(entry: CatalogEntry) -> None:
    webhook = entry.manifest.webhook
    assert (webhook is not None) == ("sends_webhooks" in entry.capabilities)
    if webhook is not None:
        assert "{webhook_url}" in webhook.setup
        assert webhook.signing_credential in {field.name for field in entry.credential_fields}
