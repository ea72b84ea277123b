/** Every credential with its age, the oldest first: which are due to be changed. */
import { lazy, Suspense, useMemo } from "react";
import { KeyRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEnvironment } from "@/app/organization_route";
import { useNow, useStyle } from "@/app/style";
import { ageInDays, type StoredCredential, useAllCredentials } from "@/hooks/credentials";
import { endOfGrant, type Grant, useGrants } from "@/hooks/grants";
import { formatCount } from "@/lib/format";
import { Badge, EnvironmentBadge } from "@/ui/badge";
import { FilterBar } from "@/ui/filter_bar";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Empty, NoMatch, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { settingsRoute } from "../route";
import { Told, useSet } from "../parts";

const CredentialHistory = lazy(() =>
  import("./credential_history").then((module) => ({ default: module.CredentialHistory })),
);

const AGES = ["90", "180", "365"] as const;
/** From here on it is marked, whatever is filtered: most rules want a secret changed once a year. */
const OLD_DAYS = 365;

export function CredentialAges() {
  const { t } = useTranslation("settings");
  const { age, connection } = settingsRoute.useSearch();
  const set = useSet();
  const now = useNow();
  const environment = useEnvironment();
  const credentials = useAllCredentials();
  const columns = useColumns(now);
  return (
    <Panel title={t("ages.title")}>
      <div className="p-4">
        <Told className="mb-3">{t("ages.text")}</Told>
        <FilterBar filtered={age !== undefined} onClear={() => set({ age: undefined })}>
          <Select
            compact
            aria-label={t("ages.filter")}
            value={age ?? "all"}
            onChange={(value) => set({ age: value === "all" ? undefined : value })}
            options={[
              { value: "all", label: t("ages.all") },
              ...AGES.map((value) => ({ value, label: t("ages.older", { count: Number(value) }) })),
            ]}
          />
        </FilterBar>
        <Result
          query={credentials}
          empty={
            <Empty icon={KeyRound} title={t("ages.empty")}>
              {t("ages.empty_text")}
            </Empty>
          }
        >
          {(all) => {
            const shown = all.filter(
              (each) =>
                (!environment || each.connection.environment === environment) &&
                (!age || ageInDays(each, now) >= Number(age)),
            );
            return shown.length === 0 ? (
              <NoMatch onClear={() => set({ age: undefined })} />
            ) : (
              <DataTable
                label={t("ages.title")}
                columns={columns}
                rows={shown}
                rowId={({ id }) => id}
                onOpen={({ connection_id }) => set({ connection: connection_id })}
              />
            );
          }}
        </Result>
      </div>
      {connection !== undefined && (
        <Suspense>
          <CredentialHistory connectionId={connection} onClose={() => set({ connection: undefined })} />
        </Suspense>
      )}
    </Panel>
  );
}

function useColumns(now: Date): Column<StoredCredential>[] {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const { data: grants } = useGrants();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("ages.credential"),
        cell: ({ name, hint }) => (
          <span dir="ltr" className="inline-flex gap-2 font-mono text-[13px]">
            {name}
            {hint && <span className="text-muted">…{hint}</span>}
          </span>
        ),
      },
      {
        id: "connection",
        header: t("connections.one"),
        cell: ({ connection }) => (
          <span className="flex flex-wrap items-center gap-2">
            <bdi>{connection.name}</bdi>
            <EnvironmentBadge environment={connection.environment} />
          </span>
        ),
      },
      {
        id: "age",
        header: t("ages.age"),
        end: true,
        cell: (row) => {
          const days = ageInDays(row, now);
          const words = t("days", { count: days, shown: formatCount(days, style) });
          return days >= OLD_DAYS ? (
            <Badge tone="warn">{words}</Badge>
          ) : (
            <span className="whitespace-nowrap">{words}</span>
          );
        },
      },
      { id: "set", header: t("ages.set"), cell: ({ updated_at }) => <Time at={updated_at} />, wideOnly: true },
      {
        id: "used",
        header: t("ages.used"),
        cell: ({ last_used_at }) => (last_used_at ? <Time at={last_used_at} /> : t("ages.never")),
        wideOnly: true,
      },
      {
        id: "ends",
        header: t("ages.ends"),
        cell: ({ connection_id, name }) => <Ends grant={grants?.get(connection_id)} name={name} />,
        wideOnly: true,
      },
    ],
    [grants, now, style, t],
  );
}

/** Of tokens that came by a consent, the provider says until when they hold. */
function Ends({ grant, name }: { grant: Grant | undefined; name: string }) {
  const { t } = useTranslation("settings");
  const end = grant && /_token$/.test(name) ? endOfGrant(grant) : null;
  return end ? <Time at={end} absolute /> : <span className="whitespace-nowrap text-muted">{t("ages.untold")}</span>;
}
