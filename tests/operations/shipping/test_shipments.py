"""Labels bought through a real worker, the real database and carriers' twins: once, and at the right carrier."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.operations.shipping.conftest import CARRIERS, OpensDesk, ended, needs_attention
from tests.support.desks import as_arguments, request_for
from tests.support.shipments import ABROAD
from tests.support.workplace import Row, Workplace, until

pytestmark = pytest.mark.usefixtures("no_faults", "worker")


class TestBuying:
    @pytest.mark.parametrize("key", CARRIERS)
    async def test_every_carrier_sells_a_label(self, open_desk: OpensDesk, key: str) -> None:
        desk = await open_desk(key)
        named = desk.first.connection_id
        shipment = await desk.order(connection_id=named)
        operation = await ended(desk, shipment)
        assert (operation["status"], operation["error"], operation["attempts"]) == ("succeeded", None, 1)
        assert (operation["connection_id"], operation["why"]["rule"]) == (named, "named by the client")
        await desk.jobs_done("shipment.fetch_label")

        row = await desk.now(shipment)
        assert (row["status"], row["connection_id"], row["failure"]) == ("created", named, None)
        assert row["tracking_number"]
        assert await desk.bought(shipment) == {key: 1}
        assert "label" in [each["kind"] for each in await desk.documents(shipment)]
        (event,) = await desk.events(shipment)
        assert (event["status"], event["source"], event["source_id"]) == ("created", "operation", operation["id"])

    async def test_the_call_is_in_the_log_under_its_operation_without_the_label(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        operation = await desk.hub.operation(shipment["id"], "shipment.create")

        async def logged() -> list[Row]:
            query = "select * from public.integration_logs where operation_id = %s and operation = 'create_shipment'"
            return await desk.hub.all(query, operation["id"])

        lines = await until(logged)
        assert {line["connection_id"] for line in lines} == {desk.first.connection_id}
        assert "JVBER" not in str(lines), "the beginning of a PDF in base64"
        assert "Omar Ali" not in str(lines)

    async def test_what_the_carrier_would_refuse_fails_and_names_the_field(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("quiqup")
        shipment = await desk.order(connection_id=desk.first.connection_id, service="no-such-service")
        operation = await ended(desk, shipment)
        row = await desk.now(shipment)
        assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_request")
        assert operation["error"]["field"] == "service"
        assert (row["status"], row["failure"]["message"]) == ("failed", operation["error"]["message"])
        assert await desk.bought(shipment) == {}

    async def test_credentials_that_are_refused_fail_it_and_ask_for_attention(
        self, open_desk: OpensDesk, workplace: Workplace
    ) -> None:
        desk = await open_desk("fedex")
        wrong = {"client_id": "invalid", "client_secret": "invalid"}
        await workplace.set_credentials(desk.organization_id, desk.first.connection_id, wrong)
        shipment = await desk.order()
        operation = await ended(desk, shipment)
        assert (operation["status"], operation["error"]["code"]) == ("failed", "authentication_failed")
        assert (await desk.now(shipment))["status"] == "failed"
        assert await needs_attention(desk, desk.first.connection_id)

    async def test_the_same_key_buys_once(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        wanted = as_arguments(request_for(desk.first.carrier))  # with one time for all
        asked = [await desk.order(**wanted, idempotency_key="order-1001") for _ in range(3)]
        assert len({each["id"] for each in asked}) == 1
        await ended(desk, asked[0])
        assert await desk.bought(asked[0]) == {"fedex": 1}


class TestChoosing:
    async def test_by_priority_nobody_is_asked_for_a_price(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex", "dhl_express", "aramex")
        shipment = await desk.shipped()
        first, *others = desk.contracts
        why = (await desk.hub.operation(shipment["id"], "shipment.create"))["why"]
        assert shipment["connection_id"] == first
        assert (why["rule"], why["chosen"]["connection_id"]) == ("priority", str(first))
        assert [each["connection_id"] for each in why["next"]] == [str(each) for each in others]
        assert (why["refused"], why["skipped"]) == ([], [])
        assert "comes first by priority" in why["reason"]

    async def test_a_default_service_is_used_where_none_is_named(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        quote = await desk.quoted()
        dearest = quote["rates"][-1]["service"]
        await desk.use(desk.first.connection_id, default_service=dearest)
        assert (await desk.shipped())["service"] == dearest
        assert (await desk.shipped(connection_id=desk.first.connection_id))["service"] == dearest

    @pytest.mark.parametrize("rule", ["price", "speed"])
    async def test_by_price_and_by_speed_it_goes_by_the_best_rate(self, open_desk: OpensDesk, rule: str) -> None:
        desk = await open_desk("fedex", "dhl_express", "aramex", "imile")
        best = (await desk.quoted(rank_by=rule))["rates"][0]
        shipment = await desk.shipped(rule=rule)
        why = (await desk.hub.operation(shipment["id"], "shipment.create"))["why"]
        assert (shipment["connection_id"], shipment["service"]) == (best["connection_id"], best["service"])
        assert (shipment["cost"], shipment["cost_currency"]) == (best["amount"], best["currency"])
        assert (why["rule"], why["chosen"]["service"]) == (rule, best["service"])
        assert {"price": "costs least", "speed": "is the fastest"}[rule] in why["reason"]

    async def test_the_level_is_kept_to(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex", "aramex")
        offered = {(each["provider_key"], each["level"]) for each in (await desk.quoted())["rates"]}
        assert ("aramex", "same_day") in offered
        assert ("fedex", "same_day") not in offered
        shipment = await desk.shipped(level="same_day")
        why = (await desk.hub.operation(shipment["id"], "shipment.create"))["why"]
        (skipped,) = why["skipped"]
        assert desk.contracts[shipment["connection_id"]].carrier.key == "aramex"
        assert (skipped["provider"], skipped["code"]) == ("fedex", "no_service")

    @pytest.mark.parametrize(
        "fault",
        [{"kind": "server_error", "status": 503, "times": 3}, {"kind": "rate_limited", "times": 3}],
        ids=["is down", "is over its limit"],
    )
    async def test_when_who_could_take_it_names_no_price_for_now_it_is_tried_again(
        self, open_desk: OpensDesk, fault: dict[str, Any]
    ) -> None:
        desk = await open_desk("fedex")
        assert desk.first.carrier.rate_call
        await desk.fault(call=desk.first.carrier.rate_call, **fault)
        shipment = await desk.order(rule="price")
        operation = await desk.settled(shipment)
        assert (operation["status"], operation["error"]) == ("succeeded", None)
        assert await desk.bought(shipment) == {"fedex": 1}

    async def test_when_no_carrier_takes_it_each_says_why_not(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("quiqup", "fedex", "aramex")
        local, off, elsewhere = desk.contracts
        await desk.use(off, enabled=False)
        await desk.use(elsewhere, countries=["GB"])
        facts = as_arguments(request_for(CARRIERS["fedex"]))
        shipment = await desk.order(**facts | {"recipient": Jsonb(ABROAD), "contents": "documents"})
        operation = await ended(desk, shipment)
        assert (operation["status"], operation["error"]["code"]) == ("failed", "no_carrier")
        reasons = {each["connection_id"]: each["reason"] for each in operation["error"]["skipped"]}
        assert reasons == {
            str(off): "switched off",
            str(elsewhere): "is not used for SA",
            str(local): "the carrier does not deliver abroad",
        }
        row = await desk.now(shipment)
        assert (row["status"], row["failure"]["message"]) == ("failed", "No carrier takes this shipment.")
