/** What rules are told with: the reader's language and the names of connections. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "@/app/style";
import type { Teller } from "./rule";
import { useTools } from "./use_tools";

export function useTeller(): Teller {
  const { t } = useTranslation(["marketing", "common"]);
  const language = useLanguage();
  const { byId } = useTools();
  return useMemo(() => ({ t, language, connectionName: (id) => byId.get(id)?.name ?? null }), [t, language, byId]);
}
