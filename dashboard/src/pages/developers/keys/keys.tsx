/** The keys of an organization: what each may do, when it was last used, how much; make, rotate, revoke. */
import { lazy, Suspense, useMemo, useState } from "react";
import { Ban, EllipsisVertical, KeyRound, RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/app/actions";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import {
  type ApiKey,
  type NewKey,
  stateOfKey,
  useApiKeys,
  useApiKeyUsage,
  useRevokeApiKey,
  USAGE_DAYS,
} from "@/hooks/api_keys";
import { formatCount } from "@/lib/format";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { FilterBar } from "@/ui/filter_bar";
import { Menu, MenuItem } from "@/ui/menu";
import { Select } from "@/ui/select";
import { Spark } from "@/ui/spark";
import { Empty, NoMatch, NoPermission, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { tellDone } from "@/ui/toast";
import { developersRoute } from "../route";

const CreateKey = lazy(() => import("./create_key").then((module) => ({ default: module.CreateKey })));
const RotateKey = lazy(() => import("./rotate_key").then((module) => ({ default: module.RotateKey })));
const ShownKey = lazy(() => import("./shown_key").then((module) => ({ default: module.ShownKey })));

type Deed = { kind: "create" } | { kind: "rotate" | "revoke"; key: ApiKey };

export function Keys() {
  const { t } = useTranslation("developers");
  const mayManage = useMay("admin");
  const environment = useEnvironment();
  const search = developersRoute.useSearch();
  const navigate = developersRoute.useNavigate();
  const keys = useApiKeys(mayManage);
  const [deed, setDeed] = useState<Deed | null>(null);
  const [made, setMade] = useState<NewKey | null>(null);
  const columns = useColumns(setDeed);
  useActions(
    useMemo(
      () =>
        mayManage
          ? [{ id: "create_key", label: t("keys.create"), icon: KeyRound, run: () => setDeed({ kind: "create" }) }]
          : [],
      [mayManage, t],
    ),
  );
  if (!mayManage) return <NoPermission needs="admin" />;
  const create = (
    <Button look="primary" onClick={() => setDeed({ kind: "create" })}>
      <KeyRound className="size-4" aria-hidden />
      {t("keys.create")}
    </Button>
  );
  const show = (which: "all" | undefined) => void navigate({ search: (before) => ({ ...before, keys: which }) });
  const done = (next: NewKey) => {
    setDeed(null);
    setMade(next);
  };
  return (
    <>
      <Result
        query={keys}
        empty={
          <Empty icon={KeyRound} title={t("keys.empty")} action={create}>
            {t("keys.empty_text")}
          </Empty>
        }
      >
        {(all) => {
          const shown = all.filter(
            (key) =>
              (search.keys === "all" || ["active", "rotated"].includes(stateOfKey(key))) &&
              (environment === null || key.environment === null || key.environment === environment),
          );
          return (
            <>
              <FilterBar filtered={search.keys === "all"} onClear={() => show(undefined)} aside={create}>
                <Select
                  compact
                  aria-label={t("keys.which")}
                  value={search.keys ?? "good"}
                  onChange={(value) => show(value === "all" ? "all" : undefined)}
                  options={[
                    { value: "good", label: t("keys.which_good") },
                    { value: "all", label: t("keys.which_all") },
                  ]}
                />
              </FilterBar>
              {shown.length === 0 ? (
                <NoMatch onClear={() => void navigate({ search: { tab: "keys", keys: "all" } })} />
              ) : (
                <DataTable label={t("tabs.keys")} columns={columns} rows={shown} rowId={(key) => key.id} />
              )}
            </>
          );
        }}
      </Result>
      <Suspense>
        {deed?.kind === "create" && <CreateKey onMade={done} onClose={() => setDeed(null)} />}
        {deed?.kind === "rotate" && <RotateKey apiKey={deed.key} onMade={done} onClose={() => setDeed(null)} />}
        {made && <ShownKey made={made} onClose={() => setMade(null)} />}
      </Suspense>
      {deed?.kind === "revoke" && <Revoke apiKey={deed.key} onClose={() => setDeed(null)} />}
    </>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation("developers");
  const style = useStyle();
  const revoke = useRevokeApiKey();
  const counted = useApiKeyUsage(true).data?.get(apiKey.id) ?? [];
  const requests = counted.reduce((sum, each) => sum + each, 0);
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={t("keys.revoke_title", { name: apiKey.name })}
      action={t("keys.revoke")}
      typed={apiKey.name}
      onConfirm={async () => {
        await revoke.mutateAsync(apiKey.id);
        tellDone(t("keys.revoked", { name: apiKey.name }));
      }}
    >
      <p>{t("keys.revoke_text")}</p>
      <p className="mt-2 text-muted">
        {t("keys.revoke_used", { count: requests, shown: formatCount(requests, style), days: USAGE_DAYS })}
      </p>
    </Confirm>
  );
}

function useColumns(onDeed: (deed: Deed) => void): readonly Column<ApiKey>[] {
  const { t } = useTranslation(["developers", "common"]);
  const style = useStyle();
  const usage = useApiKeyUsage(useMay("admin")).data;
  return useMemo(
    (): Column<ApiKey>[] => [
      {
        id: "name",
        header: t("keys.name"),
        cell: (key) => (
          <span className="flex flex-col">
            <bdi className="font-medium">{key.name}</bdi>
            <code dir="ltr" className="text-start font-mono text-xs text-muted rtl:text-end">
              {key.hint}…
            </code>
          </span>
        ),
      },
      { id: "state", header: t("keys.state"), cell: (key) => <State apiKey={key} /> },
      {
        id: "may",
        header: t("keys.may"),
        wideOnly: true,
        cell: (key) => (
          <span className="flex max-w-72 flex-wrap items-center gap-1 text-xs">
            <span className="text-muted">{t(`common:role.${key.role}`)}</span>
            {key.scopes.slice(0, SCOPES_SHOWN).map((scope) => (
              <code key={scope} dir="ltr" className="rounded bg-sunken px-1 font-mono">
                {scope}
              </code>
            ))}
            {key.scopes.length > SCOPES_SHOWN && (
              <span className="text-muted" title={key.scopes.join(", ")} dir="ltr">
                +{key.scopes.length - SCOPES_SHOWN}
              </span>
            )}
          </span>
        ),
      },
      {
        id: "environment",
        header: t("common:environment.label"),
        wideOnly: true,
        cell: (key) =>
          key.environment === null ? t("common:environment.both") : <EnvironmentBadge environment={key.environment} />,
      },
      {
        id: "used",
        header: t("keys.last_used"),
        wideOnly: true,
        cell: (key) => (key.last_used_at === null ? t("keys.never_used") : <Time at={key.last_used_at} />),
      },
      {
        id: "usage",
        header: t("keys.usage", { days: USAGE_DAYS }),
        wideOnly: true,
        cell: (key) => {
          const days = usage?.get(key.id);
          const requests = days?.reduce((sum, each) => sum + each, 0) ?? 0;
          return (
            <span className="flex items-center gap-2">
              <span className="tabular w-12 text-end">{usage ? formatCount(requests, style) : "–"}</span>
              {days && <Spark values={days} label={t("keys.usage_days", { list: days.join(", ") })} />}
            </span>
          );
        },
      },
      {
        id: "rate",
        header: t("keys.rate_short"),
        end: true,
        wideOnly: true,
        cell: (key) => formatCount(key.requests_per_minute, style),
      },
      {
        id: "actions",
        header: t("keys.actions"),
        end: true,
        cell: (key) => {
          const state = stateOfKey(key);
          if (state === "revoked" || state === "expired") return null;
          return (
            <Menu
              trigger={
                <Button look="quiet" size="icon" aria-label={t("keys.actions_of", { name: key.name })}>
                  <EllipsisVertical className="size-4" aria-hidden />
                </Button>
              }
            >
              {state === "active" && (
                <MenuItem onSelect={() => onDeed({ kind: "rotate", key })}>
                  <RefreshCw className="size-4" aria-hidden />
                  {t("keys.rotate")}
                </MenuItem>
              )}
              <MenuItem danger onSelect={() => onDeed({ kind: "revoke", key })}>
                <Ban className="size-4" aria-hidden />
                {t("keys.revoke")}
              </MenuItem>
            </Menu>
          );
        },
      },
    ],
    [onDeed, style, t, usage],
  );
}

const SCOPES_SHOWN = 3;

function State({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation("developers");
  const state = stateOfKey(apiKey);
  return (
    <span className="flex flex-col items-start gap-0.5">
      <Status state={state} />
      {apiKey.expires_at !== null && (state === "active" || state === "rotated") && (
        <span className="text-xs text-muted">
          {t("keys.ends")} <Time at={apiKey.expires_at} />
        </span>
      )}
    </span>
  );
}
