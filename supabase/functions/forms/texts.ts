// What a visitor may read who hands in a form or confirms it, in English and Arabic.

import type { Text } from "../_shared/say.ts";

/** The texts. */
export const TEXTS = {
  captured: ["Thank you. We have received it.", "شكرًا لك. تم استلام بياناتك."] as Text,
  confirm: [
    "Thank you. Please open the mail that we have sent you, and confirm your address there.",
    "شكرًا لك. افتح الرسالة التي أرسلناها إليك لتأكيد عنوان بريدك الإلكتروني.",
  ] as Text,
  confirmed: ["Thank you. Your address is confirmed.", "شكرًا لك. تم تأكيد عنوان بريدك الإلكتروني."] as Text,
  open: ["Open this link in a browser to confirm your address.", "افتح هذا الرابط في المتصفح لتأكيد عنوان بريدك."] as Text,
  nothingToConfirm: [
    "There is nothing to confirm by this link, or it has expired. Fill in the form again to get another one.",
    "لا يوجد ما يمكن تأكيده بهذا الرابط أو انتهت صلاحيته. املأ النموذج مرة أخرى للحصول على رابط جديد.",
  ] as Text,
  unknown: ["There is no such form.", "هذا النموذج غير موجود."] as Text,
  elsewhere: ["This form cannot be used from that page.", "لا يمكن استخدام هذا النموذج من تلك الصفحة."] as Text,
  unreadable: [
    "The form could not be read. Go back, and send it again without files.",
    "تعذّرت قراءة النموذج. ارجع وأرسله مرة أخرى من دون ملفات.",
  ] as Text,
  tooMany: [
    "The form was sent too often. Wait a minute, and send it again.",
    "أُرسل النموذج مرات كثيرة. انتظر دقيقة ثم أرسله مرة أخرى.",
  ] as Text,
  unavailable: [
    "The form cannot be taken right now. Send it again in a moment.",
    "لا يمكن استلام النموذج الآن. أعد الإرسال بعد لحظات.",
  ] as Text,
  wrong: (field: string | undefined, message: string): Text => [
    `Please go back and correct ${field ? `“${field}”` : "the form"}: ${message}`,
    field ? `يرجى الرجوع وتصحيح الحقل «${field}».` : "يرجى الرجوع وتصحيح النموذج.",
  ],
};
