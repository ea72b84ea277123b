"""`AsyncWasl`: the hub, as a client sees it."""

from types import TracebackType
from typing import Self

import httpx

from wasl._async.accounts import AsyncAccounts
from wasl._async.alert_channels import AsyncAlertChannels
from wasl._async.alert_rules import AsyncAlertRules
from wasl._async.alerts import AsyncAlerts
from wasl._async.analytics import AsyncAnalytics
from wasl._async.api import AsyncApi
from wasl._async.api_keys import AsyncApiKeys
from wasl._async.audit import AsyncAudit
from wasl._async.automations import AsyncAutomations
from wasl._async.connections import AsyncConnections
from wasl._async.deliveries import AsyncDeliveries
from wasl._async.events import AsyncEvents
from wasl._async.health import AsyncHealth
from wasl._async.leads import AsyncLeads
from wasl._async.maintenance import AsyncMaintenance
from wasl._async.marketing import AsyncAudiences, AsyncCampaigns, AsyncDeals
from wasl._async.operations import AsyncOperations
from wasl._async.organizations import AsyncOrganizations
from wasl._async.payments import AsyncPayments
from wasl._async.posts import AsyncPosts
from wasl._async.privacy import AsyncPrivacy
from wasl._async.providers import AsyncProviders
from wasl._async.rates import AsyncRates
from wasl._async.runtime import HttpClient, Transport
from wasl._async.sessions import AsyncFixedSession, AsyncKeySession, AsyncSession, AsyncUserSession
from wasl._async.shipments import AsyncShipments
from wasl._async.streams import AsyncStreams
from wasl._async.subscriptions import AsyncSubscriptions
from wasl._async.webhook_endpoints import AsyncWebhookEndpoints
from wasl._async.webhook_events import AsyncWebhookEvents
from wasl._requests import Id, optional_id
from wasl._settings import CONNECT_SECONDS, LIMITS, TIMEOUT_SECONDS, checked_api_key, checked_url, request_headers


class AsyncWasl:
    """A client of one hub; close it, or use it as a context manager.

    Attributes:
        payments: take money and give it back.
        shipments: ask for prices, buy labels, follow parcels.
        rates: what carriers asked for quoted shipments.
        posts: publish to social networks, see how it does, answer.
        accounts: the pages and profiles that posts go to.
        leads: people who left their address, what they agreed to, and the tools that know them.
        automations: when this happens and these conditions hold, do that.
        events: what happened, and telling what happened elsewhere.
        campaigns: what the marketing tools send, and how it does; likewise `audiences` and `deals`.
        connections: accounts at providers, and their credentials, which are sealed on this machine.
        streams: what is read from outside, and how far that has come.
        operations: what was asked of the workers.
        alerts: what went wrong and needs somebody.
        alert_rules: what is measured, and from where on it is a trouble.
        alert_channels: where alerts are sent.
        maintenance: times in which nobody is told.
        health: uptime, incidents, status pages, and trying what connections are good for.
        analytics: how much is called, how long it takes, what goes wrong, what it costs.
        webhook_endpoints: the addresses that webhooks come in at, and what they turn away.
        webhook_events: webhooks that came in.
        subscriptions: where events are sent, signed.
        deliveries: events on their way there.
        organizations: the companies that the caller belongs to.
        api_keys: keys of machines.
        audit: who changed what.
        privacy: personal data: how long it is kept, and what people ask about it.
        providers: what can be connected.
    """

    def __init__(
        self,
        url: str,
        publishable_key: str,
        *,
        api_key: str | None = None,
        access_token: str | None = None,
        organization_id: Id | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        transport: Transport | None = None,
    ) -> None:
        """Make a client. It connects at its first call.

        Args:
            url: the hub's address: that of the Supabase project.
            publishable_key: the project's publishable key (or legacy anon key).
            api_key: a key that starts with ``wasl_``, for machines. People call `sign_in` instead.
            access_token: a user's token that somebody else looks after, as in a web server.
            organization_id: whom calls are for; needed only by callers who belong to several organizations.
            timeout_seconds: how long one answer may take.
            transport: what sends the requests, instead of the network.

        Raises:
            ValueError: the address is no http(s) URL, the API key is none, or an access token is given beside it.
        """
        self._url = checked_url(url)
        self._headers = request_headers(publishable_key)
        timeout = httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds))
        self._http = HttpClient(transport=transport, timeout=timeout, limits=LIMITS, http2=False)
        self._api = AsyncApi(
            self._http,
            self._url,
            self._headers,
            self._first_session(api_key, access_token),
            optional_id(organization_id, "organization_id"),
        )
        self.operations = AsyncOperations(self._api)
        self.payments = AsyncPayments(self._api, self.operations)
        self.shipments = AsyncShipments(self._api, self.operations)
        self.rates = AsyncRates(self._api)
        self.posts = AsyncPosts(self._api, self.operations)
        self.accounts = AsyncAccounts(self._api, self.operations)
        self.leads = AsyncLeads(self._api)
        self.automations = AsyncAutomations(self._api, self.operations)
        self.events = AsyncEvents(self._api)
        self.campaigns = AsyncCampaigns(self._api)
        self.audiences = AsyncAudiences(self._api)
        self.deals = AsyncDeals(self._api)
        self.connections = AsyncConnections(self._api, self.operations)
        self.streams = AsyncStreams(self._api)
        self.alerts = AsyncAlerts(self._api)
        self.alert_rules = AsyncAlertRules(self._api)
        self.alert_channels = AsyncAlertChannels(self._api, self.operations)
        self.maintenance = AsyncMaintenance(self._api)
        self.health = AsyncHealth(self._api, self.connections)
        self.analytics = AsyncAnalytics(self._api)
        self.webhook_endpoints = AsyncWebhookEndpoints(self._api)
        self.webhook_events = AsyncWebhookEvents(self._api)
        self.subscriptions = AsyncSubscriptions(self._api, self.operations)
        self.deliveries = AsyncDeliveries(self._api, self.operations)
        self.organizations = AsyncOrganizations(self._api)
        self.api_keys = AsyncApiKeys(self._api)
        self.audit = AsyncAudit(self._api)
        self.privacy = AsyncPrivacy(self._api, self.operations)
        self.providers = AsyncProviders(self._api)

    async def sign_in(self, email: str, password: str) -> None:
        """Be a user from now on; the session renews itself as long as the client is used.

        Raises:
            AuthenticationError: the address or the password is wrong, or the address is not confirmed.
        """
        session = AsyncUserSession(self._http, self._url, self._headers)
        await session.sign_in(email, password)
        self._api.session = session

    async def sign_up(self, email: str, password: str) -> None:
        """Make a user and be it from now on.

        Raises:
            Conflict: there is a user with that address.
            InvalidRequest: the address is none, or the password is too weak.
            AuthenticationError: the user is made, and has to confirm the address before signing in.
        """
        session = AsyncUserSession(self._http, self._url, self._headers)
        await session.sign_up(email, password)
        self._api.session = session

    async def sign_out(self) -> None:
        """Be nobody from now on; a user's session is ended at the hub too."""
        session, self._api.session = self._api.session, AsyncSession()
        await session.end()

    async def aclose(self) -> None:
        """Close the connections to the hub."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._url!r})"

    def _first_session(self, api_key: str | None, access_token: str | None) -> AsyncSession:
        if api_key is not None and access_token is not None:
            raise ValueError("give api_key or access_token, not both")
        if api_key is not None:
            return AsyncKeySession(self._http, self._url, self._headers, checked_api_key(api_key))
        return AsyncFixedSession(access_token) if access_token is not None else AsyncSession()
