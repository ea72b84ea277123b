"""Consent in HubSpot's page to a token, its end, its renewal, its scopes; tokens that are pasted."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.providers.marketing.hubspot.builders import APP, a_contact
from tests.sandbox.marketing.hubspot.conftest import Account
from workers.providers.errors import AuthenticationFailed, InvalidRequest
from workers.providers.marketing.hubspot import HubSpotConnector
from workers.providers.oauth import CodeExchange, ConsentRequest

BACK = "https://hub.example/oauth/back"
VERIFIER = "v" * 43


async def consent(account: Account, **decision: str) -> dict[str, str]:
    """Open the page and decide; what the browser is sent back with."""
    request = ConsentRequest(state="s-1", redirect_uri=BACK, code_verifier=VERIFIER)
    url = account.connect(credentials=APP).consent_url(request)
    assert "crm.objects.contacts.write" in (await account.http.get(url)).text
    answer = await account.http.post(url, data={"decision": "allow", **decision})
    assert answer.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def connected(account: Account, **decision: str) -> HubSpotConnector:
    back = await consent(account, **decision)
    exchange = CodeExchange(code=back["code"], redirect_uri=BACK, code_verifier=VERIFIER)
    grant = await account.connect(credentials=APP).exchange_code(exchange)
    return account.connect(credentials={**APP, **grant.credentials}, settings=dict(grant.settings))


async def test_consent_brings_access_that_works_and_can_be_renewed(account: Account) -> None:
    connector = await connected(account)
    facts = await connector.inspect_token()
    assert facts.subject_id == connector.settings.portal_id
    assert facts.scopes is not None
    assert {"crm.lists.write", "content"} <= set(facts.scopes)
    await connector.upsert_contacts([a_contact(tags=("vip",), consent="unsubscribed")])
    token = connector.credentials.access_token
    assert token is not None
    await account.control("tokens", token.get_secret_value(), do="expire")
    with pytest.raises(AuthenticationFailed) as raised:
        await connector.find_contact("omar@example.ae")
    assert raised.value.provider_code == "EXPIRED_AUTHENTICATION"
    grant = await connector.refresh_tokens()
    renewed = account.connect(credentials={**APP, **grant.credentials})
    assert (await renewed.find_contact("omar@example.ae")).email == "omar@example.ae"


async def test_access_that_was_taken_back_needs_a_new_consent(account: Account) -> None:
    connector = await connected(account)
    token = connector.credentials.access_token
    assert token is not None
    await account.control("tokens", token.get_secret_value(), do="revoke")
    with pytest.raises(AuthenticationFailed):
        await connector.refresh_tokens()
    with pytest.raises(AuthenticationFailed):
        await connector.inspect_token()
    assert (await connector.check_health()).code == "authentication_failed"


async def test_a_code_is_good_once_and_only_with_its_verifier(account: Account) -> None:
    back = await consent(account)
    assert back["state"] == "s-1"
    connector = account.connect(credentials=APP)
    for verifier in ("w" * 43, VERIFIER):  # the second time it is spent
        with pytest.raises(InvalidRequest) as raised:
            await connector.exchange_code(CodeExchange(back["code"], BACK, verifier))
        assert raised.value.field == "code"


async def test_who_declines_brings_an_error(account: Account) -> None:
    assert (await consent(account, decision="deny"))["error"] == "access_denied"


async def test_a_scope_that_was_not_granted_is_named(account: Account) -> None:
    connector = await connected(account, scope="crm.objects.contacts.read")
    with pytest.raises(AuthenticationFailed, match=r"crm\.objects\.contacts\.write"):
        await connector.upsert_contacts([a_contact()])


@pytest.mark.parametrize("token", ["pat-na1-unknown", "sandbox_invalid", "x"])
async def test_unknown_tokens_are_refused(account: Account, token: str) -> None:
    report = await account.connect(credentials={"access_token": token}).check_health()
    assert (report.ok, report.code) == (False, "authentication_failed")


async def test_a_pasted_token_has_every_scope(account: Account) -> None:
    assert (await account.connector.check_health()).ok
    facts = await account.connector.inspect_token()
    assert facts.expires_at is None
    assert facts.scopes is not None
    assert "forms" in facts.scopes


async def test_wrong_secrets_of_an_app_are_refused(account: Account) -> None:
    back = await consent(account)
    connector = account.connect(credentials={**APP, "client_secret": "an-invalid-secret"})
    with pytest.raises(AuthenticationFailed):
        await connector.exchange_code(CodeExchange(back["code"], BACK, VERIFIER))
