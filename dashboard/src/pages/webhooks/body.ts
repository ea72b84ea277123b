/** Bodies of webhooks: bytes as PostgREST gives them, and the text or JSON in them. */

/** Bytes of a `bytea` column, which PostgREST writes as `\x` and hexadecimal digits. */
export function bytesOf(hex: string): Uint8Array {
  const digits = hex.startsWith("\\x") ? hex.slice(2) : hex;
  return Uint8Array.from({ length: digits.length / 2 }, (_, place) =>
    parseInt(digits.slice(place * 2, place * 2 + 2), 16),
  );
}

/** The text that bytes are in UTF-8; null: they are none. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What a text says: JSON, or the fields of a form; undefined: neither. */
export function valueOf(text: string, contentType: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return contentType.includes("x-www-form-urlencoded") ? Object.fromEntries(new URLSearchParams(text)) : undefined;
  }
}

const WIDTH = 16;
/** More than this is looked at elsewhere. */
const MOST_LINES = 512;

/** Bytes as lines of hexadecimal digits with the characters beside them. */
export function hexDump(bytes: Uint8Array): string {
  const lines = Math.min(Math.ceil(bytes.length / WIDTH), MOST_LINES);
  return Array.from({ length: lines }, (_, line) => {
    const part = [...bytes.slice(line * WIDTH, (line + 1) * WIDTH)];
    const digits = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const characters = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    return `${(line * WIDTH).toString(16).padStart(6, "0")}  ${digits.padEnd(WIDTH * 3 - 1)}  ${characters}`;
  }).join("\n");
}
