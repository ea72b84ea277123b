"""Forms on merchants' pages: how they are made, what is kept of what visitors hand in, and how they confirm it."""

import asyncio
import hashlib
import uuid
from typing import Any

import pytest

from tests.support.callers import Caller, Database, Refusal, Row, Workspace
from tests.support.leads import find_leads

EMAIL = {"name": "email", "type": "email", "required": True}
FIELDS: list[Row] = [
    EMAIL,
    {"name": "first_name", "type": "text", "label": "Your name"},
    {"name": "mobile", "type": "phone"},
    {"name": "size", "type": "choice", "choices": ["40", "41"], "maps_to": "shoe_size"},
    {"name": "gift", "type": "checkbox"},
    {"name": "shop", "type": "hidden"},
]
CONSENT: Row = {"purpose": "marketing_email", "consent_text": "Yes, write to me.", "text_version": "1"}
VISITOR: Row = {
    "ip_hash": "abc123",
    "origin": "https://shop.example",
    "page": "https://shop.example/a",
    "elapsed_ms": 5000,
}


async def make_form(workspace: Workspace, **arguments: Any) -> Row:
    """A form just made."""
    usual = {"name": f"Newsletter {uuid.uuid4().hex[:6]}", "fields": FIELDS}
    row: Row = await workspace.owner.call("create_lead_form", organization_id=workspace.id, **usual | arguments)
    return row


async def hand_in(server: Caller, form: Row, answers: Row, **context: Any) -> Any:
    """Hand it in, as the function `forms` does."""
    return await server.call("capture_lead", token=form["token"], answers=answers, context=VISITOR | context)


async def refused(server: Caller, form: Row, answers: Any, **context: Any) -> Refusal:
    """How it is refused."""
    return await server.refused("capture_lead", token=form["token"], answers=answers, context=VISITOR | context)


async def find(workspace: Workspace, email: str) -> Row | None:
    """The lead of an address."""
    rows = await find_leads(workspace.owner, email=email, organization_id=workspace.id)
    return rows[0] if rows else None


async def consents(workspace: Workspace, lead: Row) -> list[Row]:
    return await workspace.owner.rows(f"lead_consents?lead_id=eq.{lead['id']}&order=occurred_at,id")


