/** Switches something on or off; it looks changed at once, and as it was when that is refused. */
import { useTranslation } from "react-i18next";
import { Checkbox } from "@/ui/field";
import { tellProblem } from "@/ui/toast";

interface Change {
  id: string;
  enabled?: boolean;
}

interface Props {
  id: string;
  name: string;
  enabled: boolean;
  mutation: {
    mutate: (change: { id: string; enabled: boolean }, on: { onError: (error: Error) => void }) => void;
    isPending: boolean;
    variables: Change | undefined;
  };
}

export function OnOff({ id, name, enabled, mutation: { mutate, isPending, variables } }: Props) {
  const { t } = useTranslation("analytics");
  return (
    <Checkbox
      label={t("rules.on")}
      aria-label={t("rules.on_of", { name })}
      checked={isPending ? (variables?.enabled ?? enabled) : enabled}
      onChange={({ target }) => mutate({ id, enabled: target.checked }, { onError: tellProblem })}
    />
  );
}
