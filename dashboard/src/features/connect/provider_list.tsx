/** The catalog to choose from: by category, or by typing. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Provider } from "@/hooks/providers";
import { Input } from "@/ui/field";
import { NoMatch } from "@/ui/states";

const CATEGORIES = ["payments", "shipping", "social", "marketing"] as const;

interface Props {
  providers: readonly Provider[];
  onChoose: (key: string) => void;
}

export function ProviderList({ providers, onChoose }: Props) {
  const { t } = useTranslation(["connect", "common"]);
  const [search, setSearch] = useState("");
  const found = providers.filter((provider) => fits(provider, search));
  return (
    <div className="flex flex-col gap-4">
      <Input
        type="search"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        placeholder={t("search")}
        aria-label={t("search")}
      />
      {found.length === 0 && <NoMatch onClear={() => setSearch("")} />}
      {CATEGORIES.map((category) => {
        const members = found.filter((provider) => provider.category === category);
        return (
          members.length > 0 && (
            <section key={category}>
              <h3 className="mb-2 text-xs font-medium text-muted">{t(`common:category.${category}`)}</h3>
              <ul className="grid grid-cols-1 gap-2 sm:grid-cols-2">
                {members.map(({ key, name, description }) => (
                  <li key={key}>
                    <button
                      type="button"
                      onClick={() => onChoose(key)}
                      className="flex h-full w-full flex-col gap-0.5 rounded-box border border-line px-3 py-2.5 text-start hover:border-accent hover:bg-accent-soft"
                    >
                      <span className="font-medium">{name}</span>
                      <span className="text-[13px] text-muted" lang="en" dir="auto">
                        {description}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )
        );
      })}
    </div>
  );
}

function fits({ key, name, description }: Provider, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return [key, name, description].some((text) => text.toLowerCase().includes(wanted));
}
