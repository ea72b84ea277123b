/** A list of what the tools have: campaigns, audiences or deals, with the tool and the state to filter by. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { buttonClass } from "@/ui/button";
import { Combobox } from "@/ui/combobox";
import { FilterBar } from "@/ui/filter_bar";
import { Select, type Option } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { marketingRoute } from "./route";
import { useTools } from "./use_tools";

interface Pages<R> {
  data: { pages: R[][] } | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

interface Props<R> {
  label: string;
  query: Pages<R>;
  columns: readonly Column<R>[];
  stream: "campaigns" | "audiences" | "deals";
  /** States to filter by; left out: there are none. */
  states?: readonly Option[];
  openId?: string | null;
  onOpen?: (id: string) => void;
}

const ANY = "any";

export function ToolTable<R extends { id: string }>(props: Props<R>) {
  const { label, query, columns, stream, states, openId = null, onOpen } = props;
  const { t } = useTranslation("marketing");
  const { slug } = useOrganization();
  const { connection, status } = marketingRoute.useSearch();
  const navigate = marketingRoute.useNavigate();
  const set = (change: { connection?: string | undefined; status?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...change }) });
  const { data: tools } = useTools();
  const filtered = connection !== undefined || status !== undefined;
  const clear = () => set({ connection: undefined, status: undefined });
  return (
    <>
      <FilterBar filtered={filtered} onClear={clear}>
        <Combobox
          clearable
          label={t("tool")}
          value={connection ?? null}
          onChange={(next) => set({ connection: next ?? undefined })}
          options={(tools ?? []).map((tool) => ({ value: tool.connection.id, label: tool.connection.name }))}
        />
        {states && (
          <Select
            compact
            aria-label={t("any_state")}
            value={status ?? ANY}
            onChange={(next) => set({ status: next === ANY ? undefined : next })}
            options={[{ value: ANY, label: t("any_state") }, ...states]}
          />
        )}
      </FilterBar>
      <Result
        query={query}
        lines={8}
        isEmpty={(data) => data.pages[0]?.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={clear} />
          ) : (
            <Empty
              title={t(`${stream}.empty`)}
              action={
                <Link
                  to="/o/$slug/marketing"
                  params={{ slug }}
                  search={{ tab: "tools" }}
                  className={buttonClass("secondary")}
                >
                  {t("to_tools")}
                </Link>
              }
            >
              {t(`${stream}.empty_text`)}
            </Empty>
          )
        }
      >
        {(data) => (
          <DataTable
            label={label}
            columns={columns}
            rows={data.pages.flat()}
            rowId={(row) => row.id}
            openId={openId}
            {...(onOpen && { onOpen: (row: R) => onOpen(row.id) })}
            hasMore={query.hasNextPage}
            loadingMore={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        )}
      </Result>
    </>
  );
}
