/** An amount with its currency, kept in one piece and left to right in Arabic too. */
import { useStyle } from "@/app/style";
import { formatMoney } from "@/lib/format";

export function Money({ amount, currency }: { amount: string | number; currency: string }) {
  return <bdi className="tabular whitespace-nowrap">{formatMoney(amount, currency, useStyle())}</bdi>;
}
