"""The controls: what people, admins and time do with an account."""

from __future__ import annotations

from dataclasses import replace

from sandbox.marketing.mailchimp import campaigns
from sandbox.marketing.mailchimp.account import Member
from sandbox.marketing.mailchimp.api import Answer, Call, Handler


def move_member(call: Call) -> Answer:
    account, audience, move = call.account, call.account.audience(call.path["list"]), call.path["move"]
    member = account.member(audience.id, call.body["email"])
    reason = call.body.get("reason", "")
    if move == "rename":
        new = replace(member, email=call.body["new_email"], changed_at=account.now())
        audience.members[new.id] = new
        del audience.members[member.id]
        data = {"list_id": audience.id, "new_id": new.id[:10], "old_email": member.email, "new_email": new.email}
        account.publish(account, audience, "upemail", "user", data)
        return 200, account.show(audience, new)
    if move == "resubscribe":
        member.by_user = False
        account.save(audience, {"email_address": member.email}, "subscribed", source="user")
    else:
        status, source = {
            "unsubscribe": ("unsubscribed", "user"),
            "archive": ("archived", "admin"),
            "clean": ("cleaned", "admin"),
        }[move]
        account.leave(audience, member, status, reason, source)
    return 200, account.show(audience, member)


def import_members(call: Call) -> Answer:
    """As an import makes them: without a word to webhooks."""
    account, audience = call.account, call.account.audience(call.path["list"])
    status, prefix, now = call.body.get("status", "subscribed"), call.body.get("prefix", "import"), account.now()
    for number in range(call.body["count"]):
        member = Member(f"{prefix}{number}@example.ae", status, created_at=now, changed_at=now)
        audience.members[member.id] = member
    return 200, {"count": call.body["count"]}


def add_merge_field(call: Call) -> Answer:
    fields = call.account.audience(call.path["list"]).merge_fields
    fields.append({"merge_id": len(fields) + 1, "required": False, "options": {}, **call.body})
    return 200, fields[-1]


def add_campaign(call: Call) -> Answer:
    return 200, campaigns.add_campaign(call.account, call.body)


def set_jobs(call: Call) -> Answer:
    call.account.job_looks, call.account.failing_jobs = call.body.get("looks", 0), call.body.get("failing", False)
    return 200, {}


def set_signing(call: Call) -> Answer:
    call.account.signs = call.body["enabled"]
    return 200, {}


def set_busy(call: Call) -> Answer:
    call.account.busy = call.body["calls"]
    return 200, {}


CONTROLS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/_test/members/{list}/import", import_members),
    ("POST", "/_test/members/{list}/{move}", move_member),
    ("POST", "/_test/merge-fields/{list}", add_merge_field),
    ("POST", "/_test/campaigns", add_campaign),
    ("POST", "/_test/jobs", set_jobs),
    ("POST", "/_test/signing", set_signing),
    ("POST", "/_test/busy", set_busy),
)
