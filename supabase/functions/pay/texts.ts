// What a payer may read, in English and Arabic.

import type { Text } from "../_shared/say.ts";

type Told = (amount: string, page: string) => Text;

/** The texts of all that is not about how a payment went. */
export const TEXTS = {
  open: ["Open this link in a browser to pay.", "افتح هذا الرابط في المتصفح للدفع."] as Text,
  unknown: [
    "There is no such payment link. Check that the address is complete.",
    "رابط الدفع غير موجود. تأكد من أن العنوان كامل.",
  ] as Text,
  paidAlready: ["This has been paid already. Nothing more is due.", "تم الدفع مسبقًا. لا يلزم دفع أي مبلغ آخر."] as Text,
  disabled: [
    "This payment link is no longer in use. Ask the merchant for a new one.",
    "رابط الدفع هذا لم يعد مستخدمًا. اطلب رابطًا جديدًا من التاجر.",
  ] as Text,
  expired: [
    "This payment link has expired. Ask the merchant for a new one.",
    "انتهت صلاحية رابط الدفع. اطلب رابطًا جديدًا من التاجر.",
  ] as Text,
  tooMany: [
    "Too many people are using this link. Wait a minute and open it again.",
    "عدد كبير من الأشخاص يستخدمون هذا الرابط. انتظر دقيقة ثم افتحه مرة أخرى.",
  ] as Text,
  slow: [
    "The payment page is being prepared. If it does not appear by itself, open the link again in a moment.",
    "يجري تجهيز صفحة الدفع. إذا لم تظهر تلقائيًا فافتح الرابط مرة أخرى بعد لحظات.",
  ] as Text,
  noPage: [
    "The payment could not be started, and nothing was charged. Open the link again later, or ask the merchant.",
    "تعذّر بدء الدفع ولم يُخصم أي مبلغ. افتح الرابط لاحقًا أو تواصل مع التاجر.",
  ] as Text,
  unavailable: [
    "Payments cannot be taken right now. Open the link again later, or ask the merchant.",
    "لا يمكن استلام المدفوعات الآن. افتح الرابط لاحقًا أو تواصل مع التاجر.",
  ] as Text,
  notYet: ((_, page) => [
    `Not paid yet. If you have just paid, reload this page in a moment. To pay, open ${page}`,
    `لم يكتمل الدفع بعد. إذا دفعت للتو فأعد تحميل هذه الصفحة بعد لحظات. للدفع افتح ${page}`,
  ]) as Told,
};

const paid: Told = (amount) => [`Paid: ${amount}. Thank you.`, `تم الدفع: ${amount}. شكرًا لك.`];
const refunded: Told = (amount) => [
  `The payment of ${amount} was refunded.`,
  `تم رد مبلغ الدفع ${amount}.`,
];
const processing: Told = (amount) => [
  `The payment of ${amount} is being processed. Do not pay again.`,
  `جارٍ تنفيذ الدفع بمبلغ ${amount}. لا تدفع مرة أخرى.`,
];
const failed: Told = (_, page) => [
  `The payment did not go through. To try again, open ${page}`,
  `لم تنجح عملية الدفع. للمحاولة مرة أخرى افتح ${page}`,
];

/** How it went, by the payment's status; of any other nothing is known yet. */
export const RETURNED: Record<string, Told> = {
  processing,
  authorized: paid,
  partially_captured: paid,
  captured: paid,
  disputed: paid,
  partially_refunded: paid,
  refunded,
  failed,
  cancelled: failed,
  expired: failed,
};
