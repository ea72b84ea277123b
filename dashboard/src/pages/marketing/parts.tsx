/** Small parts that the tabs share: facts, tags, a tool's name, what went wrong with a form. */
import type { ReactNode } from "react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import type { Connection } from "@/hooks/connections";
import { asProblem } from "@/lib/problem";
import { Fact, Facts as FactList } from "@/ui/facts";
import { Trouble } from "@/ui/states";

/** Facts by name; those that are null, false or empty are left out. */
export function Facts({ rows }: { rows: readonly (readonly [label: ReactNode, fact: ReactNode])[] }) {
  return (
    <div className="px-4 py-3">
      <FactList>
        {rows.map(([label, fact], index) => (
          <Fact key={index} name={label}>
            {fact}
          </Fact>
        ))}
      </FactList>
    </div>
  );
}

/** Tags; with `onChoose` a press on one filters by it. */
export function Tags({ tags, onChoose }: { tags: readonly string[]; onChoose?: (tag: string) => void }) {
  const { t } = useTranslation("marketing");
  const look = "rounded-full bg-sunken px-2 text-xs";
  return (
    <span className="inline-flex flex-wrap gap-1">
      {tags.map((tag) =>
        onChoose ? (
          <button
            key={tag}
            type="button"
            className={`${look} min-h-6 hover:bg-accent-soft hover:text-accent-strong`}
            aria-label={t("leads.with_tag", { tag })}
            onClick={(event) => {
              event.stopPropagation();
              onChoose(tag);
            }}
          >
            <bdi>{tag}</bdi>
          </button>
        ) : (
          <bdi key={tag} className={`${look} py-0.5`}>
            {tag}
          </bdi>
        ),
      )}
    </span>
  );
}

/** A connection's name, leading to its settings. */
export function ToolName({ connection }: { connection: Connection | undefined }) {
  const { t } = useTranslation("marketing");
  const { slug } = useOrganization();
  if (!connection) return <span className="text-muted">{t("gone_tool")}</span>;
  return (
    <Link
      to="/o/$slug/settings"
      params={{ slug }}
      search={{ tab: "connections", connection: connection.id }}
      className="font-medium hover:text-accent-strong hover:underline"
    >
      <bdi>{connection.name}</bdi>
    </Link>
  );
}

/** What the hub said against a form's field, such as `email`; undefined: nothing. */
export function errorAt(error: unknown, field: string): string | undefined {
  if (error === null || error === undefined) return undefined;
  const problem = asProblem(error);
  return problem.field === field || problem.field?.startsWith(`${field}.`) === true ? problem.message : undefined;
}

/** What went wrong, unless a field shows it. */
export function FormTrouble({ error, fields }: { error: unknown; fields: readonly string[] }) {
  if (error === null || error === undefined || fields.some((field) => errorAt(error, field) !== undefined)) return null;
  const { field } = asProblem(error);
  return (
    <div className="rounded-box bg-bad-soft">
      <Trouble error={error} />
      {field !== null && (
        <p className="pb-3 text-center font-mono text-xs" dir="ltr">
          {field}
        </p>
      )}
    </div>
  );
}

/** The hub's own sentence of an error kept in a row, which is English. */
export function RowError({ error }: { error: unknown }) {
  const { message, code } = (error ?? {}) as { message?: string; code?: string };
  const said = message ?? code;
  if (said === undefined) return null;
  return (
    <span lang="en" dir="auto" className="text-[13px] break-words text-bad">
      {said}
    </span>
  );
}
