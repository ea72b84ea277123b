/** What workers were asked to do about a payment, how it went, and why that gateway was chosen. */
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useStyle } from "@/app/style";
import { useCancelOperation, useRetryOperation } from "@/hooks/payment_actions";
import { type PaymentOperation, type Refund, usePaymentOperations } from "@/hooks/payment_detail";
import { routeOf } from "@/hooks/payment_routing";
import { formatDuration } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Id } from "@/ui/copy_button";
import { Result } from "@/ui/states";
import { Time } from "@/ui/time";
import { tellProblem } from "@/ui/toast";
import { Choice, LeftOut } from "./choice";
import { useWords } from "./words";

interface Props {
  paymentId: string;
  refunds: readonly Refund[];
}

export function PaymentAttempts({ paymentId, refunds }: Props) {
  return (
    <Result query={usePaymentOperations(paymentId, refunds)}>
      {(operations) => (
        <ul className="flex flex-col gap-3">
          {operations.map((operation) => (
            <Attempt key={operation.id} operation={operation} />
          ))}
        </ul>
      )}
    </Result>
  );
}

interface OperationError {
  message?: string;
  provider_code?: string;
  http_status?: number;
  skipped?: { connection_id: string; provider: string; reason: string }[];
}

function Attempt({ operation }: { operation: PaymentOperation }) {
  const { t } = useTranslation("payments");
  const words = useWords();
  const style = useStyle();
  const error = operation.error as OperationError | null;
  const route = routeOf(operation.why);
  const took = operation.finished_at
    ? new Date(operation.finished_at).getTime() - new Date(operation.created_at).getTime()
    : null;
  return (
    <li className="rounded-box border border-line">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
        <span className="font-medium">{words.kind(operation.kind)}</span>
        <Status state={operation.status} />
        <span className="ms-auto text-[13px] text-muted">
          <Time at={operation.created_at} />
          {took !== null && <> · {formatDuration(took, style)}</>} · {t("attempt.tries", { count: operation.attempts })}
        </span>
      </div>
      <div className="flex flex-col gap-3 border-t border-line px-3 py-2">
        {error && (
          <p className="text-[13px] text-bad" lang="en" dir="auto">
            {error.message}{" "}
            {(error.provider_code ?? error.http_status) !== undefined && (
              <code dir="ltr">({[error.http_status, error.provider_code].filter(Boolean).join(", ")})</code>
            )}
          </p>
        )}
        {error?.skipped && <LeftOut skipped={error.skipped} />}
        {route && <Choice route={route} />}
        <div className="flex flex-wrap items-center justify-between gap-2 text-[13px] text-muted">
          <span>
            {words.maker(operation.created_by ?? "worker")} · <Id value={operation.id} />
          </span>
          <Doing operation={operation} />
        </div>
      </div>
    </li>
  );
}

function Doing({ operation }: { operation: PaymentOperation }) {
  const { t } = useTranslation("payments");
  const retry = useRetryOperation();
  const cancel = useCancelOperation();
  const may = useMay("developer");
  if (!may) return null;
  if (operation.status === "dead")
    return (
      <Button size="small" busy={retry.isPending} onClick={() => retry.mutate(operation.id, { onError: tellProblem })}>
        {t("attempt.retry")}
      </Button>
    );
  if (operation.status === "pending")
    return (
      <Button
        size="small"
        busy={cancel.isPending}
        onClick={() => cancel.mutate(operation.id, { onError: tellProblem })}
      >
        {t("attempt.cancel")}
      </Button>
    );
  return null;
}
