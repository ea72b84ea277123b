/** The Markdown of set-up guides: numbered steps with points below them, indented code, `code`, *stress* and **more**. */
import type { ReactNode } from "react";
import { Raw } from "./request";

interface Item {
  kind: "step" | "point" | "text" | "code";
  text: string;
  number?: number;
}

/** A guide as it is read; what it says is English. */
export function Markdown({ text, label }: { text: string; label: string }) {
  return (
    <div lang="en" dir="ltr" className="flex flex-col gap-2">
      {itemsOf(text).map((item, place) => (
        <Line key={place} item={item} label={label} />
      ))}
    </div>
  );
}

/** The lines of a guide by what they are; lines that go on are one. */
export function itemsOf(text: string): Item[] {
  const items: Item[] = [];
  let goesOn = false;
  for (const line of text.split("\n")) {
    const last = items.at(-1);
    const step = /^(\d+)\.\s+(.*)$/.exec(line);
    const point = /^\s*[-*]\s+(.*)$/.exec(line);
    const code = /^ {5,}(\S.*)$/.exec(line);
    if (line.trim() === "") {
      goesOn = false;
      continue;
    }
    if (step) items.push({ kind: "step", number: Number(step[1]), text: step[2] ?? "" });
    else if (point) items.push({ kind: "point", text: point[1] ?? "" });
    else if (code && last?.kind === "code") last.text += `\n${code[1] ?? ""}`;
    else if (code && !goesOn) items.push({ kind: "code", text: code[1] ?? "" });
    else if (goesOn && last && last.kind !== "code") last.text += ` ${line.trim()}`;
    else items.push({ kind: "text", text: line.trim() });
    goesOn = true;
  }
  return items;
}

function Line({ item, label }: { item: Item; label: string }) {
  if (item.kind === "code") return <Raw text={item.text} label={label} />;
  if (item.kind === "text") return <p>{inline(item.text)}</p>;
  return (
    <div className={item.kind === "point" ? "flex gap-2 ps-7" : "flex gap-2"}>
      <span className="tabular w-5 shrink-0 text-muted">{item.kind === "point" ? "•" : `${item.number ?? ""}.`}</span>
      <p className="min-w-0 break-words">{inline(item.text)}</p>
    </div>
  );
}

const PARTS = /(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|https?:\/\/[^\s)`]*[^\s)`.,;])/;

function inline(text: string): ReactNode[] {
  return text.split(PARTS).map((part, place) => {
    if (/^`.+`$/.test(part)) {
      return (
        <code key={place} className="rounded bg-sunken px-1 font-mono text-[13px] break-all">
          {part.slice(1, -1)}
        </code>
      );
    }
    if (/^\*\*.+\*\*$/.test(part)) return <strong key={place}>{part.slice(2, -2)}</strong>;
    if (/^\*.+\*$/.test(part)) return <em key={place}>{part.slice(1, -1)}</em>;
    if (/^https?:/.test(part)) {
      return (
        <span key={place} className="font-mono text-[13px] break-all">
          {part}
        </span>
      );
    }
    return part;
  });
}
