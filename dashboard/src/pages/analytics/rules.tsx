/** Rules of alerts; whom to tell of what stays unacknowledged; and when nobody is told. */
import { lazy, Suspense, useState } from "react";
import { Link } from "@tanstack/react-router";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { type AlertRule, useAlertRules, useDeleteRule, useUpdateRule } from "@/hooks/alert_rules";
import { Badge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { OnOff } from "@/ui/on_off";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { Escalations } from "./escalations";
import { useSet } from "./filters";
import { Maintenance } from "./maintenance";
import { analyticsRoute } from "./route";
import { useSentence } from "./rule_sentence";

const RuleDialog = lazy(() => import("./rule_dialog").then((module) => ({ default: module.RuleDialog })));

export function Rules() {
  const { t } = useTranslation(["analytics", "common"]);
  const { edit } = analyticsRoute.useSearch();
  const set = useSet();
  const rules = useAlertRules();
  const mayEdit = useMay("developer");
  const [deleting, setDeleting] = useState<AlertRule | null>(null);
  const edited = rules.data?.find(({ id }) => id === edit);
  const create = (
    <Button look="primary" size="small" onClick={() => set({ edit: true })}>
      <Plus className="size-4" aria-hidden />
      {t("rules.new")}
    </Button>
  );
  return (
    <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[minmax(0,1fr)_24rem]">
      <Panel title={t("rules.title")} aside={mayEdit && create}>
        {!mayEdit && (
          <p className="border-b border-line px-4 py-2.5 text-[13px] text-muted">
            {t("common:states.needs_role", { role: t("common:role.developer") })}
          </p>
        )}
        <Result
          query={rules}
          empty={
            <Empty title={t("rules.empty")} action={mayEdit && create}>
              {t("rules.empty_text")}
            </Empty>
          }
        >
          {(list) => (
            <ul className="divide-y divide-line">
              {list.map((rule) => (
                <Line key={rule.id} rule={rule} onDelete={() => setDeleting(rule)} />
              ))}
            </ul>
          )}
        </Result>
      </Panel>
      <div className="flex flex-col gap-5">
        <Escalations />
        <Maintenance />
      </div>
      {mayEdit && (edit === true || edited) && (
        <Suspense>
          <RuleDialog rule={edited ?? null} onClose={() => set({ edit: undefined })} />
        </Suspense>
      )}
      {deleting && <DeleteRule rule={deleting} onClose={() => setDeleting(null)} />}
    </div>
  );
}

function Line({ rule, onDelete }: { rule: AlertRule; onDelete: () => void }) {
  const { t } = useTranslation("analytics");
  const { slug } = useOrganization();
  const set = useSet();
  const mayEdit = useMay("developer");
  const sentence = useSentence()(rule);
  const update = useUpdateRule();
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-60 flex-1">
        <span className="flex flex-wrap items-center gap-2">
          <bdi className="font-medium">{rule.name}</bdi> <Status state={rule.severity} />
          {!rule.enabled && <Badge>{t("rules.off")}</Badge>}
        </span>
        <p>{sentence.what}</p>
        <p className="text-[13px] text-muted">{sentence.terms}</p>
      </div>
      <div className="flex flex-wrap items-center gap-1">
        <Link
          to="/o/$slug/analytics"
          params={{ slug }}
          search={{ tab: "alerts", status: "all", rule: rule.id }}
          aria-label={t("rules.alerts_of", { name: rule.name })}
          className="me-1 px-2 py-1 text-[13px] text-accent-strong hover:underline"
        >
          {t("rules.alerts")}
        </Link>
        {mayEdit && (
          <>
            <OnOff
              label={t("rules.on")}
              fullLabel={t("rules.on_of", { name: rule.name })}
              enabled={rule.enabled}
              onChange={(enabled) => update.mutateAsync({ id: rule.id, enabled })}
            />
            <Button
              look="quiet"
              size="icon"
              aria-label={t("rules.edit_of", { name: rule.name })}
              onClick={() => set({ edit: rule.id })}
            >
              <Pencil className="size-4" aria-hidden />
            </Button>
            <Button look="quiet" size="icon" aria-label={t("rules.delete_of", { name: rule.name })} onClick={onDelete}>
              <Trash2 className="size-4" aria-hidden />
            </Button>
          </>
        )}
      </div>
    </li>
  );
}

function DeleteRule({ rule, onClose }: { rule: AlertRule; onClose: () => void }) {
  const { t } = useTranslation("analytics");
  const remove = useDeleteRule();
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={t("rules.delete_title", { name: rule.name })}
      action={t("rules.delete")}
      onConfirm={async () => {
        await remove.mutateAsync(rule.id);
        tellDone(t("rules.deleted"));
      }}
    >
      {t("rules.delete_text")}
    </Confirm>
  );
}
