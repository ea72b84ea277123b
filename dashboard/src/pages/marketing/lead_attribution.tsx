/** Where somebody came from: the first time, and the last time beside it. */
import { useTranslation } from "react-i18next";
import { Panel } from "@/ui/panel";
import { useWords } from "./words";

const LAST = "last_";

export function LeadAttribution({ attribution }: { attribution: unknown }) {
  const { t } = useTranslation("marketing");
  const words = useWords("touch");
  const all = (attribution ?? {}) as Record<string, string>;
  const names = [...new Set(Object.keys(all).map((name) => name.replace(new RegExp(`^${LAST}`), "")))].sort();
  return (
    <Panel title={t("attribution.title")}>
      {names.length === 0 ? (
        <p className="px-4 py-3 text-muted">{t("attribution.none")}</p>
      ) : (
        <table className="w-full table-fixed border-collapse">
          <thead>
            <tr className="text-xs text-muted">
              <th scope="col" className="w-32 px-4 py-1.5 text-start font-medium">
                {t("attribution.what")}
              </th>
              <th scope="col" className="px-2 py-1.5 text-start font-medium">
                {t("attribution.first")}
              </th>
              <th scope="col" className="px-2 py-1.5 text-start font-medium">
                {t("attribution.last")}
              </th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name} className="border-t border-line align-top">
                <th scope="row" className="px-4 py-1.5 text-start font-normal text-muted">
                  {words[name] ?? name}
                </th>
                <td className="px-2 py-1.5 break-words">
                  <bdi>{all[name] ?? "–"}</bdi>
                </td>
                <td className="px-2 py-1.5 break-words">
                  <bdi>{all[LAST + name] ?? "–"}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
