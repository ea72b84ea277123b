"""The words of alerts in English and Arabic.

Titles are written in English where an alert is raised. In Arabic a rule's alert is written anew from its figures, and
the others get the name of their kind before the title.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.monitoring.channels.notice import Message, Notice


@dataclass(frozen=True, slots=True)
class Words:
    """One language.

    :param transitions: what has become of an alert, by `Notice.transition`.
    :param kinds: names of the kinds whose titles are in another language.
    :param rules: sentences by the rule's metric, filled with `Notice.detail`.
    """

    code: str
    direction: str
    severities: Mapping[str, str]
    transitions: Mapping[str, str]
    connection: str
    since: str
    seen: str
    open_page: str
    digest: str
    kinds: Mapping[str, str]
    rules: Mapping[str, str]

    def title(self, notice: Notice) -> str:
        """What is wrong, in one line."""
        sentence = self.rules.get(notice.kind.removeprefix("rule."), "") if notice.kind.startswith("rule.") else ""
        if sentence:
            return sentence.format_map(_Shown(notice.detail))
        name = self.kinds.get(notice.kind)
        return f"{name}: {notice.title}" if name else notice.title

    def headline(self, notice: Notice) -> str:
        """What has become of it, and how bad it is."""
        what = self.transitions[notice.transition]
        return what if notice.transition in ("resolved", "test") else f"{what} ({self.severities[notice.severity]})"

    def subject(self, message: Message) -> str:
        """The one line of a whole message."""
        if len(message.notices) > 1:
            return f"{message.organization_name}: {self.digest.format(count=len(message.notices))}"
        (notice,) = message.notices
        return f"{message.organization_name}: {self.headline(notice)}: {self.title(notice)}"


class _Shown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


ENGLISH: Final = Words(
    code="en",
    direction="ltr",
    severities={"info": "for information", "warning": "warning", "critical": "critical"},
    transitions={
        "opened": "Alert",
        "worsened": "Worse now",
        "reminded": "Still open",
        "escalated": "Nobody has acknowledged",
        "acknowledged": "Somebody is on it",
        "resolved": "Over",
        "test": "Test message",
    },
    connection="Connection",
    since="Since",
    seen="Seen",
    open_page="Open in the hub",
    digest="{count} notices",
    kinds={},
    rules={},
)
ARABIC: Final = Words(
    code="ar",
    direction="rtl",
    severities={"info": "للعلم", "warning": "تحذير", "critical": "حرج"},
    transitions={
        "opened": "تنبيه",
        "worsened": "ازداد الأمر سوءًا",
        "reminded": "ما زال قائمًا",
        "escalated": "لم يستلمه أحد",
        "acknowledged": "هناك من يتابعه",
        "resolved": "انتهى",
        "test": "رسالة تجريبية",
    },
    connection="الاتصال",
    since="منذ",
    seen="عدد المرات",
    open_page="افتح في وصل",
    digest="{count} إشعارات",
    kinds={
        "account.removed": "حساب لم يعد متاحًا",
        "alert_channel.failing": "قناة تنبيه لا تستقبل",
        "automation.failed": "فشل الأتمتة",
        "automation.too_often": "أتمتة متكررة",
        "connection.degraded": "اتصال بطيء",
        "connection.down": "اتصال معطل",
        "connection.needs_attention": "بيانات الدخول مرفوضة",
        "connection.reauthorize": "يلزم تجديد الإذن",
        "lead.not_synced": "عملاء محتملون لم يُنقلوا",
        "operation.dead": "عملية تُركت",
        "payment.disputed": "اعتراض على دفعة",
        "payment.ledger_differs": "اختلاف في سجل الدفعات",
        "payment.reconciliation": "فروق في المطابقة",
        "post.failed": "منشور لم يُنشر",
        "shipment.exception": "عائق في الشحنة",
        "shipment.label_missing": "ملصق شحن مفقود",
        "shipment.not_picked_up": "شحنة لم تُستلم",
        "shipment.outcome_unknown": "نتيجة شحنة غير معروفة",
        "shipment.stalled": "شحنة متوقفة",
        "shipment.untracked": "شحنة لم تعد تُتابع",
    },
    rules={
        "error_rate": "{subject}: فشل {value}٪ من الطلبات",
        "latency": "{subject}: يستغرق {percentile}٪ من الطلبات حتى {value} مللي ثانية",
        "consecutive_failures": "{subject}: فشل آخر {value} من الطلبات على التوالي",
        "webhook_backlog": "{value} من إشعارات الويب تنتظر منذ أكثر من دقيقة",
        "dead_letters": "تُركت {value} من المهام خلال {window_minutes} دقيقة",
        "credential_expiry": "{subject}: ينتهي الوصول خلال {value} يومًا",
        "rate_budget": "{subject}: بقي {value}٪ من حد الطلبات",
        "stalled_shipments": "{subject}: {value} من الشحنات متوقفة",
        "reconciliation_differences": "{subject}: {value} من الدفعات تختلف عن بوابة الدفع",
    },
)


def languages(message: Message) -> tuple[Words, ...]:
    """The languages of a message that has room for several."""
    return {"en": (ENGLISH,), "ar": (ARABIC,)}.get(message.language or "", (ENGLISH, ARABIC))


def language(message: Message) -> Words:
    """The one language of a message that has room for one."""
    return ARABIC if message.language == "ar" else ENGLISH


def shown_facts(words: Words, notice: Notice) -> list[tuple[str, str]]:
    """What else there is to say, label and value."""
    facts = [(words.since, f"{notice.first_seen_at:%Y-%m-%d %H:%M} UTC")]
    if notice.connection_name:
        facts.insert(0, (words.connection, notice.connection_name))
    if notice.occurrences > 1:
        facts.append((words.seen, str(notice.occurrences)))
    return facts
