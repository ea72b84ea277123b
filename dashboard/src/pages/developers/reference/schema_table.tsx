/** Fields, one a line: name, what it takes, what it means. Branches open below their field. */
import { useState } from "react";
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cx } from "@/lib/cx";
import { Badge } from "@/ui/badge";
import { isComputed, type Schema, typeOf } from "./document";

type Resolve = (schema: Schema) => Schema;

export interface Line {
  name: string;
  schema: Schema;
  required: boolean;
  description: string;
}

/** The fields of an object, or of the objects of a list; null: it has none. */
export function linesOf(schema: Schema, resolve: Resolve): Line[] | null {
  const own = resolve(schema);
  if (own.items && !own.properties) return linesOf(own.items, resolve);
  if (!own.properties) return null;
  return Object.entries(own.properties).map(([name, each]) => {
    const field = resolve(each);
    return {
      name,
      schema: field,
      required: own.required?.includes(name) ?? false,
      description: field.description ?? "",
    };
  });
}

interface Props {
  /** Names the table for screen readers. */
  label: string;
  lines: readonly Line[];
  resolve: Resolve;
}

export function SchemaTable({ label, lines, resolve }: Props) {
  const { t } = useTranslation("developers");
  return (
    <div className="overflow-x-auto rounded-box border border-line">
      <table aria-label={label} className="w-full border-collapse text-[13px]">
        <thead className="bg-sunken text-xs text-muted">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-start font-medium">
              {t("reference.field")}
            </th>
            <th scope="col" className="px-3 py-1.5 text-start font-medium">
              {t("reference.takes")}
            </th>
            <th scope="col" className="px-3 py-1.5 text-start font-medium">
              {t("reference.means")}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Rows key={line.name} line={line} resolve={resolve} depth={0} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

// The document has no circles; this keeps one that came from hanging the page.
const DEEPEST = 6;

function Rows({ line, resolve, depth }: { line: Line; resolve: Resolve; depth: number }) {
  const { t } = useTranslation("developers");
  const [open, setOpen] = useState(false);
  const { name, schema, required, description } = line;
  const below = depth < DEEPEST ? linesOf(schema, resolve) : null;
  const code = (
    <code dir="ltr" className="font-mono text-xs">
      {name}
    </code>
  );
  return (
    <>
      <tr className="border-t border-line align-top">
        <th scope="row" className="px-3 py-1.5 text-start font-normal whitespace-nowrap">
          <span className="flex items-center gap-1.5" style={{ paddingInlineStart: `${depth}rem` }}>
            {below ? (
              <button
                type="button"
                aria-expanded={open}
                className="inline-flex items-center gap-1"
                onClick={() => setOpen(!open)}
              >
                <ChevronRight className={cx("size-3.5", open ? "rotate-90" : "rtl:rotate-180")} aria-hidden />
                {code}
              </button>
            ) : (
              code
            )}
            {required && <span className="text-xs text-bad">{t("reference.required")}</span>}
          </span>
        </th>
        <td className="px-3 py-1.5">
          <code dir="ltr" className="font-mono text-xs break-words text-muted">
            {typeOf(schema, resolve)}
          </code>
        </td>
        <td className="min-w-56 px-3 py-1.5">
          {isComputed(schema) && (
            <span className="me-1.5">
              <Badge tone="info">{t("reference.computed")}</Badge>
            </span>
          )}
          <span lang="en" dir="auto">
            {description}
          </span>
        </td>
      </tr>
      {open && below?.map((each) => <Rows key={each.name} line={each} resolve={resolve} depth={depth + 1} />)}
    </>
  );
}
