"""A hundred thousand rows go through a backup and back, in the memory of a few blocks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from stack.toolchain import ROOT
from tests.support.empty_hubs import EmptyHubs, Hub
from workers.compliance.backup.keys import RecoveryKey

ROWS = 100_000
SOME_MEGABYTES = 40
MEASURE = """
import json, resource, sys
from workers.cli import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""
FILL = """
    with organization as (insert into public.organizations (name, slug) values ('Large', 'large') returning id)
    insert into private.dead_jobs (id, kind, organization_id, payload, attempt, created_at)
    select gen_random_uuid(), 'test.large', o.id, jsonb_build_object('n', n, 'text', repeat(md5(n::text), 20)), 1, now()
    from organization o, generate_series(1, %s) n
"""
SUM = "select count(*), sum(hashtextextended(j::text, 0)) from private.dead_jobs j"


def run(*arguments: str, **environment: str) -> tuple[Any, int]:
    """What a `wasl backup` command tells, and the megabytes it took at most."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, "backup", *arguments, "--json"],
        env=os.environ | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), int(done.stderr.split()[-1]) // 1024


async def test_memory_does_not_grow_with_the_hub(empty_hubs: EmptyHubs, recovery: RecoveryKey, tmp_path: Path) -> None:
    large, target = [await empty_hubs.new() for _ in range(2)]
    await large.all(FILL, ROWS)
    given = {
        "WASL_BACKUP_URL": str(tmp_path / "backups"),
        "WASL_BACKUP_KEY": recovery.backup_key.dump(),
        "WASL_RECOVERY_KEY": recovery.dump(),
    }

    _, least = run("list", **given)
    _, created = run("create", WASL_BACKUP_DATABASE_URL=large.owner_url, **given)
    restored, restoring = run("restore", "latest", WASL_ADMIN_DATABASE_URL=target.owner_url, **given)

    assert restored["rows"] > ROWS
    assert await size(large) > SOME_MEGABYTES * 3 / 2
    assert max(created, restoring) < least + SOME_MEGABYTES, (least, created, restoring)
    assert await target.all(SUM) == await large.all(SUM)


async def size(hub: Hub) -> int:
    """Megabytes of rows as text."""
    [(length,)] = await hub.all("select sum(length(j::text)) / 1024 / 1024 from private.dead_jobs j")
    return int(str(length).partition(".")[0])
