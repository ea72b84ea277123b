/** The people who left their address: found by filters, or looked up by an address. */
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { UserPlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type ListedLead, useFindLeads, useLeads } from "@/hooks/leads";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { LeadFilterBar } from "./lead_filters";
import { LeadLookup } from "./lead_lookup";
import { LeadName, SourceName, LeadStanding } from "./lead_words";
import { Tags } from "./parts";
import { marketingRoute } from "./route";
import { Time } from "@/ui/time";

const LeadDrawer = lazy(() => import("./lead_drawer").then((module) => ({ default: module.LeadDrawer })));
const LeadDialog = lazy(() => import("./lead_dialog").then((module) => ({ default: module.LeadDialog })));

export default function Leads() {
  const { t } = useTranslation("marketing");
  const search = marketingRoute.useSearch();
  const navigate = marketingRoute.useNavigate();
  const set = useMemo(
    () => (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }) }),
    [navigate],
  );
  const mayWrite = useMay("developer");
  const style = useStyle();
  const leads = useLeads(search);
  const find = useFindLeads();
  const [looked, setLooked] = useState<string | null>(null);
  const filtered = [search.status, search.source, search.tag, search.push, search.connection].some(
    (filter) => filter !== undefined,
  );
  const clear = () => {
    setLooked(null);
    find.reset();
    set({ status: undefined, source: undefined, tag: undefined, push: undefined, connection: undefined });
  };
  const lookUp = async (address: string) => {
    setLooked(address);
    // What went wrong is shown below.
    const found = await find.mutateAsync(address).catch(() => []);
    if (found.length === 1) set({ lead: found[0]?.id });
  };
  const byTag = useCallback(
    (tag: string) => {
      setLooked(null);
      set({ tag });
    },
    [set],
  );
  const columns = useColumns(byTag);
  const table = (rows: ListedLead[], more = {}) => (
    <DataTable
      label={t("tabs.leads")}
      columns={columns}
      rows={rows}
      rowId={(lead) => lead.id}
      openId={search.lead ?? null}
      onOpen={(lead) => set({ lead: lead.id })}
      {...more}
    />
  );
  const add = mayWrite && (
    <Button look="primary" size="small" onClick={() => set({ lead: "new" })}>
      <UserPlus className="size-4" aria-hidden />
      {t("leads.add")}
    </Button>
  );
  return (
    <>
      <LeadLookup busy={find.isPending} looked={looked} onLook={(address) => void lookUp(address)} onClear={clear} />
      {looked === null ? (
        <>
          <LeadFilterBar search={search} set={set} filtered={filtered} onClear={clear} aside={add} />
          <Result
            query={leads}
            lines={10}
            isEmpty={(data) => data.pages[0]?.length === 0}
            empty={
              filtered ? (
                <NoMatch onClear={clear} />
              ) : (
                <Empty title={t("leads.empty")} action={add}>
                  {t("leads.empty_text")}
                </Empty>
              )
            }
          >
            {(data) =>
              table(data.pages.flat(), {
                hasMore: leads.hasNextPage,
                loadingMore: leads.isFetchingNextPage,
                onMore: () => void leads.fetchNextPage(),
              })
            }
          </Result>
        </>
      ) : (
        <Result
          query={{
            data: find.data,
            error: find.error,
            isPending: find.isPending || find.isIdle,
            refetch: () => void lookUp(looked),
          }}
          empty={
            <Empty title={t("leads.unknown")} action={<Button onClick={clear}>{t("leads.all")}</Button>}>
              {t("leads.unknown_text")}
            </Empty>
          }
        >
          {(found) => (
            <>
              <p className="mb-3 text-muted" role="status">
                {t("leads.found", { count: found.length, shown: formatCount(found.length, style) })}
              </p>
              {table(found)}
            </>
          )}
        </Result>
      )}
      <Suspense>
        {search.lead === "new" && (
          <LeadDialog lead={null} onClose={() => set({ lead: undefined })} onKept={(kept) => set({ lead: kept.id })} />
        )}
        {search.lead !== undefined && search.lead !== "new" && (
          <LeadDrawer
            leadId={search.lead}
            onClose={() => set({ lead: undefined })}
            onTag={(tag) => set({ tag, lead: undefined })}
          />
        )}
      </Suspense>
    </>
  );
}

function useColumns(onTag: (tag: string) => void): readonly Column<ListedLead>[] {
  const { t } = useTranslation("marketing");
  return useMemo(
    () => [
      { id: "name", header: t("leads.name"), cell: (lead) => <LeadName lead={lead} /> },
      {
        id: "address",
        header: t("leads.address"),
        cell: (lead) => (
          <bdi className="text-muted" dir="ltr">
            {lead.email ?? lead.phone ?? "–"}
          </bdi>
        ),
      },
      { id: "status", header: t("leads.status"), cell: (lead) => <LeadStanding lead={lead} /> },
      { id: "source", header: t("leads.source"), wideOnly: true, cell: (lead) => <SourceName source={lead.source} /> },
      {
        id: "tags",
        header: t("leads.tags"),
        wideOnly: true,
        cell: (lead) => <Tags tags={lead.tags} onChoose={onTag} />,
      },
      { id: "created", header: t("leads.created"), end: true, cell: (lead) => <Time at={lead.created_at} /> },
    ],
    [t, onTag],
  );
}
