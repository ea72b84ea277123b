/** Source text to read and copy. */
import { CopyButton } from "@/ui/copy_button";

export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative rounded-box border border-line bg-sunken" dir="ltr" lang="en">
      <span className="absolute end-1 top-1 rounded bg-sunken">
        <CopyButton text={text} />
      </span>
      {/* Long lines scroll, and who has no mouse scrolls by the keyboard. */}
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex */}
      <pre
        role="region"
        aria-label={label}
        tabIndex={0}
        className="max-h-96 overflow-auto p-3 pe-8 text-start font-mono text-xs leading-5"
      >
        {text}
      </pre>
      {/* eslint-enable jsx-a11y/no-noninteractive-tabindex */}
    </div>
  );
}
