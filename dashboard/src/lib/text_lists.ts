/** Lists that are written in one field. */

/** "a, b" as ["a", "b"]; the Arabic comma separates too. */
export function commaList(text: string): string[] {
  return parts(text, /[,،]/);
}

/** A line each. */
export function lineList(text: string): string[] {
  return parts(text, /\n/);
}

function parts(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter(Boolean);
}
