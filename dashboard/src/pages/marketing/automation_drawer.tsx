/** One automation: its rule, a trial of it, its runs. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type Automation, useAutomation, useDeleteAutomation, useEnableAutomation } from "@/hooks/automations";
import { EnvironmentBadge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Id } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Json } from "@/ui/json";
import { Panel } from "@/ui/panel";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { AutomationRuns } from "./automation_runs";
import { stateOf } from "./automations";
import { DryRunPanel } from "./dry_run";
import { Facts } from "./parts";
import { RuleView } from "./rule_view";

interface Props {
  automationId: string;
  onClose: () => void;
  onEdit: (automation: Automation) => void;
}

export function AutomationDrawer({ automationId, onClose, onEdit }: Props) {
  const { t } = useTranslation("marketing");
  const automation = useAutomation(automationId);
  const mayWrite = useMay("developer");
  const enable = useEnableAutomation();
  const remove = useDeleteAutomation();
  const [deleting, setDeleting] = useState(false);
  const one = automation.data;
  const turn = (enabled: boolean) =>
    enable.mutate(
      { automation_id: automationId, enabled },
      {
        onSuccess: () => tellDone(t(enabled ? "automations.enabled" : "automations.disabled")),
        onError: tellProblem,
      },
    );
  return (
    <Drawer
      open
      size="large"
      onOpenChange={onClose}
      title={one ? <bdi>{one.name}</bdi> : t("automations.one")}
      footer={
        mayWrite &&
        one?.deleted_at === null && (
          <>
            <Button look="danger" onClick={() => setDeleting(true)}>
              {t("automations.delete")}
            </Button>
            <Button onClick={() => onEdit(one)}>{t("automations.edit")}</Button>
            <Button
              look={one.enabled ? "secondary" : "primary"}
              busy={enable.isPending}
              onClick={() => turn(!one.enabled)}
            >
              {t(one.enabled ? "automations.disable" : "automations.enable")}
            </Button>
          </>
        )
      }
    >
      <Result query={automation} lines={8}>
        {(row) => (
          <div className="flex flex-col gap-5">
            <Panel
              title={t("automations.rule")}
              aside={
                <span className="flex gap-1">
                  <Status state={stateOf(row)} />
                  {row.environment !== null && <EnvironmentBadge environment={row.environment} />}
                </span>
              }
            >
              <RuleView definition={row.definition} />
              <details className="border-t border-line px-4 py-2">
                <summary className="cursor-pointer text-[13px] text-muted">{t("automations.as_json")}</summary>
                <div className="mt-2">
                  <Json value={row.definition} label={t("automations.as_json")} />
                </div>
              </details>
            </Panel>
            {row.deleted_at === null && <DryRunPanel automation={row} />}
            <AutomationRuns automationId={row.id} />
            <Panel title={t("automations.about")}>
              <Facts
                rows={[
                  [t("automations.description"), row.description && <bdi>{row.description}</bdi>],
                  [t("automations.version"), row.version],
                  [t("automations.created"), <Time key="created" at={row.created_at} absolute />],
                  [t("automations.updated"), <Time key="updated" at={row.updated_at} />],
                  [t("automations.deleted_at"), row.deleted_at && <Time at={row.deleted_at} absolute />],
                  [t("automations.id"), <Id key="id" value={row.id} />],
                ]}
              />
            </Panel>
            <Confirm
              open={deleting}
              onOpenChange={setDeleting}
              title={t("automations.delete_title", { name: row.name })}
              action={t("automations.delete")}
              onConfirm={async () => {
                await remove.mutateAsync(row.id);
                onClose();
              }}
            >
              {t("automations.delete_text")}
            </Confirm>
          </div>
        )}
      </Result>
    </Drawer>
  );
}
