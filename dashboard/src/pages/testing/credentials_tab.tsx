/** Whether a connection's credentials are right: a worker opens them, asks the provider, and says what it found. */
import { useState } from "react";
import { KeyRound, ShieldCheck } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { useCalls } from "@/hooks/calls";
import { type Connection, connectionKeys } from "@/hooks/connections";
import { useCredentials } from "@/hooks/credentials";
import { type Operation, useOperation } from "@/hooks/operations";
import { useProviders } from "@/hooks/providers";
import { formatDuration } from "@/lib/format";
import { rpc } from "@/lib/supabase";
import { Status } from "@/ui/badge";
import { Button, buttonClass } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Empty, NoPermission, ProblemText, Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { CallView } from "./call_view";
import { isLive } from "./outcome";
import { verdictOf } from "./verdict";

export function CredentialsTab({ connection }: { connection: Connection }) {
  const { t } = useTranslation("testing");
  const client = useQueryClient();
  const { id: organizationId } = useOrganization();
  const allowed = useMay("developer");
  const [operationId, setOperationId] = useState<string | null>(null);
  const test = useMutation({
    mutationFn: () => rpc("test_connection", { connection_id: connection.id }),
    onSuccess: ({ id }) => setOperationId(id),
    onSettled: () => client.invalidateQueries({ queryKey: connectionKeys.all(organizationId) }),
  });
  const operation = useOperation(operationId);
  const busy = test.isPending || operation.data?.status === "pending";
  return (
    <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[26rem_minmax(0,1fr)]">
      <Stored connection={connection} />
      <div className="flex min-w-0 flex-col gap-5">
        <Panel
          title={t("credentials.title")}
          aside={
            allowed && (
              <Button look="primary" size="small" busy={busy} onClick={() => test.mutate()}>
                {t("credentials.go")}
              </Button>
            )
          }
        >
          {!allowed ? (
            <NoPermission needs="developer" />
          ) : test.error ? (
            <p role="alert" className="m-4 rounded-box bg-bad-soft px-3 py-2 text-bad">
              <ProblemText error={test.error} />
            </p>
          ) : operation.data && operation.data.status !== "pending" ? (
            <Verdict connection={connection} operation={operation.data} />
          ) : busy ? (
            <p role="status" className="px-4 py-8 text-center text-muted">
              {t("credentials.asking")}
            </p>
          ) : (
            <Empty icon={ShieldCheck} title={t("credentials.empty")}>
              {t("credentials.empty_text")}
            </Empty>
          )}
        </Panel>
        {operation.data && <CheckCalls operation={operation.data} />}
      </div>
    </div>
  );
}

/** What was found, in words. */
function Verdict({ connection, operation }: { connection: Connection; operation: Operation }) {
  const { t } = useTranslation("testing");
  const style = useStyle();
  const provider = useProviders().data?.find(({ key }) => key === connection.provider_key);
  const { key, state, detail, latencyMs } = verdictOf(operation);
  return (
    <div role="status" className="flex flex-col gap-2 p-4">
      <p className="flex flex-wrap items-center gap-2 text-base font-semibold">
        <Status state={state} />
        {t(`verdict.${key}`, { provider: provider?.name ?? connection.provider_key })}
      </p>
      <p className="text-muted">{t(`verdict_next.${key}`)}</p>
      {detail !== null && (
        <p lang="en" dir="auto" className="rounded-box bg-sunken px-3 py-2 text-[13px] break-words">
          {detail}
        </p>
      )}
      {latencyMs !== null && (
        <p className="text-[13px] text-muted">
          {t("credentials.latency", { duration: formatDuration(latencyMs, style) })}
        </p>
      )}
    </div>
  );
}

function CheckCalls({ operation }: { operation: Operation }) {
  const { t } = useTranslation("testing");
  const calls = useCalls({ operationId: operation.id }, isLive(null, operation));
  if (!calls.data?.length) return null;
  return (
    <Panel title={t("calls.title")} aside={<span className="text-[13px] text-muted">{t("calls.redacted")}</span>}>
      <ol className="divide-y divide-line">
        {calls.data.map((call) => (
          <CallView key={call.id} call={call} open={false} />
        ))}
      </ol>
    </Panel>
  );
}

/** What may be known of the credentials without opening them. */
function Stored({ connection }: { connection: Connection }) {
  const { t } = useTranslation("testing");
  const { slug } = useOrganization();
  const credentials = useCredentials(connection.id);
  return (
    <Panel title={t("credentials.stored")}>
      <Result
        query={credentials}
        empty={
          <Empty
            icon={KeyRound}
            title={t("credentials.none")}
            action={
              <Link
                to="/o/$slug/settings"
                params={{ slug }}
                search={{ tab: "connections", connection: connection.id }}
                className={buttonClass()}
              >
                {t("credentials.to_connection")}
              </Link>
            }
          >
            {t("credentials.none_text")}
          </Empty>
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map(({ id, name, hint, version, updated_at, last_used_at }) => (
              <li key={id} className="px-4 py-2.5">
                <p className="flex items-center justify-between gap-3">
                  <code className="font-mono text-[13px]" dir="ltr">
                    {name}
                  </code>
                  {hint && (
                    <code className="font-mono text-[13px] text-muted" dir="ltr">
                      …{hint}
                    </code>
                  )}
                </p>
                <p className="text-[13px] text-muted">
                  {t("credentials.version", { number: version })} <Time at={updated_at} />
                  {" · "}
                  {last_used_at ? (
                    <>
                      {t("credentials.used")} <Time at={last_used_at} />
                    </>
                  ) : (
                    t("credentials.never_used")
                  )}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Result>
    </Panel>
  );
}
