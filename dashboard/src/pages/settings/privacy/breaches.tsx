/** Breaches of personal data: what happened, and until when the authority is to be told. Only admins read them. */
import { ShieldCheck, Siren } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useNow, useStyle } from "@/app/style";
import { type Breach, breachState, useBreaches } from "@/hooks/processing";
import { formatDuration } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Empty, NoPermission, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { settingsRoute } from "../route";
import { Told, useSet } from "../parts";
import { BreachDialog } from "./breach_dialog";
import { BreachDrawer } from "./breach_drawer";

const TONES = { due: "bad", told: "warn", closed: "good" } as const;

export function Breaches() {
  const { t } = useTranslation("settings");
  const mayRead = useMay("admin");
  const { open } = settingsRoute.useSearch();
  const set = useSet();
  const breaches = useBreaches(mayRead);
  if (!mayRead) return <NoPermission needs="admin" />;
  const add = (
    <Button size="small" onClick={() => set({ open: "new" })}>
      <Siren className="size-4" aria-hidden />
      {t("breaches.add")}
    </Button>
  );
  const shown = breaches.data?.find(({ id }) => id === open);
  const close = () => set({ open: undefined });
  return (
    <Panel title={t("privacy.part.breaches")} aside={add}>
      <div className="border-b border-line p-4">
        <Told>{t("breaches.text")}</Told>
      </div>
      <Result
        query={breaches}
        empty={
          <Empty icon={ShieldCheck} title={t("breaches.empty")}>
            {t("breaches.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((breach) => (
              <li key={breach.id}>
                <button
                  type="button"
                  onClick={() => set({ open: breach.id })}
                  className="flex w-full flex-wrap items-center justify-between gap-3 px-4 py-3 text-start hover:bg-sunken"
                >
                  <span className="min-w-0">
                    <bdi className="block font-medium">{breach.title}</bdi>
                    <span className="text-[13px] text-muted">
                      {t("breaches.known")} <Time at={breach.known_at} />
                    </span>
                  </span>
                  <BreachState breach={breach} />
                </button>
              </li>
            ))}
          </ul>
        )}
      </Result>
      {open === "new" && <BreachDialog breach={null} onClose={close} />}
      {shown && <BreachDrawer breach={shown} onClose={close} />}
    </Panel>
  );
}

/** Where it stands; while the authority is to be told, how long there is. */
export function BreachState({ breach }: { breach: Breach }) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const now = useNow();
  const state = breachState(breach);
  const left = new Date(breach.notify_due_at).getTime() - now.getTime();
  return (
    <Badge tone={TONES[state]}>
      {state === "due"
        ? t(left > 0 ? "breaches.due" : "breaches.overdue", { time: formatDuration(Math.abs(left), style) })
        : t(`breaches.state.${state}`)}
    </Badge>
  );
}
