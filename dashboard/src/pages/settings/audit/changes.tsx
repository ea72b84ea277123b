/** What was changed, column by column, before and after. Secrets and what tells of a person were masked when it was written. */
import { useTranslation } from "react-i18next";
import { Heading } from "@/ui/facts";

export function Changes({ before, after }: { before: unknown; after: unknown }) {
  const { t } = useTranslation("settings");
  return (
    <section>
      <Heading>{t("audit.changes")}</Heading>
      {/* A wide table scrolls; who has no mouse does so by the keyboard. */}
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex */}
      <div
        className="overflow-x-auto rounded-box border border-line"
        role="region"
        aria-label={t("audit.changes")}
        tabIndex={0}
      >
        <table className="w-full text-[13px]">
          <thead className="bg-sunken text-muted">
            <tr>
              {(["column", "before", "after"] as const).map((each) => (
                <th key={each} scope="col" className="px-3 py-2 text-start font-medium">
                  {t(`audit.${each}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {changedColumns(before, after).map(([name, was, is]) => (
              <tr key={name} className="border-t border-line align-top">
                <th scope="row" className="px-3 py-2 text-start font-mono text-xs font-normal" dir="ltr">
                  {name}
                </th>
                <Value value={was} />
                <Value value={is} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {/* eslint-enable jsx-a11y/no-noninteractive-tabindex */}
    </section>
  );
}

function Value({ value }: { value: unknown }) {
  return (
    <td className="px-3 py-2">
      {value === undefined ? (
        <span className="text-muted">–</span>
      ) : (
        <code dir="auto" className="font-mono text-xs break-words whitespace-pre-wrap">
          {typeof value === "string" ? value : JSON.stringify(value, null, 1)}
        </code>
      )}
    </td>
  );
}

/** The columns of either side by name; undefined: that side has none. */
export function changedColumns(before: unknown, after: unknown): [name: string, before: unknown, after: unknown][] {
  const [was, is] = [before, after].map((side) => (typeof side === "object" && side !== null ? side : {})) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().map((name) => [name, was[name], is[name]]);
}
