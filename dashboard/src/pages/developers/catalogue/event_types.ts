/** The types of events that the hub tells, read from the table in docs/webhooks.md, which is where they are written down. */

export interface EventType {
  /** Such as `payment.succeeded`; `track.*` stands for all that clients track. */
  type: string;
  /** What it is about: payment, shipment, lead … */
  group: string;
  /** What its `data` holds, in the document's words. */
  data: string;
}

/** Throws an error when the document has no such table. */
export function readEventTypes(document: string): EventType[] {
  const lines = document.split("\n");
  const head = lines.findIndex((line) => /^\|\s*event\s*\|\s*when\s*\|\s*data\s*\|/.test(line));
  if (head < 0) throw new Error("The document lists no events.");
  const rows = lines.slice(head + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end < 0 ? rows.length : end).flatMap((line) => {
    const [names = "", when = "", data = ""] = line
      .split("|")
      .slice(1)
      .map((cell) => cell.trim());
    return codesIn(names)
      .flatMap((name) => typesOf(name, when))
      .map((type) => ({ type, group: type.split(".")[0] ?? type, data: data.replaceAll("`", "") }));
  });
}

/** `payment.<status>` is a type for each status that the second column names. */
function typesOf(name: string, when: string): string[] {
  if (name.endsWith(".<status>")) return codesIn(when).map((status) => name.replace("<status>", status));
  return [name.replace(/<\w+>/, "*")];
}

function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");
}

/** The key of a type in the page's texts. */
export function textKey(type: string): string {
  return type.replaceAll(".", "_").replace("*", "any");
}

/** Types in which every word of the search occurs, in their name or their meaning. */
export function matchingTypes(
  types: readonly EventType[],
  search: string,
  meaning: (type: string) => string,
): EventType[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return types.filter(({ type }) => {
    const text = `${type} ${meaning(type)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
