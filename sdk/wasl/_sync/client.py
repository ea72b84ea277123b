# Made by `wasl sdk sync` from wasl/_async/client.py: do not edit.
"""`Wasl`: the hub, as a client sees it."""

from types import TracebackType
from typing import Self

import httpx

from wasl._requests import Id, optional_id
from wasl._settings import CONNECT_SECONDS, LIMITS, TIMEOUT_SECONDS, checked_api_key, checked_url, request_headers
from wasl._sync.accounts import Accounts
from wasl._sync.alert_channels import AlertChannels
from wasl._sync.alert_rules import AlertRules
from wasl._sync.alerts import Alerts
from wasl._sync.analytics import Analytics
from wasl._sync.api import Api
from wasl._sync.api_keys import ApiKeys
from wasl._sync.audit import Audit
from wasl._sync.automations import Automations
from wasl._sync.connections import Connections
from wasl._sync.deliveries import Deliveries
from wasl._sync.events import Events
from wasl._sync.health import Health
from wasl._sync.leads import Leads
from wasl._sync.maintenance import Maintenance
from wasl._sync.marketing import Audiences, Campaigns, Deals
from wasl._sync.operations import Operations
from wasl._sync.organizations import Organizations
from wasl._sync.payments import Payments
from wasl._sync.posts import Posts
from wasl._sync.privacy import Privacy
from wasl._sync.providers import Providers
from wasl._sync.rates import Rates
from wasl._sync.runtime import HttpClient, Transport
from wasl._sync.sessions import FixedSession, KeySession, Session, UserSession
from wasl._sync.shipments import Shipments
from wasl._sync.streams import Streams
from wasl._sync.subscriptions import Subscriptions
from wasl._sync.webhook_endpoints import WebhookEndpoints
from wasl._sync.webhook_events import WebhookEvents


class Wasl:
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
        self._api = Api(
            self._http,
            self._url,
            self._headers,
            self._first_session(api_key, access_token),
            optional_id(organization_id, "organization_id"),
        )
        self.operations = Operations(self._api)
        self.payments = Payments(self._api, self.operations)
        self.shipments = Shipments(self._api, self.operations)
        self.rates = Rates(self._api)
        self.posts = Posts(self._api, self.operations)
        self.accounts = Accounts(self._api, self.operations)
        self.leads = Leads(self._api)
        self.automations = Automations(self._api, self.operations)
        self.events = Events(self._api)
        self.campaigns = Campaigns(self._api)
        self.audiences = Audiences(self._api)
        self.deals = Deals(self._api)
        self.connections = Connections(self._api, self.operations)
        self.streams = Streams(self._api)
        self.alerts = Alerts(self._api)
        self.alert_rules = AlertRules(self._api)
        self.alert_channels = AlertChannels(self._api, self.operations)
        self.maintenance = Maintenance(self._api)
        self.health = Health(self._api, self.connections)
        self.analytics = Analytics(self._api)
        self.webhook_endpoints = WebhookEndpoints(self._api)
        self.webhook_events = WebhookEvents(self._api)
        self.subscriptions = Subscriptions(self._api, self.operations)
        self.deliveries = Deliveries(self._api, self.operations)
        self.organizations = Organizations(self._api)
        self.api_keys = ApiKeys(self._api)
        self.audit = Audit(self._api)
        self.privacy = Privacy(self._api, self.operations)
        self.providers = Providers(self._api)

    def sign_in(self, email: str, password: str) -> None:
        """Be a user from now on; the session renews itself as long as the client is used.

        Raises:
            AuthenticationError: the address or the password is wrong, or the address is not confirmed.
        """
        session = UserSession(self._http, self._url, self._headers)
        session.sign_in(email, password)
        self._api.session = session

    def sign_up(self, email: str, password: str) -> None:
        """Make a user and be it from now on.

        Raises:
            Conflict: there is a user with that address.
            InvalidRequest: the address is none, or the password is too weak.
            AuthenticationError: the user is made, and has to confirm the address before signing in.
        """
        session = UserSession(self._http, self._url, self._headers)
        session.sign_up(email, password)
        self._api.session = session

    def sign_out(self) -> None:
        """Be nobody from now on; a user's session is ended at the hub too."""
        session, self._api.session = self._api.session, Session()
        session.end()

    def close(self) -> None:
        """Close the connections to the hub."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._url!r})"

    def _first_session(self, api_key: str | None, access_token: str | None) -> Session:
        if api_key is not None and access_token is not None:
            raise ValueError("give api_key or access_token, not both")
        if api_key is not None:
            return KeySession(self._http, self._url, self._headers, checked_api_key(api_key))
        return FixedSession(access_token) if access_token is not None else Session()
