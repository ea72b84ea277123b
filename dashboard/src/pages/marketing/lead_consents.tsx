/** What somebody agreed to and what not, every word of it; and what proves it, for admins. */
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { type Lead, type LeadConsent, useConsents, useEvidence } from "@/hooks/leads";
import { useLeadForms } from "@/hooks/lead_forms";
import { Badge, Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellProblem } from "@/ui/toast";
import { SourceName } from "./lead_words";
import { Facts } from "./parts";
import { useWords } from "./words";

const ConsentDialog = lazy(() => import("./consent_dialog").then((module) => ({ default: module.ConsentDialog })));

type State = "given" | "withdrawn";

export function LeadConsents({ lead }: { lead: Lead }) {
  const { t } = useTranslation("marketing");
  const mayWrite = useMay("developer");
  const consents = useConsents(lead.id);
  const [noting, setNoting] = useState<{ state: State; purpose?: string } | null>(null);
  const writes = mayWrite && lead.status !== "deleted";
  return (
    <Panel
      title={t("consents.title")}
      aside={
        writes && (
          <Button size="small" onClick={() => setNoting({ state: "given" })}>
            {t("consents.record")}
          </Button>
        )
      }
    >
      <Result query={consents} empty={<p className="px-4 py-3 text-muted">{t("consents.none")}</p>}>
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((consent, index) => (
              <Word
                key={consent.id}
                consent={consent}
                // They come newest first: the first of a purpose is the one that holds.
                holds={list.findIndex(({ purpose }) => purpose === consent.purpose) === index}
                onWithdraw={writes ? () => setNoting({ state: "withdrawn", purpose: consent.purpose }) : undefined}
              />
            ))}
          </ul>
        )}
      </Result>
      {noting && (
        <Suspense>
          <ConsentDialog leadId={lead.id} {...noting} onClose={() => setNoting(null)} />
        </Suspense>
      )}
    </Panel>
  );
}

interface WordProps {
  consent: LeadConsent;
  holds: boolean;
  onWithdraw: (() => void) | undefined;
}

function Word({ consent, holds, onWithdraw }: WordProps) {
  const { t } = useTranslation("marketing");
  const purposes = useWords("purpose");
  const mayProve = useMay("admin");
  const evidence = useEvidence();
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5">
      <span className="flex flex-wrap items-center justify-between gap-2">
        <span className="flex flex-wrap items-center gap-2">
          <span className={holds ? "font-medium" : "text-muted"}>{purposes[consent.purpose] ?? consent.purpose}</span>
          <Status state={consent.state} />
          {holds && <Badge>{t("consents.holds")}</Badge>}
        </span>
        <span className="text-[13px] text-muted">
          <Time at={consent.occurred_at} absolute />
        </span>
      </span>
      <span className="flex flex-wrap items-center justify-between gap-2 text-[13px] text-muted">
        <span>
          <SourceName source={consent.source} />
          {consent.text_version !== null && (
            <>
              {" · "}
              {t("consents.version")} <bdi>{consent.text_version}</bdi>
            </>
          )}
        </span>
        <span className="flex gap-1">
          {mayProve && evidence.data === undefined && (
            <Button
              look="quiet"
              size="small"
              busy={evidence.isPending}
              title={t("consents.evidence_audited")}
              onClick={() => evidence.mutate(consent.id, { onError: tellProblem })}
            >
              {t("consents.evidence")}
            </Button>
          )}
          {holds && consent.state !== "withdrawn" && onWithdraw && (
            <Button look="quiet" size="small" onClick={onWithdraw}>
              {t("consents.withdraw")}
            </Button>
          )}
        </span>
      </span>
      {evidence.data !== undefined && <Evidence evidence={evidence.data} />}
    </li>
  );
}

function Evidence({ evidence }: { evidence: Record<string, unknown> }) {
  const { t } = useTranslation("marketing");
  const forms = useLeadForms();
  const { form_id, confirmed, page, ip_hash, ...others } = evidence;
  const form = forms.data?.find(({ id }) => id === form_id)?.name ?? (form_id as string | undefined);
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return (
    <div className="mt-1 rounded-box border border-line bg-sunken" role="status">
      {Object.keys(evidence).length === 0 ? (
        <p className="px-4 py-3 text-muted">{t("consents.no_evidence")}</p>
      ) : (
        <Facts
          rows={[
            [t("consents.form"), form && <bdi>{form}</bdi>],
            [t("consents.page"), page !== undefined && <bdi dir="ltr">{text(page)}</bdi>],
            [t("consents.confirmed"), confirmed !== undefined && <bdi dir="ltr">{text(confirmed)}</bdi>],
            [t("consents.ip_hash"), ip_hash !== undefined && <code dir="ltr">{text(ip_hash)}</code>],
            ...Object.entries(others).map(([name, value]) => [name, <bdi key={name}>{text(value)}</bdi>] as const),
          ]}
        />
      )}
    </div>
  );
}
