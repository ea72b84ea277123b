/** Amounts as the hub gives them, decimal strings, reckoned without floats: 0.1 and 0.2 are 0.3. */

/** The generated types call amounts numbers; the hub sends strings. */
export type Amount = string | number;

const AMOUNT = /^\d{1,12}(\.\d{1,6})?$/;

/** Whether a text is an amount as the hub takes it: digits, and a point with up to six more. */
export function isAmount(text: string): boolean {
  return AMOUNT.test(text);
}

/** What is left of an amount when others are taken away; as many decimals as the longest of them has. */
export function minus(amount: Amount, ...others: Amount[]): string {
  const scale = Math.max(...[amount, ...others].map(decimals));
  return written(
    others.reduce((left, each) => left - units(each, scale), units(amount, scale)),
    scale,
  );
}

/** The sum; as many decimals as the longest has. */
export function plus(...amounts: Amount[]): string {
  const scale = Math.max(0, ...amounts.map(decimals));
  return written(
    amounts.reduce((total, each) => total + units(each, scale), 0n),
    scale,
  );
}

/** Below, at or above 0 as the first is less than, the same as or more than the second. */
export function compare(one: Amount, other: Amount): number {
  const scale = Math.max(decimals(one), decimals(other));
  const [left, right] = [units(one, scale), units(other, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function decimals(amount: Amount): number {
  return String(amount).split(".")[1]?.length ?? 0;
}

function units(amount: Amount, scale: number): bigint {
  const [whole = "0", part = ""] = String(amount).split(".");
  return BigInt(whole + part.padEnd(scale, "0"));
}

function written(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const sign = value < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
