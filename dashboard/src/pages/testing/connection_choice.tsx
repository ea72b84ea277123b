/** With which sandbox connection something is tried. */
import { useTranslation } from "react-i18next";
import type { Connection } from "@/hooks/connections";
import { useProviders } from "@/hooks/providers";
import { Status } from "@/ui/badge";
import { Select } from "@/ui/select";

interface Props {
  connections: readonly Connection[];
  chosen: Connection;
  onChoose: (id: string) => void;
}

export function ConnectionChoice({ connections, chosen, onChoose }: Props) {
  const { t } = useTranslation("testing");
  const providers = useProviders();
  const nameOf = (key: string) => providers.data?.find((provider) => provider.key === key)?.name ?? key;
  return (
    <div className="mb-4 flex flex-wrap items-center gap-3">
      <Select
        aria-label={t("connection")}
        className="w-full sm:w-80"
        value={chosen.id}
        onChange={onChoose}
        options={connections.map(({ id, name, provider_key }) => ({
          value: id,
          label: name.includes(nameOf(provider_key)) ? name : `${name} · ${nameOf(provider_key)}`,
        }))}
      />
      <Status state={chosen.status} />
    </div>
  );
}
