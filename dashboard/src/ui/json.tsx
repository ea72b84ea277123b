/** JSON to read: branches open and close; what the hub has redacted is shown as it is. */
import { CopyButton } from "./copy_button";

const OPEN_DEPTH = 2;

export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    <div className="relative rounded-box border border-line bg-sunken" dir="ltr" lang="en">
      <span className="absolute end-1 top-1">
        <CopyButton text={JSON.stringify(value, null, 2)} />
      </span>
      {/* Long values scroll, and who has no mouse scrolls by the keyboard. */}
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex */}
      <div
        role="region"
        aria-label={label}
        tabIndex={0}
        className="overflow-x-auto p-3 pe-8 font-mono text-xs leading-5"
      >
        <Branch value={value} depth={0} />
      </div>
      {/* eslint-enable jsx-a11y/no-noninteractive-tabindex */}
    </div>
  );
}

function Branch({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  const prefix = name === undefined ? null : <span className="text-accent-strong">{name}: </span>;
  if (typeof value !== "object" || value === null) {
    return (
      <div className="whitespace-pre-wrap break-words">
        {prefix}
        {JSON.stringify(value)}
      </div>
    );
  }
  const entries: [string, unknown][] = Object.entries(value);
  const [opening, closing] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) {
    return (
      <div>
        {prefix}
        {opening}
        {closing}
      </div>
    );
  }
  return (
    <details open={depth < OPEN_DEPTH}>
      <summary className="min-h-[24px] cursor-pointer content-center">
        {prefix}
        {opening} <span className="text-muted">{entries.length}</span> {closing}
      </summary>
      <div className="ps-4">
        {entries.map(([key, each]) => (
          <Branch key={key} name={key} value={each} depth={depth + 1} />
        ))}
      </div>
    </details>
  );
}
