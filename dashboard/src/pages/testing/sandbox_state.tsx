/** Whether a sandbox runs beside the hub, and which faults wait in it. */
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useFaults, useForgetFaults, useSandbox } from "@/hooks/sandbox";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { tellProblem } from "@/ui/toast";
import { CircleCheck, Info, Zap } from "lucide-react";

export function SandboxState() {
  const { t } = useTranslation("testing");
  const sandbox = useSandbox();
  const address = sandbox.data ?? null;
  const faults = useFaults(address);
  const forget = useForgetFaults(address);
  const mayForget = useMay("developer");
  if (sandbox.data === undefined) return null;
  if (address === null) return <Badge icon={Info}>{t("sandbox.providers_own")}</Badge>;
  const waiting = faults.data?.length ?? 0;
  return (
    <>
      <Badge tone="good" icon={CircleCheck}>
        {t("sandbox.local")}
      </Badge>
      {waiting > 0 && (
        <>
          <Badge tone="warn" icon={Zap}>
            {t("sandbox.waiting", { count: waiting })}
          </Badge>
          {mayForget && (
            <Button
              size="small"
              busy={forget.isPending}
              onClick={() => forget.mutate(undefined, { onError: tellProblem })}
            >
              {t("sandbox.forget")}
            </Button>
          )}
        </>
      )}
    </>
  );
}
