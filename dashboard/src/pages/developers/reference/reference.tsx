/** The API's reference: the document that the hub is described by, searched, read, and tried. */
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cx } from "@/lib/cx";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { Empty, NoMatch, Result } from "@/ui/states";
import { developersRoute } from "../route";
import { fetchReference, matching, type Operation, type Reference } from "./document";
import { MethodBadge } from "./method_badge";
import { OperationView } from "./operation_view";

export function ReferenceTab() {
  // It changes only with the dashboard itself.
  const reference = useQuery({
    queryKey: ["api_reference"],
    queryFn: ({ signal }) => fetchReference(signal),
    staleTime: Infinity,
  });
  return (
    <Result query={reference} lines={12}>
      {(document) => <Browser reference={document} />}
    </Result>
  );
}

function Browser({ reference }: { reference: Reference }) {
  const { t } = useTranslation("developers");
  const { operation: openId, q = "" } = developersRoute.useSearch();
  const navigate = developersRoute.useNavigate();
  const open = openId === undefined ? undefined : reference.byId.get(openId);
  const search = (text: string) =>
    void navigate({ search: (before) => ({ ...before, q: text === "" ? undefined : text }), replace: true });
  const choose = (id: string | undefined) => void navigate({ search: (before) => ({ ...before, operation: id }) });
  const groups = reference.groups.flatMap(({ name, description, operations }) => {
    const found = matching(operations, q);
    return found.length > 0 ? [{ name, description, operations: found }] : [];
  });
  return (
    <div className="grid grid-cols-1 items-start gap-5 md:grid-cols-[17rem_minmax(0,1fr)]">
      <nav
        aria-label={t("reference.operations")}
        className={cx(
          "flex flex-col gap-2 md:sticky md:top-16 md:max-h-[calc(100dvh-5rem)]",
          open !== undefined && "max-md:hidden",
        )}
      >
        <Input
          type="search"
          aria-label={t("reference.search")}
          placeholder={t("reference.search")}
          value={q}
          onChange={(event) => search(event.target.value)}
        />
        <div className="min-h-0 overflow-y-auto rounded-box border border-line bg-surface">
          {groups.length === 0 && <NoMatch onClear={() => search("")} />}
          {groups.map(({ name, operations }) => (
            <Group key={name} name={name} operations={operations} openId={openId} onChoose={choose} />
          ))}
        </div>
      </nav>
      <div className={cx("min-w-0", open === undefined && "max-md:hidden")}>
        {open ? (
          <>
            <Button look="quiet" size="small" className="mb-2 md:hidden" onClick={() => choose(undefined)}>
              <ArrowLeft className="size-4 rtl:-scale-x-100" aria-hidden />
              {t("reference.back")}
            </Button>
            <OperationView key={open.id} operation={open} reference={reference} />
          </>
        ) : (
          <Empty
            title={t(openId === undefined ? "reference.choose" : "reference.unknown")}
            action={<Button onClick={() => choose("list_payments")}>{t("reference.begin")}</Button>}
          >
            {t("reference.choose_text")}
          </Empty>
        )}
      </div>
    </div>
  );
}

interface GroupProps {
  name: string;
  operations: readonly Operation[];
  openId: string | undefined;
  onChoose: (id: string) => void;
}

function Group({ name, operations, openId, onChoose }: GroupProps) {
  const { t } = useTranslation("developers");
  const words = t("reference.group", { returnObjects: true }) as Record<string, string>;
  return (
    <section aria-label={words[name] ?? name}>
      <h2 className="sticky top-0 flex justify-between border-b border-line bg-sunken px-3 py-1.5 text-xs font-medium text-muted">
        <span>{words[name] ?? name}</span>
        <span className="tabular">{operations.length}</span>
      </h2>
      <ul>
        {operations.map(({ id, method, path }) => (
          <li key={id}>
            <button
              type="button"
              aria-current={id === openId || undefined}
              onClick={() => onChoose(id)}
              className="flex w-full items-baseline gap-2 px-3 py-1.5 text-start -outline-offset-2 hover:bg-sunken aria-current:bg-accent-soft"
            >
              <MethodBadge method={method} />
              <code dir="ltr" className="truncate font-mono text-xs" title={path}>
                {shortPath(path)}
              </code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Without what all paths of the group begin with. */
function shortPath(path: string): string {
  return path.replace(/^\/(rest|functions)\/v1\/(rpc\/)?/, "");
}
