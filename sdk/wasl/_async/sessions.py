"""Where access tokens come from: nobody, a token that was given, an API key, or a user who signed in."""

import httpx
from supabase_auth.errors import AuthError
from supabase_auth.types import AuthResponse

from wasl import _answers
from wasl._async.runtime import AuthClient, HttpClient, Lock
from wasl._tokens import Token
from wasl.errors import AuthenticationError


class AsyncSession:
    """Nobody: the base of all sessions, which keep one token and have it renewed by one caller at a time."""

    def __init__(self) -> None:
        self._token: Token | None = None
        self._lock = Lock()

    async def access_token(self) -> str:
        """Return a token that is fresh, renewed first if need be.

        Raises:
            AuthenticationError: nobody is signed in, or the key or session is not accepted any more.
            ConnectionFailed: the hub gives no answer.
        """
        token = self._token
        if token is not None and token.is_fresh:
            return token.value
        async with self._lock:
            if self._token is None or not self._token.is_fresh:
                self._token = await self._obtain()
            return self._token.value

    async def refused(self, access_token: str) -> bool:
        """Take note that the hub does not accept a token; says whether asking for another makes sense."""
        async with self._lock:
            if self._token is not None and self._token.value == access_token:
                self._token = None
        return True

    async def end(self) -> None:
        """Revoke what can be revoked."""

    async def _obtain(self) -> Token:
        raise AuthenticationError(
            "Nobody is signed in.", code="not_signed_in", hint="Pass api_key=..., or call sign_in(email, password)."
        )


class AsyncFixedSession(AsyncSession):
    """An access token that somebody else looks after."""

    def __init__(self, access_token: str) -> None:
        super().__init__()
        self._token = Token(access_token)

    async def refused(self, access_token: str) -> bool:
        """A token that was given cannot be renewed."""
        return False


class AsyncKeySession(AsyncSession):
    """An API key, traded for short tokens at the token endpoint (OAuth 2.0 client credentials, RFC 6749, 4.4)."""

    def __init__(self, http: HttpClient, url: str, headers: dict[str, str], api_key: str) -> None:
        super().__init__()
        self._http = http
        self._url = f"{url}/functions/v1/token"
        self._headers = headers
        self._api_key = api_key

    async def _obtain(self) -> Token:
        form = {"grant_type": "client_credentials", "client_secret": self._api_key}
        try:
            response = await self._http.post(self._url, data=form, headers=self._headers)
        except httpx.TransportError as error:
            raise _answers.no_answer(error, harmless=True) from error
        return _answers.token(_answers.read(response))


class AsyncUserSession(AsyncSession):
    """A user's session at Supabase auth; its refresh token changes with each use."""

    def __init__(self, http: HttpClient, url: str, headers: dict[str, str]) -> None:
        super().__init__()
        self._auth = AuthClient(
            url=f"{url}/auth/v1", headers=headers, http_client=http, auto_refresh_token=False, persist_session=False
        )
        self._refresh_token = ""

    async def sign_in(self, email: str, password: str) -> None:
        """Begin the session; raises AuthenticationError when the password is not the user's."""
        try:
            self._token = self._keep(await self._auth.sign_in_with_password({"email": email, "password": password}))
        except AuthError as error:
            raise _answers.from_auth(error) from None

    async def sign_up(self, email: str, password: str) -> None:
        """Make a user and begin the session; raises Conflict when there is one, InvalidRequest for a weak password."""
        try:
            self._token = self._keep(await self._auth.sign_up({"email": email, "password": password}))
        except AuthError as error:
            raise _answers.from_auth(error) from None

    async def end(self) -> None:
        """End this session; others of the same user go on."""
        self._token, self._refresh_token = None, ""
        try:
            await self._auth.sign_out({"scope": "local"})
        except AuthError as error:
            raise _answers.from_auth(error) from None

    async def _obtain(self) -> Token:
        if not self._refresh_token:
            return await super()._obtain()
        try:
            return self._keep(await self._auth.refresh_session(self._refresh_token))
        except AuthError as error:
            raise _answers.session_lost(error) from None

    def _keep(self, answer: AuthResponse) -> Token:
        if answer.session is None:
            raise _answers.not_confirmed()
        self._refresh_token = answer.session.refresh_token
        return Token.lasting(answer.session.access_token, answer.session.expires_in)
