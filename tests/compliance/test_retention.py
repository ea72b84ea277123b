"""The leader erases what is older than it is kept, in bites, and begins where another one has died."""

from uuid import UUID

import pytest

from tests.support.workplace import Workplace
from workers.compliance.retention import Retention
from workers.store.privacy import PostgresPrivacy


async def events(workplace: Workplace, organization: UUID) -> int:
    row = await workplace.one("select count(*) from public.operations where organization_id = %s", organization)
    return int(row["count"])


@pytest.fixture
async def aged(workplace: Workplace, organization: UUID) -> UUID:
    """An organization with seven operations that are over for longer than they are kept."""
    await workplace.database.execute(
        "insert into public.operations (organization_id, kind, status, created_at, finished_at, created_by)"
        " select %s, 'a.b', 'succeeded', d, d, 'service'"
        " from generate_series(1, 7), lateral (select now() - interval '500 days') at (d)",
        [organization],
    )
    return organization


class Only(PostgresPrivacy):
    """What is due in one organization: those of other tests are many."""

    def __init__(self, workplace: Workplace, organization_id: UUID) -> None:
        super().__init__(workplace.pool)
        self._organization_id = organization_id

    async def due_retention(self) -> list[tuple[UUID, str]]:
        return [each for each in await super().due_retention() if each[0] == self._organization_id]


async def test_all_that_is_due_goes_in_one_run(workplace: Workplace, aged: UUID) -> None:
    await Retention(Only(workplace, aged), bite=2).run()

    assert await events(workplace, aged) == 0
    [run] = await workplace.all("select * from public.retention_runs where organization_id = %s", aged)
    assert (run["table_name"], run["rows"]) == ("public.operations", 7)


async def test_a_leader_that_dies_leaves_what_it_has_done(workplace: Workplace, aged: UUID) -> None:
    class Dying(Only):
        async def expire_rows(self, organization_id: UUID, table: str, most: int) -> int:
            gone = await super().expire_rows(organization_id, table, most)
            if gone:
                raise ConnectionError
            return gone

    with pytest.raises(ConnectionError):
        await Retention(Dying(workplace, aged), bite=3).run()
    assert await events(workplace, aged) == 4

    await Retention(Only(workplace, aged), bite=3).run()
    assert await events(workplace, aged) == 0
