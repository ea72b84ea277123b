/** What arrived at a connection's endpoints: whether it was believed, what it meant, and what became of it; live. */
import { Link } from "@tanstack/react-router";
import { ShieldAlert, ShieldCheck, ShieldQuestion, Webhook } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type Arrival, useArrivals } from "@/hooks/webhook_arrivals";
import { cx } from "@/lib/cx";
import { formatDuration } from "@/lib/format";
import { Badge, Status } from "@/ui/badge";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { Time } from "@/ui/time";

interface Props {
  connectionId: string;
  /** When something was sent last: what arrived since is marked. */
  since: string | null;
  everyMs: number;
}

/** Clocks of page and hub differ a little. */
const SLACK_MS = 2_000;

export function Arrivals({ connectionId, since, everyMs }: Props) {
  const { t } = useTranslation("testing");
  const { slug } = useOrganization();
  const arrivals = useArrivals(connectionId, everyMs);
  const isNew = ({ at }: Arrival) => since !== null && Date.parse(at) >= Date.parse(since) - SLACK_MS;
  return (
    <Panel
      title={t("arrivals.title")}
      aside={
        <Link
          to="/o/$slug/webhooks"
          params={{ slug }}
          search={{ connection: connectionId }}
          className="text-[13px] text-accent-strong hover:underline"
        >
          {t("arrivals.all")}
        </Link>
      }
    >
      <Result
        query={arrivals}
        empty={
          <Empty icon={Webhook} title={t("arrivals.empty")}>
            {t("arrivals.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <ol aria-live="polite" className="divide-y divide-line">
            {list.map((arrival) => (
              <li
                key={arrival.id}
                className={cx("flex flex-col gap-1 px-4 py-2.5", isNew(arrival) && "bg-accent-soft")}
              >
                <Line arrival={arrival} />
              </li>
            ))}
          </ol>
        )}
      </Result>
    </Panel>
  );
}

function Line({ arrival }: { arrival: Arrival }) {
  const { t } = useTranslation("testing");
  const style = useStyle();
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <code className="min-w-0 grow truncate font-mono text-[13px]" dir="ltr">
          {arrival.type ?? t("arrivals.unread")}
        </code>
        <Verification verified={arrival.verified} />
        <Status state={arrival.state} />
      </span>
      <span className="flex flex-wrap gap-x-3 text-[13px] text-muted">
        <Time at={arrival.at} />
        {arrival.meanings.length > 0 && <code dir="ltr">{arrival.meanings.join(", ")}</code>}
        {arrival.tookMs !== null && (
          <span>{t("arrivals.took", { duration: formatDuration(Math.max(0, arrival.tookMs), style) })}</span>
        )}
        {arrival.httpStatus !== null && <span>{t("arrivals.answered", { status: arrival.httpStatus })}</span>}
        {arrival.reason !== null && (
          <span lang="en" dir="auto" className="text-bad">
            {arrival.reason.replaceAll("_", " ")}
          </span>
        )}
      </span>
    </>
  );
}

function Verification({ verified }: { verified: boolean | null }) {
  const { t } = useTranslation("testing");
  if (verified === null) return <Badge icon={ShieldQuestion}>{t("arrivals.not_checked")}</Badge>;
  if (verified) {
    return (
      <Badge tone="good" icon={ShieldCheck}>
        {t("arrivals.verified")}
      </Badge>
    );
  }
  return (
    <Badge tone="warn" icon={ShieldAlert}>
      {t("arrivals.unverified")}
    </Badge>
  );
}
