"""What Supabase's gateway does with credentials: an opaque API key goes in, the role's token comes out."""

import hmac
import re
import time
from dataclasses import dataclass

import jwt

from stack.keys import PUBLISHABLE_PREFIX, SECRET_PREFIX
from stack.state import State

TOKEN_LIFETIME_SECONDS = 3600
BROWSER = re.compile(r"^\s*Mozilla\s*/\s*5\s*\.\s*0", re.IGNORECASE)


class Refused(Exception):
    """A request that does not pass the gateway; carries what the client is told."""

    def __init__(self, status: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "hint": hint}


@dataclass(frozen=True)
class Presented:
    """The credentials of one request."""

    api_key: str | None
    bearer: str | None
    user_agent: str

    @property
    def user_token(self) -> str | None:
        """The bearer token, unless it is only the API key again, as the official clients send it."""
        if self.bearer is None or self.bearer.startswith((PUBLISHABLE_PREFIX, SECRET_PREFIX)):
            return None
        return self.bearer


class Credentials:
    """Decides with which token a request goes on."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._roles = {state.publishable_key.encode(): "anon", state.secret_key.encode(): "service_role"}
        self._tokens: dict[str, tuple[float, str]] = {}
        self._verifying_key = jwt.PyJWK(state.jwks["keys"][0])

    def role_of(self, presented: Presented) -> str:
        """`anon` or `service_role`, by the API key. Raises `Refused` (401) when it is missing, unknown or misused."""
        if not presented.api_key:
            raise Refused(401, "No API key found in request", "No `apikey` request header or url param was found.")
        given = presented.api_key.encode()
        role = next((role for key, role in self._roles.items() if hmac.compare_digest(key, given)), None)
        if role is None:
            raise Refused(401, "Invalid API key", "Double check your Supabase publishable or secret API key.")
        if role == "service_role" and BROWSER.match(presented.user_agent):
            raise Refused(
                401,
                "Forbidden use of secret API key in browser",
                "Secret API keys can only be used in a protected environment and should never be used in a browser.",
            )
        return role

    def token(self, presented: Presented) -> str:
        """The token to send on: the user's own when there is one, else one for the API key's role."""
        role = self.role_of(presented)
        return presented.user_token or self._role_token(role)

    def check_function_caller(self, presented: Presented) -> None:
        """`verify_jwt`: a valid API key or a valid token. Raises `Refused` (401) when there is neither."""
        if presented.user_token is None:
            self.role_of(presented)
            return
        try:
            jwt.decode(presented.user_token, self._verifying_key, ["ES256"], options={"verify_aud": False})
        except jwt.InvalidTokenError:
            raise Refused(401, "Invalid JWT", "Send a valid token of this project.") from None

    def check_user(self, presented: Presented) -> None:
        """Somebody who is signed in, with a valid token of their own. Raises `Refused` (401) for everybody else."""
        try:
            claims = jwt.decode(
                presented.user_token or "", self._verifying_key, ["ES256"], options={"verify_aud": False}
            )
        except jwt.InvalidTokenError:
            claims = {}
        if claims.get("role") != "authenticated":
            raise Refused(401, "Sign in first", "Send the token of a user of this project.")

    def _role_token(self, role: str) -> str:
        """A token for the role, minted anew when half of its life is over."""
        born, token = self._tokens.get(role, (0.0, ""))
        if time.time() - born > TOKEN_LIFETIME_SECONDS / 2:
            token = self._state.mint_jwt({"role": role}, lifetime_seconds=TOKEN_LIFETIME_SECONDS)
            self._tokens[role] = (time.time(), token)
        return token
