"""Google Analytics."""

import json
import uuid
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.tools.base import Tool

SETTINGS = {"measurement_id": "G-WASL12345", "property_id": "123456789"}


@cache
def private_key() -> str:
    """An RSA key, made once: it takes a tenth of a second."""
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def key_file(**changes: object) -> str:
    """The text of a service account's key file, such as Google Cloud has for download."""
    fields = {
        "type": "service_account",
        "project_id": "souk-online",
        "private_key_id": "0123456789abcdef0123456789abcdef01234567",
        "private_key": private_key(),
        "client_email": "reports@souk-online.iam.gserviceaccount.com",
        "client_id": "100000000000000000001",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps({**fields, **changes})


def new_credentials() -> dict[str, str]:
    """Credentials of an account of its own."""
    name = uuid.uuid4().hex
    key = key_file(client_email=f"reports-{name[:8]}@souk-online.iam.gserviceaccount.com", private_key_id=name)
    return {"service_account_key": key, "api_secret": f"sec-{name}"}


TOOL = Tool(key="google_analytics", account=new_credentials, kept=lambda _: [], settings=SETTINGS)
