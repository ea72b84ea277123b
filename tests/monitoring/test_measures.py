"""What the leader measures, and what becomes of it in `/metrics`."""

import re
from uuid import UUID

from tests.support.workplace import Workplace, until
from workers.monitoring.metrics import Metrics
from workers.store.measures import Measures, PostgresMeasures

CALLS_OK = 'wasl_provider_calls_total{outcome="ok",provider="stripe"}'


def shown(metrics: Metrics) -> dict[str, float]:
    lines = re.findall(r"^(wasl_[^ ]+) ([0-9.e+-]+)$", metrics.render().decode(), re.M)
    return {name: float(value) for name, value in lines}


def test_what_was_measured_is_shown_and_what_is_over_is_not() -> None:
    metrics = Metrics()
    metrics.show(
        Measures(
            queue={"webhook.process": (3, 1.5)},
            dead=2,
            breakers={("stripe", "open"): 1},
            budgets={"stripe": 0.25},
            deliveries=4,
            deliveries_overdue_seconds=-1.0,
        )
    )
    before = shown(metrics)

    metrics.show(Measures({}, 0, {}, {}, 0, 0.0))

    expected = {
        'wasl_queue_jobs{kind="webhook.process"}': 3,
        'wasl_queue_kind_oldest_seconds{kind="webhook.process"}': 1.5,
        "wasl_dead_jobs": 2,
        'wasl_breakers{provider="stripe",state="open"}': 1,
        'wasl_rate_budget_left{provider="stripe"}': 0.25,
        "wasl_deliveries": 4,
        "wasl_deliveries_overdue_seconds": 0,
    }
    assert before | expected == before
    assert expected.keys() & shown(metrics).keys() == {
        "wasl_dead_jobs",
        "wasl_deliveries",
        "wasl_deliveries_overdue_seconds",
    }


async def test_the_database_is_measured(workplace: Workplace, organization: UUID) -> None:
    connection_id = await workplace.connect_stripe(organization)
    breaker = "insert into private.circuit_breakers (connection_id, state) values (%s, 'open')"
    await workplace.database.execute(breaker, [connection_id])
    spent = "update public.rate_limits set tokens = 0, refilled_at = now() + interval '1 hour' where connection_id = %s"
    await workplace.database.execute(spent, [connection_id])
    job = """insert into private.jobs (id, kind, organization_id, run_at)
        values (gen_random_uuid(), 'test.measured', %s, now() - interval '1 minute')"""
    await workplace.database.execute(job, [organization])

    measured = await PostgresMeasures(workplace.pool).take()
    await workplace.database.execute("delete from private.jobs where kind = 'test.measured'")
    await workplace.database.execute("delete from public.rate_limits where connection_id = %s", [connection_id])

    count, oldest = measured.queue["test.measured"]
    assert (count, measured.breakers["stripe", "open"] >= 1, measured.budgets["stripe"]) == (1, True, 0.0)
    assert 55 < oldest < 120


async def test_calls_are_counted_by_outcome(workplace: Workplace, organization: UUID) -> None:
    await workplace.connect_stripe(organization)
    async with workplace.working() as worker:
        payment = await workplace.payment(organization)
        await workplace.finished(payment["id"])

        async def counted() -> bool:
            return CALLS_OK in shown(worker.metrics)

        await until(counted)
    assert shown(worker.metrics)['wasl_provider_call_seconds_count{provider="stripe"}'] >= 1