class TestMaking:
    async def test_a_form_has_an_address_of_its_own(self, workspace: Workspace) -> None:
        form = await make_form(workspace, **CONSENT, double_opt_in=True, redirect_url="https://shop.example/thanks")
        assert form["token"].startswith("lf_")
        assert len(form["token"]) == 35
        assert (form["enabled"], form["submissions"], form["most_per_minute"]) == (True, 0, 30)
        detail = "select detail from public.audit_log where target_id = %s and action = 'lead_form.created'"
        assert (await workspace.one(detail, [form["id"]]))["consent_text"] == "Yes, write to me."

    @pytest.mark.parametrize(
        ("arguments", "field"),
        [
            ({"name": ""}, "name"),
            ({"fields": []}, "fields"),
            ({"fields": [{"name": "first_name", "type": "text"}]}, "fields"),
            ({"fields": [{"name": "email", "type": "email"}]}, "fields"),
            ({"fields": [EMAIL, {"name": "Size", "type": "text"}]}, "fields.1.name"),
            ({"fields": [EMAIL, {"name": "consent", "type": "checkbox"}]}, "fields.1.name"),
            ({"fields": [EMAIL, {"name": "size", "type": "number"}]}, "fields.1.type"),
            ({"fields": [EMAIL, {"name": "size", "type": "choice"}]}, "fields.1.choices"),
            ({"fields": [EMAIL, {"name": "size", "type": "text", "choices": ["40"]}]}, "fields.1.choices"),
            ({"fields": [EMAIL, {"name": "size", "type": "choice", "choices": ["40", ""]}]}, "fields.1.choices.1"),
            ({"fields": [EMAIL, {"name": "size", "type": "text", "required": "yes"}]}, "fields.1.required"),
            ({"fields": [EMAIL, {"name": "size", "type": "text", "maps_to": "shoe size"}]}, "fields.1.maps_to"),
            ({"fields": [EMAIL, {"name": "size", "type": "text", "maps_to": "email"}]}, "fields.1.maps_to"),
            ({"fields": [EMAIL, {"name": "size", "type": "text", "colour": "red"}]}, "fields.1.colour"),
            ({"fields": [EMAIL, EMAIL]}, "fields.1"),
            ({"fields": [EMAIL, {"name": "mail", "type": "email"}]}, "fields.1"),
            ({"purpose": "marketing_email"}, "consent_text"),
            (CONSENT | {"text_version": None}, "text_version"),
            (CONSENT | {"purpose": "E-mail"}, "purpose"),
            ({"double_opt_in": True}, "double_opt_in"),
            (
                CONSENT | {"double_opt_in": True, "fields": [{"name": "mobile", "type": "phone", "required": True}]},
                "double_opt_in",
            ),
            ({"allowed_origins": ["shop.example"]}, "allowed_origins.0"),
            ({"redirect_url": "/thanks"}, "redirect_url"),
            ({"most_per_minute": 0}, "most_per_minute"),
            ({"most_per_visitor_minute": 1001}, "most_per_visitor_minute"),
        ],
    )
    async def test_what_makes_no_sense_is_refused_by_its_name(
        self, shop: Workspace, arguments: dict[str, Any], field: str
    ) -> None:
        refusal = await shop.owner.refused("create_lead_form", **{"name": "Form", "fields": FIELDS} | arguments)
        assert (refusal.status, refusal.field) == (400, field)

    async def test_a_name_is_there_once(self, workspace: Workspace) -> None:
        exists = Refusal(409, "lead_form_exists", "name")
        first, second = [await make_form(workspace, name=name) for name in ("A", "B")]
        assert await workspace.owner.refused("create_lead_form", name=first["name"], fields=FIELDS) == exists
        assert await workspace.owner.refused("update_lead_form", form_id=second["id"], name="A") == exists

    async def test_another_text_is_another_version(self, workspace: Workspace) -> None:
        form = await make_form(workspace, **CONSENT)
        update = {"form_id": form["id"], "consent_text": "Yes, write to me often."}
        refusal = await workspace.owner.refused("update_lead_form", **update)
        assert refusal == Refusal(409, "text_version_required", "text_version")
        changed = await workspace.owner.call("update_lead_form", **update, text_version="2", enabled=False)
        assert (changed["consent_text"], changed["enabled"], changed["fields"]) == (
            *("Yes, write to me often.", False),
            FIELDS,
        )

    async def test_who_may(self, workspace: Workspace, other: Caller) -> None:
        form = await make_form(workspace)
        missing = Refusal(404, "lead_form_not_found", "form_id")
        for caller in (await workspace.member("viewer"), await workspace.api_key("leads:read"), other):
            assert await caller.refused("update_lead_form", form_id=form["id"], enabled=False) == missing
        key = await workspace.api_key("leads:write")
        assert (await key.call("update_lead_form", form_id=form["id"], enabled=False))["enabled"] is False

    async def test_the_page_is_told_what_to_show_and_no_more(self, workspace: Workspace, server: Caller) -> None:
        form = await make_form(workspace, **CONSENT, allowed_origins=["https://shop.example"])
        shown = await server.call("lead_form", token=form["token"])
        assert shown == {
            "name": form["name"],
            "fields": [{key: value for key, value in each.items() if key != "maps_to"} for each in FIELDS],
            "consent_text": "Yes, write to me.",
            "origins": ["https://shop.example"],
            "redirect_url": None,
        }
        unknown = Refusal(404, "form_not_found", "token")
        assert await server.refused("lead_form", token="lf_unknown") == unknown
        await workspace.owner.call("update_lead_form", form_id=form["id"], enabled=False)
        assert await server.refused("lead_form", token=form["token"]) == unknown
        assert await refused(server, form, {"email": "amal@example.ae"}) == unknown


