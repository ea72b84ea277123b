/** Words of the field in the reader's language: methods, countries, reasons, rules. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "@/app/style";

/** For codes that come from the hub: their word where there is one, else the code as it is. */
export function useWords() {
  const { t } = useTranslation("payments");
  const language = useLanguage();
  return useMemo(() => {
    const book = (name: "method" | "reason" | "dispute_reason" | "event" | "kind" | "made_by") =>
      t(name, { returnObjects: true }) as unknown as Record<string, string>;
    const found = (name: Parameters<typeof book>[0], key: string) => book(name)[key];
    const list = new Intl.ListFormat(language, { type: "conjunction" });
    const countries = new Intl.DisplayNames([language], { type: "region" });
    return {
      method: (method: string) => found("method", method) ?? method.replaceAll("_", " "),
      /** Undefined: the gateway's own words must do. */
      reason: (reason: string | null | undefined) => (reason ? found("reason", reason) : undefined),
      /** Why money is asked back; undefined: the gateway's own words must do. */
      dispute: (reason: string | null) => (reason ? found("dispute_reason", reason.toLowerCase()) : undefined),
      /** Of the ledger, such as `payment.captured`. */
      event: (type: string) => found("event", type.replace(".", "_")) ?? type,
      /** Of an operation, such as `payment.refund`. */
      kind: (kind: string) => found("kind", kind.split(".").at(-1) ?? kind) ?? kind,
      /** Who asked: `user:<id>`, `api_key:<id>`, `payment_link:<id>`, `service`, `worker`, `provider`. */
      maker: (actor: string) => found("made_by", actor.split(":")[0] ?? actor) ?? actor,
      country: (code: string) => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code),
      list: (items: readonly string[]) => list.format(items),
    };
  }, [t, language]);
}

/** Why a line of the ledger was not applied. */
export function whyIgnored({ detail }: { detail: unknown }): "another_charge" | "stale" {
  return (detail as { another_charge?: string }).another_charge === undefined ? "stale" : "another_charge";
}

export const METHODS = [
  "card",
  "apple_pay",
  "google_pay",
  "samsung_pay",
  "paypal",
  "pay_later",
  "mada",
  "stc_pay",
  "knet",
  "benefit",
  "omannet",
  "naps",
  "fawry",
  "bank_transfer",
] as const;
