"""Settings: what an operator may say, and what is told when it cannot be right."""

from typing import Any

import pytest

from workers.config import Settings, SettingsError

URL = "postgresql://wasl_worker:hunter2hunter2@db/postgres"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WASL_DATABASE_URL", "WASL_KEYRING", "WASL_SANDBOX_URL", "WASL_METRICS_PORT"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASL_DATABASE_URL", URL)
    monkeypatch.setenv("WASL_CONCURRENCY", "7")
    monkeypatch.setenv("WASL_SANDBOX_URL", "http://127.0.0.1:8090/")
    monkeypatch.setenv("WASL_METRICS_PORT", "")
    settings = Settings.read()
    assert settings.database_url.get_secret_value() == URL
    assert (settings.concurrency, settings.sandbox_url, settings.metrics_port) == (7, "http://127.0.0.1:8090", None)


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(SettingsError, match=r"^WASL_DATABASE_URL is not set\.$"):
        Settings.read()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"concurrency": 0}, r"^WASL_CONCURRENCY: "),
        ({"metrics_port": 70_000}, r"^WASL_METRICS_PORT: "),
        ({"log_level": "loud"}, r"^WASL_LOG_LEVEL: "),
        ({"sandbox_url": "file:///etc/passwd"}, r"^WASL_SANDBOX_URL: must be an http"),
        ({"lease_seconds": "soon"}, r"^WASL_LEASE_SECONDS: "),
        ({"allowed_networks": "localhost"}, r"^WASL_ALLOWED_NETWORKS: must be networks such as 127.0.0.0/8"),
        ({"trusted_proxies": "10.0.0.1/8"}, r"^WASL_TRUSTED_PROXIES: must be networks such as 127.0.0.0/8"),
        ({"smtp_url": "smtp.example.com"}, r"^WASL_SMTP_URL: must be like smtp://"),
        ({"mail_from": "Wasl"}, r"^WASL_MAIL_FROM: That is no e-mail address"),
        ({"mail_from": "no-reply@example.ae"}, r"^WASL_SMTP_URL and WASL_MAIL_FROM are set together"),
    ],
)
def test_a_wrong_setting_is_named_and_told_in_one_sentence(given: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        Settings.read(database_url=URL, **given)
    assert "\n" not in str(caught.value)


def test_a_lease_outlasts_any_call_or_two_workers_could_make_the_same_call() -> None:
    with pytest.raises(SettingsError, match="WASL_LEASE_SECONDS must be at least 48"):
        Settings.read(database_url=URL, lease_seconds=47, call_timeout_seconds=30)
    assert Settings.read(database_url=URL, lease_seconds=48, call_timeout_seconds=30).safe_seconds == 32


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    smtp = "smtp://wasl:hunter2@smtp.example.com"
    settings = Settings.read(
        database_url=URL, keyring='{"keys": ["private"]}', smtp_url=smtp, mail_from="no-reply@example.ae"
    )
    assert "hunter2" not in repr(settings)
    assert "private" not in repr(settings)
    with pytest.raises(SettingsError) as caught:
        Settings.read(database_url=URL, concurrency="hunter2hunter2")
    assert "hunter2" not in str(caught.value)
    with pytest.raises(SettingsError) as caught:
        Settings.read(database_url=URL, smtp_url="smtp://wasl:hunter2/hunter2@smtp.example.com")
    assert "hunter2" not in str(caught.value)


def test_allowed_networks_are_none_unless_named() -> None:
    assert Settings.read(database_url=URL).networks == ()
    allowed = Settings.read(database_url=URL, allowed_networks="127.0.0.0/8,::1/128").networks
    assert [str(network) for network in allowed] == ["127.0.0.0/8", "::1/128"]