class TestHandingIn:
    async def test_the_answers_make_a_lead(self, workspace: Workspace, server: Caller) -> None:
        form = await make_form(workspace, **CONSENT, redirect_url="https://shop.example/thanks")
        answers = {
            **{"email": " Amal@Example.ae ", "first_name": "Amal", "mobile": "050 123 4567", "size": "41"},
            **{"gift": "on", "shop": "dubai", "consent": True},
        }
        answer = await hand_in(
            server, form, answers, referrer="https://google.com/", query={"utm_source": "google", "x": "y"}
        )

        assert answer == {"status": "captured", "redirect_url": "https://shop.example/thanks"}
        lead = await find(workspace, "amal@example.ae")
        assert lead
        assert (lead["first_name"], lead["phone"], lead["source"]) == ("Amal", "+971501234567", f"form:{form['name']}")
        assert lead["attributes"] == {"shoe_size": "41", "gift": "true", "shop": "dubai"}
        assert lead["attribution"] == {
            "utm_source": "google",
            "referrer": "https://google.com/",
            "landing_page": "https://shop.example/a",
        }
        [consent] = await consents(workspace, lead)
        assert (consent["state"], consent["text_version"], consent["source"]) == ("given", "1", lead["source"])
        assert consent["evidence"] == {"form_id": form["id"]}
        evidence = await workspace.owner.call("consent_evidence", consent_id=consent["id"])
        assert evidence == {"form_id": form["id"], "page": "https://shop.example/a", "ip_hash": "abc123"}
        [event] = await workspace.events(lead["id"])
        assert (event["type"], event["data"]["form_id"]) == ("lead.captured", form["id"])
        [counted] = await workspace.owner.rows(f"lead_forms?id=eq.{form['id']}")
        assert (counted["submissions"], counted["spam"], counted["updated_at"]) == (1, 0, form["updated_at"])
        assert counted["last_submission_at"]

    async def test_whoever_is_known_is_found(self, workspace: Workspace, server: Caller) -> None:
        lead = await workspace.lead(email="amal@example.ae", first_name="Amal")
        await hand_in(server, await make_form(workspace), {"email": "AMAL@example.ae", "size": "40"})
        after = await find(workspace, "amal@example.ae")
        assert after
        assert (after["id"], after["first_name"], after["source"]) == (lead["id"], "Amal", "api")

    @pytest.mark.parametrize(
        ("answers", "field"),
        [
            ([], "answers"),
            ({}, "answers.email"),
            ({"email": "nobody"}, "answers.email"),
            ({"email": {}}, "answers.email"),
            ({"email": "a@b.example", "colour": "red"}, "answers.colour"),
            ({"email": "a@b.example", "mobile": "12"}, "answers.mobile"),
            ({"email": "a@b.example", "size": "42"}, "answers.size"),
            ({"email": "a@b.example", "shop": "x" * 1001}, "answers.shop"),
            ({"email": "a@b.example", "first_name": "4111 1111 1111 1111"}, "answers.first_name"),
            ({"email": "a@b.example", "consent": True}, "answers.consent"),
        ],
    )
    async def test_what_is_none_of_the_forms_is_refused_by_its_name(
        self, workspace: Workspace, server: Caller, answers: Any, field: str
    ) -> None:
        refusal = await refused(server, await make_form(workspace), answers)
        assert (refusal.status, refusal.field) == (400, field)

    async def test_consent_is_needed_where_it_is_asked_for(self, workspace: Workspace, server: Caller) -> None:
        form = await make_form(workspace, **CONSENT)
        for answers in ({"email": "a@b.example"}, {"email": "a@b.example", "consent": False}):
            assert await refused(server, form, answers) == Refusal(400, "consent_required", "answers.consent")

    async def test_only_on_the_pages_it_may_stand_on(self, workspace: Workspace, server: Caller) -> None:
        form = await make_form(workspace, allowed_origins=["https://shop.example"])
        answers = {"email": "amal@example.ae"}
        elsewhere = await refused(server, form, answers, origin="https://evil.example")
        assert elsewhere == Refusal(403, "origin_not_allowed", "context.origin")
        assert (await hand_in(server, form, answers, origin="https://Shop.example"))["status"] == "captured"

    @pytest.mark.parametrize("context", [{"honeypot": True}, {"elapsed_ms": 799}])
    async def test_machines_are_answered_and_nothing_is_kept(
        self, workspace: Workspace, server: Caller, context: dict[str, Any]
    ) -> None:
        form = await make_form(workspace, **CONSENT, double_opt_in=True, redirect_url="https://shop.example/thanks")
        answers = {"email": "amal@example.ae", "consent": True}
        pretended = await hand_in(server, form, answers, **context)
        assert await find(workspace, "amal@example.ae") is None
        [counted] = await workspace.owner.rows(f"lead_forms?id=eq.{form['id']}")
        assert (counted["submissions"], counted["spam"]) == (0, 1)
        assert await hand_in(server, form, answers) == pretended

    async def test_the_same_again_at_once_is_the_same(self, workspace: Workspace, server: Caller) -> None:
        form = await make_form(workspace)
        answers = {"email": "amal@example.ae"}
        answered = await asyncio.gather(*(hand_in(server, form, answers) for _ in range(4)))
        assert answered == [{"status": "captured", "redirect_url": None}] * 4
        [counted] = await workspace.owner.rows(f"lead_forms?id=eq.{form['id']}")
        assert counted["submissions"] == 1

    async def test_too_much_within_a_minute_is_refused_for_the_moment(
        self, workspace: Workspace, server: Caller
    ) -> None:
        form = await make_form(workspace, most_per_minute=3, most_per_visitor_minute=2)
        for number, visitor in enumerate(["a", "a", "b"]):
            await hand_in(server, form, {"email": f"p{number}@example.ae"}, ip_hash=visitor)
        form_is_full = {"token": form["token"], "answers": {"email": "q@example.ae"}, "context": VISITOR}
        answer = await server.request("POST", "rpc/capture_lead", json=form_is_full)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_submissions")
        assert 1 <= int(answer.headers["retry-after"]) <= 60

        await workspace.owner.call("update_lead_form", form_id=form["id"], most_per_minute=100)
        assert (await refused(server, form, {"email": "q@example.ae"}, ip_hash="a")).status == 429
        assert (await hand_in(server, form, {"email": "q@example.ae"}, ip_hash="b"))["status"] == "captured"
        await workspace.database.execute(
            "update private.lead_submissions set created_at = now() - interval '61 seconds' where form_id = %s",
            [form["id"]],
        )
        assert (await hand_in(server, form, {"email": "r@example.ae"}, ip_hash="a"))["status"] == "captured"

    async def test_what_was_handed_in_is_not_remembered_for_long(self, workspace: Workspace, server: Caller) -> None:
        form = await make_form(workspace)
        await hand_in(server, form, {"email": "amal@example.ae"})
        old = "update private.lead_submissions set created_at = now() - interval '25 hours' where form_id = %s"
        await workspace.database.execute(old, [form["id"]])
        await hand_in(server, form, {"email": "omar@example.ae"})
        left = "select count(*) from private.lead_submissions where form_id = %s"
        assert await workspace.one(left, [form["id"]]) == 1


