/** What providers say of themselves: a second source, beside our own checks. */
import { useTranslation } from "react-i18next";
import { type StatusPage, useStatusPages } from "@/hooks/health";
import { Badge, type Tone } from "@/ui/badge";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { useLabels } from "./filters";

const TONES: Record<StatusPage["indicator"], Tone> = {
  none: "good",
  unknown: "neutral",
  maintenance: "info",
  minor: "warn",
  major: "bad",
  critical: "bad",
};

export function StatusPages() {
  const { t } = useTranslation("analytics");
  const provider = useLabels("provider");
  return (
    <Panel title={t("pages.title")}>
      <Result query={useStatusPages()} empty={<Empty title={t("pages.empty")}>{t("pages.empty_text")}</Empty>}>
        {(pages) => (
          <ul className="divide-y divide-line">
            {pages.map((page) => (
              <li key={page.provider_key} className="px-4 py-2.5">
                <span className="flex items-center justify-between gap-2">
                  <bdi className="font-medium">{provider(page.provider_key)}</bdi>
                  <Badge tone={TONES[page.indicator]}>{t(`indicator.${page.indicator}`)}</Badge>
                </span>
                <span lang="en" dir="auto" className="block text-[13px] break-words">
                  {page.description}
                </span>
                {page.incidents.map((incident, index) => (
                  <PageIncidentLine key={incident.url ?? index} {...incident} />
                ))}
                {page.read_at && (
                  <span className="text-[13px] text-muted">
                    {t("pages.read")} <Time at={page.read_at} />
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </Result>
    </Panel>
  );
}

function PageIncidentLine({ name, status, url }: StatusPage["incidents"][number]) {
  const text = [name, status].filter(Boolean).join(" · ");
  return (
    <span lang="en" dir="auto" className="mt-1 block border-s-2 border-warn-fill ps-2 text-[13px]">
      {url?.startsWith("https://") ? (
        <a href={url} target="_blank" rel="noreferrer" className="hover:underline">
          {text}
        </a>
      ) : (
        text
      )}
    </span>
  );
}
