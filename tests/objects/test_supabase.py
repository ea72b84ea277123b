"""Files in Supabase Storage, against a stand-in written from its documentation: the real one does not run here."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from workers.objects.store import ObjectMissing, StoreUnavailable
from workers.objects.supabase import SupabaseStore

KEY = "sb_secret_for_tests_only"
PROJECT = "https://project.supabase.example"
PATH = "0b3e/shipments/label.pdf"


@dataclass
class Storage:
    """Supabase Storage, as far as this store uses it; its errors are 400 with the real status inside."""

    buckets: dict[str, dict[str, bytes]] = field(default_factory=dict)
    public: set[str] = field(default_factory=set)
    down: bool = False

    def handle(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused", request=request)
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return self._error(400, "403", "Unauthorized", "new row violates row-level security policy")
        path = request.url.path.removeprefix("/storage/v1")
        if (request.method, path) == ("POST", "/bucket"):
            return self._make_bucket(json.loads(request.content))
        signing = path.startswith("/object/sign/")
        bucket, _, name = path.removeprefix("/object/sign/" if signing else "/object/").partition("/")
        if bucket not in self.buckets:
            return self._error(400, "404", "Bucket not found", "Bucket not found")
        if signing:
            seconds = json.loads(request.content)["expiresIn"]
            if name not in self.buckets[bucket]:
                return self._error(400, "404", "not_found", "Object not found")
            return httpx.Response(200, json={"signedURL": f"/object/sign/{bucket}/{name}?token=t{seconds}"})
        if request.method == "POST":
            if name in self.buckets[bucket] and request.headers.get("x-upsert") != "true":
                return self._error(400, "409", "Duplicate", "The resource already exists")
            self.buckets[bucket][name] = request.content
            return httpx.Response(200, json={"Key": f"{bucket}/{name}", "Id": "1"})
        if name not in self.buckets[bucket]:
            return self._error(400, "404", "not_found", "Object not found")
        return httpx.Response(200, content=self.buckets[bucket][name])

    def _make_bucket(self, body: dict[str, object]) -> httpx.Response:
        name = str(body["id"])
        if name in self.buckets:
            return self._error(400, "409", "Duplicate", "The resource already exists")
        self.buckets[name] = {}
        if body.get("public"):
            self.public.add(name)
        return httpx.Response(200, json={"name": name})

    def _error(self, status: int, code: str, error: str, message: str) -> httpx.Response:
        return httpx.Response(status, json={"statusCode": code, "error": error, "message": message})


@pytest.fixture
def storage() -> Storage:
    return Storage()


@pytest.fixture
async def store(storage: Storage) -> AsyncIterator[SupabaseStore]:
    store = SupabaseStore(PROJECT, KEY, bucket="wasl-documents", transport=httpx.MockTransport(storage.handle))
    yield store
    await store.aclose()


async def test_the_bucket_is_made_private_at_first_use(store: SupabaseStore, storage: Storage) -> None:
    await store.put(PATH, b"%PDF-1", "application/pdf")
    assert storage.buckets == {"wasl-documents": {PATH: b"%PDF-1"}}
    assert storage.public == set()
    assert await store.get(PATH) == b"%PDF-1"


async def test_to_put_again_replaces(store: SupabaseStore) -> None:
    await store.put(PATH, b"one", "application/pdf")
    await store.put(PATH, b"two", "application/pdf")
    assert await store.get(PATH) == b"two"


async def test_a_link_is_signed_by_storage(store: SupabaseStore) -> None:
    await store.put(PATH, b"x", "application/pdf")
    link = await store.link(PATH, seconds=90)
    assert link == f"{PROJECT}/storage/v1/object/sign/wasl-documents/{PATH}?token=t90"


async def test_what_is_not_there_is_missing(store: SupabaseStore) -> None:
    await store.put(PATH, b"x", "application/pdf")
    with pytest.raises(ObjectMissing):
        await store.get("0b3e/other.pdf")
    with pytest.raises(ObjectMissing):
        await store.link("0b3e/other.pdf", seconds=60)


async def test_a_key_that_is_refused_is_no_missing_file_and_is_not_shown(storage: Storage) -> None:
    storage.buckets["wasl-documents"] = {}
    store = SupabaseStore(PROJECT, "wrong", bucket="wasl-documents", transport=httpx.MockTransport(storage.handle))
    with pytest.raises(StoreUnavailable, match="answered 400") as caught:
        await store.put(PATH, b"x", "application/pdf")
    assert "wrong" not in str(caught.value)
    await store.aclose()


async def test_storage_that_does_not_answer_is_unavailable(store: SupabaseStore, storage: Storage) -> None:
    storage.down = True
    with pytest.raises(StoreUnavailable, match="does not answer"):
        await store.put(PATH, b"x", "application/pdf")


async def test_no_path_leads_elsewhere(store: SupabaseStore) -> None:
    with pytest.raises(ValueError, match="plain names"):
        await store.get("../other-bucket/secret")