class TestConfirming:
    """Double opt-in, as a worker and the function `forms` have it."""

    @pytest.fixture
    async def form(self, workspace: Workspace) -> Row:
        """A form whose visitors have to confirm."""
        return await make_form(workspace, **CONSENT, double_opt_in=True)

    async def mail(self, worker: Database, lead: Row, form: Row, token: str) -> Any:
        """What a worker is told for the mail, and keeps of its token."""
        query = "select private.keep_confirmation(%s, %s, %s) as mail"
        hashed = hashlib.sha256(token.encode()).digest()
        row = await (await worker.execute(query, (lead["id"], form["id"], hashed))).fetchone()
        assert row
        return row["mail"]

    async def submitted(self, workspace: Workspace, server: Caller, form: Row) -> Row:
        """A lead who has still to confirm."""
        answers = {"email": "amal@example.ae", "first_name": "Amal", "consent": True}
        assert await hand_in(server, form, answers) == {"status": "confirm", "redirect_url": None}
        lead = await find(workspace, "amal@example.ae")
        assert lead
        return lead

    async def test_consent_counts_once_they_have_followed_the_link(
        self, workspace: Workspace, server: Caller, worker: Database, form: Row
    ) -> None:
        lead = await self.submitted(workspace, server, form)
        assert lead["status"] == "pending"
        job = "select payload from private.jobs where id = private.derived_id(%s, 'lead.confirm')"
        assert await workspace.one(job, [lead["id"]]) == {"lead_id": lead["id"], "form_id": form["id"]}
        assert await self.mail(worker, lead, form, form["token"] + "-1") == {
            "email": "amal@example.ae",
            "first_name": "Amal",
            "form_name": form["name"],
            "organization_name": "Workspace",
            "consent_text": "Yes, write to me.",
            "language": None,
            "path": "/functions/v1/forms/confirm/",
        }

        for _ in range(2):
            assert await server.call("confirm_lead", token=form["token"] + "-1") == {
                "status": "confirmed",
                "redirect_url": None,
            }

        after = await find(workspace, "amal@example.ae")
        assert after
        assert after["status"] == "active"
        assert after["confirmed_at"]
        assert [each["state"] for each in await consents(workspace, lead)] == ["pending", "given"]
        told = [each["type"] for each in await workspace.events(lead["id"])]
        assert told == ["lead.captured", "lead.confirmed"]
        assert await self.mail(worker, lead, form, form["token"] + "-2") is None
        answers = {"email": "amal@example.ae", "consent": True}
        assert (await hand_in(server, form, answers))["status"] == "captured"

    async def test_an_unknown_or_old_link_confirms_nothing(
        self, workspace: Workspace, server: Caller, worker: Database, form: Row
    ) -> None:
        missing = Refusal(404, "confirmation_not_found", "token")
        lead = await self.submitted(workspace, server, form)
        await self.mail(worker, lead, form, form["token"] + "-old")
        await workspace.database.execute(
            "update private.lead_confirmations set expires_at = now() - interval '1 second' where lead_id = %s",
            [lead["id"]],
        )
        for token in (form["token"] + "-old", "unknown", ""):
            assert await server.refused("confirm_lead", token=token) == missing

    async def test_what_was_withdrawn_since_is_not_given_again(
        self, workspace: Workspace, server: Caller, worker: Database, form: Row
    ) -> None:
        lead = await self.submitted(workspace, server, form)
        await self.mail(worker, lead, form, form["token"] + "-3")
        await workspace.owner.call("record_consent", lead_id=lead["id"], purpose="marketing_email", state="withdrawn")
        await server.call("confirm_lead", token=form["token"] + "-3")
        assert [each["state"] for each in await consents(workspace, lead)] == ["pending", "withdrawn"]

    async def test_an_address_has_three_mails_a_day(
        self, workspace: Workspace, server: Caller, worker: Database, form: Row
    ) -> None:
        lead = await self.submitted(workspace, server, form)
        mails = [await self.mail(worker, lead, form, f"t-{uuid.uuid4()}") for _ in range(4)]
        assert [mail is not None for mail in mails] == [True, True, True, False]

    async def test_somebody_who_is_forgotten_is_mailed_nothing(
        self, workspace: Workspace, server: Caller, worker: Database, form: Row
    ) -> None:
        lead = await self.submitted(workspace, server, form)
        await self.mail(worker, lead, form, form["token"] + "-4")
        await workspace.owner.call("delete_lead", lead_id=lead["id"])
        assert await self.mail(worker, lead, form, form["token"] + "-5") is None
        assert (await server.refused("confirm_lead", token=form["token"] + "-4")).status == 404
