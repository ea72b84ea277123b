"""The calls of the API that the twin knows, and the controls."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from sandbox.marketing.mailchimp.account import STATUSES, Account, subscriber_hash
from sandbox.marketing.mailchimp.errors import MailchimpError, invalid, not_found
from sandbox.marketing.mailchimp.fields import Object, an_object, chosen, cut, iso, one_of, seconds, sifted

Answer = tuple[int, Object | None]
MOST_MEMBERS = 500
_MEMBER = {"email_type": str, "status": str, "merge_fields": dict, "language": str, "vip": bool, "interests": dict}
_EVENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,29}")
_WEBHOOK_EVENTS = ("subscribe", "unsubscribe", "profile", "cleaned", "upemail", "campaign")


@dataclass(frozen=True)
class Call:
    """One call. :param path: the parts of the path that vary."""

    account: Account
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


Handler = Callable[[Call], Answer]


def ping(_: Call) -> Answer:
    return 200, {"health_status": "Everything's Chimpy!"}


def list_audiences(call: Call) -> Answer:
    audiences = list(call.account.audiences.values())
    if email := call.query.get("email"):
        audiences = [each for each in audiences if subscriber_hash(email) in each.members]
    shown: list[Object] = [
        {
            "id": each.id,
            "name": each.name,
            "date_created": iso(each.created_at),
            "double_optin": each.double_optin,
            "stats": {"member_count": sum(member.status == "subscribed" for member in each.members.values())},
        }
        for each in audiences
    ]
    found = sifted(call.query, shown, {"date_created": lambda each: seconds(each["date_created"], "date_created")})
    return 200, chosen(call.query, {"lists": cut(call.query, found), "total_items": len(found)})


def list_merge_fields(call: Call) -> Answer:
    audience = call.account.audience(call.path["list"])
    fields = [{**each, "list_id": audience.id} for each in audience.merge_fields]
    answer = {"merge_fields": cut(call.query, fields), "list_id": audience.id, "total_items": len(fields)}
    return 200, chosen(call.query, answer)


def list_members(call: Call) -> Answer:
    audience = call.account.audience(call.path["list"])
    status = call.query.get("status")
    if status is not None and status not in (*STATUSES, "archived"):
        raise invalid(("status", "Data presented is not one of the accepted values"))
    found = [
        member
        for member in audience.members.values()
        if member.status == status or (status is None and member.status != "archived")
    ]
    found = sifted(call.query, found, {"last_changed": lambda member: int(member.changed_at)})
    page = [call.account.show(audience, member) for member in cut(call.query, found)]
    answer = {"members": page, "list_id": audience.id, "total_items": len(found)}
    return 200, chosen(call.query, answer)


def get_member(call: Call) -> Answer:
    audience = call.account.audience(call.path["list"])
    member = call.account.member(call.path["list"], call.path["member"])
    return 200, chosen(call.query, call.account.show(audience, member))


def put_member(call: Call) -> Answer:
    audience = call.account.audience(call.path["list"])
    body = an_object(call.body, ("email_address", "status_if_new"), _MEMBER)
    one_of(body, "status", STATUSES)
    one_of(body, "status_if_new", STATUSES)
    known = audience.members.get(subscriber_hash(body["email_address"]))
    is_new = known is None or known.status == "archived"
    status = body.get("status") or (body["status_if_new"] if is_new else None)
    member, _ = call.account.save(audience, body, status)
    return 200, call.account.show(audience, member)


def post_members(call: Call) -> Answer:
    call.account.audience(call.path["list"])
    body = an_object(call.body, (), {"members": list, "update_existing": bool, "sync_tags": bool})
    members = body.get("members")
    if not isinstance(members, list) or not 1 <= len(members) <= MOST_MEMBERS:
        raise invalid(("members", f"Schema describes array of 1 to {MOST_MEMBERS} items"))
    for place, member in enumerate(members):
        try:
            one_of(an_object(member, ("email_address",), _MEMBER), "status", STATUSES)
        except MailchimpError as fault:
            raise invalid(*((f"members.item:{place}.{name}", said) for name, said in fault.errors)) from None
    answer: Object = {"new_members": [], "updated_members": [], "errors": []}
    seen: set[str] = set()
    for member in members:
        _save_one_of_many(call, member, answer, seen, update=body.get("update_existing", False))
    counts = {"total_created": "new_members", "total_updated": "updated_members", "error_count": "errors"}
    return 200, {**answer, **{name: len(answer[part]) for name, part in counts.items()}}


def _save_one_of_many(call: Call, body: Object, answer: Object, seen: set[str], *, update: bool) -> None:
    audience, email = call.account.audience(call.path["list"]), body["email_address"]
    key = subscriber_hash(email)
    known = audience.members.get(key)
    is_new = known is None or known.status == "archived"

    def refuse(message: str, code: str = "ERROR_GENERIC", name: str = "", said: str = "") -> None:
        answer["errors"].append(
            {"email_address": email, "error": message, "error_code": code, "field": name, "field_message": said}
        )

    if key in seen:
        refuse("Duplicate items found when attempting to add or update this member.")
    elif not is_new and not update:
        message = f"{email} is already a list member, do you want to update? please provide update_existing:true"
        refuse(message, "ERROR_CONTACT_EXISTS")
    elif is_new and "status" not in body:
        refuse("Missing required field: status", name="status", said="This value should not be blank.")
    elif known is not None and known.by_user and body.get("status") == "subscribed":
        pass  # of these it says nothing at all
    else:
        try:
            member, created = call.account.save(audience, body, body.get("status"))
        except MailchimpError as fault:
            name, said = fault.errors[0] if fault.errors else ("", "")
            refuse(fault.detail, name=name, said=said)
        else:
            answer["new_members" if created else "updated_members"].append(call.account.show(audience, member))
    seen.add(key)


def tag_member(call: Call) -> Answer:
    member = call.account.member(call.path["list"], call.path["member"])
    body = an_object(call.body, (), {"tags": list, "is_syncing": bool})
    for tag in body.get("tags") or [{}]:
        one_of(an_object(tag, ("name", "status"), {}), "status", ("active", "inactive"))
        if len(tag["name"]) > 100:
            raise invalid(("tags", "Tag names may have 100 characters"))
    for tag in body["tags"]:
        call.account.tag(member, tag["name"], active=tag["status"] == "active")
    return 204, None


def note_event(call: Call) -> Answer:
    member = call.account.member(call.path["list"], call.path["member"])
    body = an_object(call.body, ("name",), {"properties": dict, "is_syncing": bool, "occurred_at": str})
    if not _EVENT_NAME.fullmatch(body["name"]):
        raise invalid(("name", "Event names have 2 to 30 letters, digits, dashes and low lines"))
    if not all(isinstance(value, str) for value in body.get("properties", {}).values()):
        raise invalid(("properties", "Schema describes string"))
    if "occurred_at" in body:
        seconds(body["occurred_at"], "occurred_at")
    member.events.append(body)
    return 204, None


def erase_member(call: Call) -> Answer:
    audience = call.account.audience(call.path["list"])
    member = call.account.member(call.path["list"], call.path["member"])
    del audience.members[member.id]
    audience.forgotten.add(member.id)
    return 204, None


def archive_member(call: Call) -> Answer:
    audience = call.account.audience(call.path["list"])
    call.account.leave(audience, call.account.member(audience.id, call.path["member"]), "archived", "", "api")
    return 204, None


def list_campaigns(call: Call) -> Answer:
    return _listed(call, "campaigns", list(call.account.campaigns.values()), ("create_time", "send_time"))


def list_reports(call: Call) -> Answer:
    return _listed(call, "reports", list(call.account.reports.values()), ("send_time",))


def _listed(call: Call, name: str, items: list[Object], times: tuple[str, ...]) -> Answer:
    orders = {each: lambda item, each=each: seconds(item[each], each) if item[each] else -1.0 for each in times}
    found = sifted(call.query, items, orders)
    return 200, chosen(call.query, {name: cut(call.query, found), "total_items": len(found)})


def start_job(call: Call) -> Answer:
    body = an_object(call.body, (), {"operations": list})
    operations = body.get("operations") or []
    fields = {"params": dict, "body": str, "operation_id": str}
    failed = 0
    for operation in [an_object(each, ("method", "path"), fields) for each in operations]:
        failed += not _run(call.account, operation)
    number = secrets.token_hex(5)
    call.account.jobs[number] = {
        "id": number,
        "looks": call.account.job_looks,
        "total_operations": len(operations),
        "errored_operations": failed,
        "submitted_at": iso(call.account.now()),
    }
    return 200, _show_job(call.account, number, "pending")


def get_job(call: Call) -> Answer:
    job = call.account.jobs.get(call.path["job"])
    if job is None:
        raise not_found()
    job["looks"] -= 1
    return 200, _show_job(call.account, job["id"], "started" if job["looks"] >= 0 else "finished")


def _run(account: Account, operation: Object) -> bool:
    """Whether an operation of a job succeeded."""
    if account.failing_jobs:
        return False
    for method, pattern, handler in _PATTERNS:
        if method == operation["method"] and (found := pattern.fullmatch(operation["path"])):
            try:
                body = orjson.loads(operation["body"]) if operation.get("body") else None
                handler(Call(account, found.groupdict(), operation.get("params", {}), body))
            except (MailchimpError, orjson.JSONDecodeError):
                return False
            return True
    return False


def _show_job(account: Account, number: str, status: str) -> Object:
    job, finished = account.jobs[number], status == "finished"
    return {
        "id": number,
        "status": status,
        "total_operations": job["total_operations"],
        "finished_operations": job["total_operations"] if finished else 0,
        "errored_operations": job["errored_operations"] if finished else 0,
        "submitted_at": job["submitted_at"],
        "completed_at": iso(account.now()) if finished else "",
        "response_body_url": "",
    }


def add_webhook(call: Call) -> Answer:
    audience = call.account.audience(call.path["list"])
    body = an_object(call.body, ("url",), {"events": dict, "sources": dict})
    an_object(body.get("events", {}), (), dict.fromkeys(_WEBHOOK_EVENTS, bool))
    an_object(body.get("sources", {}), (), dict.fromkeys(("user", "admin", "api"), bool))
    if any(each["url"] == body["url"] for each in audience.webhooks.values()):
        raise invalid(("url", "Sorry, you can't set up multiple WebHooks for one URL"))
    number = secrets.token_hex(5)
    secret = secrets.token_hex(16) if call.account.signs else None
    shown = {
        "id": number,
        "url": body["url"],
        "events": dict.fromkeys(_WEBHOOK_EVENTS, False) | body.get("events", {}),
        "sources": {"user": True, "admin": True, "api": True} | body.get("sources", {}),
        "list_id": audience.id,
        "signing_enabled": secret is not None,
    }
    audience.webhooks[number] = {**shown, "secret": secret}
    return 200, {**shown, "signing_secret": secret} if secret else shown


def remove_webhook(call: Call) -> Answer:
    if call.account.audience(call.path["list"]).webhooks.pop(call.path["webhook"], None) is None:
        raise not_found()
    return 204, None


_LIST, _MEMBERS = "/lists/{list}", "/lists/{list}/members/{member}"
API: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/ping", ping),
    ("GET", "/lists", list_audiences),
    ("POST", _LIST, post_members),
    ("GET", f"{_LIST}/merge-fields", list_merge_fields),
    ("GET", f"{_LIST}/members", list_members),
    ("GET", _MEMBERS, get_member),
    ("PUT", _MEMBERS, put_member),
    ("DELETE", _MEMBERS, archive_member),
    ("POST", f"{_MEMBERS}/tags", tag_member),
    ("POST", f"{_MEMBERS}/events", note_event),
    ("POST", f"{_MEMBERS}/actions/delete-permanent", erase_member),
    ("POST", f"{_LIST}/webhooks", add_webhook),
    ("DELETE", f"{_LIST}/webhooks/{{webhook}}", remove_webhook),
    ("GET", "/campaigns", list_campaigns),
    ("GET", "/reports", list_reports),
    ("POST", "/batches", start_job),
    ("GET", "/batches/{job}", get_job),
)
_PATTERNS = [
    (method, re.compile(re.sub(r"\{([a-z]+)\}", r"(?P<\1>[^/]+)", path)), handler)
    for method, path, handler in API
    if path != "/batches"
]
