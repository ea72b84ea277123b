/** End sessions in other browsers, or everywhere. */
import { useState } from "react";
import { LogOut } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSignOut } from "@/hooks/account";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Panel } from "@/ui/panel";
import { tellDone } from "@/ui/toast";
import { Told } from "../parts";

export function Sessions() {
  const { t } = useTranslation("settings");
  const signOut = useSignOut();
  const [asking, setAsking] = useState<"others" | "global" | null>(null);
  return (
    <Panel title={t("sessions.title")}>
      <div className="flex flex-col gap-3 p-4">
        <Told>{t("sessions.text")}</Told>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setAsking("others")}>{t("sessions.others")}</Button>
          <Button look="danger" onClick={() => setAsking("global")}>
            <LogOut className="size-4 rtl:-scale-x-100" aria-hidden />
            {t("sessions.global")}
          </Button>
        </div>
      </div>
      {asking && (
        <Confirm
          open
          onOpenChange={() => setAsking(null)}
          title={t(`sessions.${asking}`)}
          action={t(`sessions.${asking}`)}
          onConfirm={async () => {
            await signOut.mutateAsync(asking);
            if (asking === "others") tellDone(t("sessions.others_done"));
          }}
        >
          {t(`sessions.${asking}_text`)}
        </Confirm>
      )}
    </Panel>
  );
}
