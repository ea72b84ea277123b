// What somebody may read who comes back from a provider, in English and Arabic.

import type { Text } from "../_shared/say.ts";

/** The texts of all that is not about how a consent ended. */
export const TEXTS = {
  open: ["Open this address in a browser to go on.", "افتح هذا العنوان في المتصفح للمتابعة."] as Text,
  unknown: [
    "This sign-in is not known, or took too long. Go back to the app and begin again.",
    "عملية تسجيل الدخول هذه غير معروفة أو انتهت مهلتها. ارجع إلى التطبيق وابدأ من جديد.",
  ] as Text,
  used: [
    "This sign-in has been finished already. Go back to the app.",
    "اكتملت عملية تسجيل الدخول هذه مسبقًا. ارجع إلى التطبيق.",
  ] as Text,
  unavailable: [
    "The sign-in cannot be finished right now. Reload this page in a moment.",
    "لا يمكن إكمال تسجيل الدخول الآن. أعد تحميل هذه الصفحة بعد لحظات.",
  ] as Text,
};

/** How a consent ended. */
export const OUTCOMES: Record<"connected" | "failed" | "pending", Text> = {
  connected: ["Connected. You can close this page.", "تم الربط. يمكنك إغلاق هذه الصفحة."],
  failed: [
    "Not connected. Go back to the app to see why, and begin again.",
    "لم يتم الربط. ارجع إلى التطبيق لمعرفة السبب وابدأ من جديد.",
  ],
  pending: [
    "The connection is being made. You can close this page and look in the app.",
    "يجري الربط الآن. يمكنك إغلاق هذه الصفحة ومتابعة الحالة في التطبيق.",
  ],
};
