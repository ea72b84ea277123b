/** Synthetic checks: what a connection is good for, tried by schedule. */
import { lazy, Suspense, useState } from "react";
import { FlaskConical, Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useStyle } from "@/app/style";
import {
  type SyntheticCheck,
  type Tried,
  TRIED,
  useRemoveCheck,
  useSetCheck,
  useSyntheticChecks,
} from "@/hooks/synthetic_checks";
import { formatDuration } from "@/lib/format";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { OnOff } from "@/ui/on_off";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";

const CheckDialog = lazy(() => import("./check_dialog").then((module) => ({ default: module.CheckDialog })));

type Row = SyntheticCheck & { connection: { name: string; environment: "sandbox" | "live" } };

export function Checks() {
  const { t } = useTranslation("analytics");
  const mayEdit = useMay("developer");
  const environment = useEnvironment();
  const checks = useSyntheticChecks();
  const remove = useRemoveCheck();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Row | null>(null);
  const add = mayEdit && (
    <Button look="primary" size="small" onClick={() => setAdding(true)}>
      <Plus className="size-4" aria-hidden />
      {t("checks.add")}
    </Button>
  );
  return (
    <Panel title={t("checks.title")} aside={add}>
      <Result
        query={checks}
        empty={
          <Empty icon={FlaskConical} title={t("checks.empty")} action={add}>
            {t("checks.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list
              .filter(({ connection }) => !environment || connection.environment === environment)
              .map((check) => (
                <Line key={check.id} check={check} onRemove={() => setRemoving(check)} />
              ))}
          </ul>
        )}
      </Result>
      {adding && (
        <Suspense>
          <CheckDialog onClose={() => setAdding(false)} />
        </Suspense>
      )}
      {removing && (
        <Confirm
          open
          onOpenChange={() => setRemoving(null)}
          title={t("checks.remove_title", { name: removing.connection.name })}
          action={t("checks.remove")}
          onConfirm={() => remove.mutateAsync(removing.id)}
        >
          {t("checks.remove_text")}
        </Confirm>
      )}
    </Panel>
  );
}

function Line({ check, onRemove }: { check: Row; onRemove: () => void }) {
  const { t } = useTranslation("analytics");
  const style = useStyle();
  const mayEdit = useMay("developer");
  const change = useSetCheck();
  const tried: Tried | undefined = TRIED.find((each) => each === check.capability);
  const what = tried ? t(`tried.${tried}`) : check.capability;
  const error = check.last_error as { message?: string } | null;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-60 flex-1">
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{what}</span>
          <Status state={check.enabled ? check.state : "disabled"} />
        </span>
        <span className="flex flex-wrap items-center gap-2 text-[13px] text-muted">
          <bdi>{check.connection.name}</bdi> <EnvironmentBadge environment={check.connection.environment} />
          {t("checks.every", { time: formatDuration(check.interval_seconds * 1000, style) })}
          {check.checked_at && (
            <span>
              · {t("checks.last")} <Time at={check.checked_at} />
            </span>
          )}
        </span>
        {error?.message && (
          <span lang="en" dir="auto" className="block text-[13px] text-bad">
            {error.message}
          </span>
        )}
      </div>
      {mayEdit && (
        <span className="flex items-center gap-1">
          <OnOff
            label={t("rules.on")}
            fullLabel={t("rules.on_of", { name: `${what}, ${check.connection.name}` })}
            enabled={check.enabled}
            onChange={(enabled) => change.mutateAsync({ id: check.id, enabled })}
          />
          <Button
            look="quiet"
            size="icon"
            aria-label={t("checks.remove_title", { name: check.connection.name })}
            onClick={onRemove}
          >
            <Trash2 className="size-4" aria-hidden />
          </Button>
        </span>
      )}
    </li>
  );
}
