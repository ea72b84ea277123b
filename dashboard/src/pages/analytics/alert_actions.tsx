/** What can be done about an alert that is not over: be on it, put it off, end it. */
import { useState } from "react";
import { ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useNow } from "@/app/style";
import { type Alert, alertState, useAcknowledge, useResolve, useSnooze } from "@/hooks/alerts";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Menu, MenuItem } from "@/ui/menu";
import { tellDone, tellProblem } from "@/ui/toast";

const HOUR_MS = 3_600_000;
const SNOOZES = { "1h": 1, "4h": 4, "1d": 24, "7d": 168 } as const;

export function AlertActions({ alert }: { alert: Alert }) {
  const { t } = useTranslation(["analytics", "common"]);
  const now = useNow();
  const acknowledge = useAcknowledge();
  const snooze = useSnooze();
  const resolve = useResolve();
  const [resolving, setResolving] = useState(false);
  if (!useMay("developer")) {
    return (
      <p className="me-auto text-[13px] text-muted">
        {t("common:states.needs_role", { role: t("common:role.developer") })}
      </p>
    );
  }
  const say = (done: string) => ({ onSuccess: () => tellDone(done), onError: tellProblem });
  const snoozeFor = (hours: number | null) =>
    snooze.mutate(
      { id: alert.id, until: hours === null ? null : new Date(now.getTime() + hours * HOUR_MS).toISOString() },
      say(t(hours === null ? "alerts.woken" : "alerts.snoozed")),
    );
  return (
    <>
      <Menu
        trigger={
          <Button busy={snooze.isPending}>
            {t("alerts.snooze")} <ChevronDown className="size-4" aria-hidden />
          </Button>
        }
      >
        {Object.entries(SNOOZES).map(([key, hours]) => (
          <MenuItem key={key} onSelect={() => snoozeFor(hours)}>
            {t(`alerts.snooze_for.${key as keyof typeof SNOOZES}`)}
          </MenuItem>
        ))}
        {alertState(alert, now) === "snoozed" && (
          <MenuItem onSelect={() => snoozeFor(null)}>{t("alerts.wake")}</MenuItem>
        )}
      </Menu>
      <Button onClick={() => setResolving(true)}>{t("alerts.resolve")}</Button>
      {alert.status === "open" && (
        <Button
          look="primary"
          busy={acknowledge.isPending}
          onClick={() => acknowledge.mutate(alert.id, say(t("alerts.acknowledged")))}
        >
          {t("alerts.acknowledge")}
        </Button>
      )}
      <Confirm
        open={resolving}
        onOpenChange={setResolving}
        title={t("alerts.resolve_title")}
        action={t("alerts.resolve")}
        onConfirm={() => resolve.mutateAsync(alert.id)}
      >
        {t("alerts.resolve_text")}
      </Confirm>
    </>
  );
}
