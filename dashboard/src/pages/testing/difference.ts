/** Two pieces of JSON side by side, value by value. */

export interface Line {
  /** Such as `customer.email` or `items.0.name`. */
  path: string;
  a: string | undefined;
  b: string | undefined;
  same: boolean;
}

/** Every value of either, in the order of the first, with what the other has there. */
export function compare(a: unknown, b: unknown): Line[] {
  const [first, second] = [flat(a), flat(b)];
  const paths = [...new Set([...first.keys(), ...second.keys()])];
  return paths.map((path) => {
    const [one, other] = [first.get(path), second.get(path)];
    return { path, a: one, b: other, same: one === other };
  });
}

function flat(value: unknown): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (each: unknown, path: string) => {
    const inner = typeof each === "object" && each !== null ? Object.entries(each) : [];
    if (inner.length > 0) for (const [key, below] of inner) walk(below, path === "" ? key : `${path}.${key}`);
    else if (each !== undefined) found.set(path, typeof each === "string" ? each : JSON.stringify(each));
  };
  walk(value, "");
  return found;
}

/** A body as it was recorded: JSON or a form read as what they are, everything else as text; nothing as nothing. */
export function readBody(body: string | null): unknown {
  if (body === null || body === "") return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return /^[\w.[\]%-]+=[^\s<]*$/.test(body) ? Object.fromEntries(new URLSearchParams(body)) : body;
  }
}
