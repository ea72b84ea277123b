/** Asks before a gateway takes no more payments: what remains is said. */
import { useTranslation } from "react-i18next";
import { type Gateway, useUpdateRouting } from "@/hooks/gateways";
import { Confirm } from "@/ui/confirm";
import { tellDone } from "@/ui/toast";
import { useWords } from "./words";

interface Props {
  gateway: Gateway;
  /** Those of its environment that would go on. */
  others: readonly Gateway[];
  onClose: () => void;
}

export function SwitchOff({ gateway, others, onClose }: Props) {
  const { t } = useTranslation("payments");
  const words = useWords();
  const update = useUpdateRouting();
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={t("switch_off.title", { name: gateway.name })}
      action={t("switch_off.action")}
      onConfirm={async () => {
        await update.mutateAsync({ connection: gateway.id, changes: { enabled: false } });
        tellDone(t("switch_off.done", { name: gateway.name }));
      }}
    >
      <p>{t("switch_off.effect")}</p>
      <p className={others.length === 0 ? "mt-2 font-medium text-bad" : "mt-2 text-muted"}>
        {others.length === 0
          ? t("switch_off.last")
          : t("switch_off.others", { count: others.length, names: words.list(others.map(({ name }) => name)) })}
      </p>
    </Confirm>
  );
}
