/** What people asked about their data, with the days that are left for the answer. */
import { lazy, Suspense, useMemo } from "react";
import { FileQuestion, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useNow } from "@/app/style";
import {
  daysLeft,
  REQUEST_KINDS,
  REQUEST_STATES,
  type SubjectRequest,
  useSubjectRequests,
} from "@/hooks/subject_requests";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { FilterBar } from "@/ui/filter_bar";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { settingsRoute } from "../route";
import { ReadOnly, Told, useSet } from "../parts";
import { DaysLeft } from "./days_left";

const NewRequest = lazy(() => import("./new_request").then((module) => ({ default: module.NewRequest })));
const RequestDrawer = lazy(() => import("./request_drawer").then((module) => ({ default: module.RequestDrawer })));

export function Requests() {
  const { t } = useTranslation(["settings", "common"]);
  const search = settingsRoute.useSearch();
  const set = useSet();
  const mayEdit = useMay("admin");
  const state = REQUEST_STATES.find((each) => each === search.status);
  const kind = REQUEST_KINDS.find((each) => each === search.kind);
  const requests = useSubjectRequests({ state, kind });
  const columns = useColumns();
  const filtered = state !== undefined || kind !== undefined;
  const clear = () => set({ status: undefined, kind: undefined });
  const add = mayEdit && (
    <Button look="primary" size="small" onClick={() => set({ open: "new" })}>
      <Plus className="size-4" aria-hidden />
      {t("requests.add")}
    </Button>
  );
  return (
    <>
      <Told className="mb-3">{t("requests.text")}</Told>
      {!mayEdit && (
        <div className="mb-3">
          <ReadOnly needs="admin" />
        </div>
      )}
      <FilterBar filtered={filtered} onClear={clear} aside={add}>
        <Select
          compact
          aria-label={t("requests.state")}
          value={state ?? "all"}
          onChange={(value) => set({ status: value === "all" ? undefined : value })}
          options={[
            { value: "all", label: t("requests.any_state") },
            ...REQUEST_STATES.map((value) => ({
              value,
              label: value === "open" ? t("requests.open") : t(`common:status.${value}`),
            })),
          ]}
        />
        <Select
          compact
          aria-label={t("requests.kind_field")}
          value={kind ?? "all"}
          onChange={(value) => set({ kind: value === "all" ? undefined : value })}
          options={[
            { value: "all", label: t("requests.any_kind") },
            ...REQUEST_KINDS.map((value) => ({ value, label: t(`requests.kind.${value}`) })),
          ]}
        />
      </FilterBar>
      <Result
        query={requests}
        isEmpty={({ pages }) => pages[0]?.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={clear} />
          ) : (
            <Empty icon={FileQuestion} title={t("requests.empty")} action={add}>
              {t("requests.empty_text")}
            </Empty>
          )
        }
      >
        {({ pages }) => (
          <DataTable
            label={t("privacy.part.requests")}
            columns={columns}
            rows={pages.flat()}
            rowId={({ id }) => id}
            openId={search.open ?? null}
            onOpen={({ id }) => set({ open: id })}
            hasMore={requests.hasNextPage}
            loadingMore={requests.isFetchingNextPage}
            onMore={() => void requests.fetchNextPage()}
          />
        )}
      </Result>
      <Suspense>
        {search.open === "new" && mayEdit ? (
          <NewRequest onClose={() => set({ open: undefined })} onMade={(id) => set({ open: id })} />
        ) : (
          search.open !== undefined &&
          search.open !== "new" && <RequestDrawer id={search.open} onClose={() => set({ open: undefined })} />
        )}
      </Suspense>
    </>
  );
}

function useColumns(): Column<SubjectRequest>[] {
  const { t } = useTranslation("settings");
  const now = useNow();
  return useMemo(
    () => [
      { id: "kind", header: t("requests.kind_field"), cell: ({ kind }) => t(`requests.kind.${kind}`) },
      { id: "state", header: t("requests.state"), cell: ({ status }) => <Status state={status} /> },
      {
        id: "received",
        header: t("requests.received"),
        cell: ({ received_at }) => <Time at={received_at} />,
        wideOnly: true,
      },
      {
        id: "due",
        header: t("requests.due"),
        cell: (request) =>
          request.finished_at === null ? (
            <DaysLeft days={daysLeft(request, now)} />
          ) : (
            <span className="text-muted">
              {t("requests.over")} <Time at={request.finished_at} />
            </span>
          ),
      },
    ],
    [now, t],
  );
}
