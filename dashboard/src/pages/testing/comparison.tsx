/** The comparison itself: the outcome, what was asked, and call by call. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Call, useCalls } from "@/hooks/calls";
import type { Connection } from "@/hooks/connections";
import { type Operation, useOperation } from "@/hooks/operations";
import { cx } from "@/lib/cx";
import { Badge } from "@/ui/badge";
import { Checkbox } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { compare, type Line, readBody } from "./difference";
import { isLive, tookMs } from "./outcome";

interface Props {
  /** Ids of operations. */
  a: string;
  b: string;
  connections: readonly Connection[];
}

export function Comparison({ a, b, connections }: Props) {
  const { t } = useTranslation("testing");
  const [onlyDifferent, setOnlyDifferent] = useState(false);
  const [one, other] = [useOperation(a), useOperation(b)];
  const callsOfOne = useCalls({ operationId: a }, isLive(null, one.data ?? null));
  const callsOfOther = useCalls({ operationId: b }, isLive(null, other.data ?? null));
  const nameOf = (id: string | null) => connections.find((each) => each.id === id)?.name ?? id;
  const [firstCalls, secondCalls] = [callsOfOne.data ?? [], callsOfOther.data ?? []];
  const rounds = Math.max(firstCalls.length, secondCalls.length);
  return (
    <Result query={one}>
      {(first) => (
        <Result query={other}>
          {(second) => (
            <>
              <div className="flex justify-end">
                <Checkbox
                  label={t("compare.only_different")}
                  checked={onlyDifferent}
                  onChange={(event) => setOnlyDifferent(event.target.checked)}
                />
              </div>
              <Part
                title={t("compare.outcome")}
                lines={compare(outcomeOf(first, firstCalls, nameOf), outcomeOf(second, secondCalls, nameOf))}
                onlyDifferent={onlyDifferent}
              />
              <Part
                title={t("compare.input")}
                lines={compare(first.input, second.input)}
                onlyDifferent={onlyDifferent}
              />
              {Array.from({ length: rounds }, (_, index) => (
                <Part
                  key={index}
                  title={t("compare.call", { number: index + 1 })}
                  lines={compare(factsOf(firstCalls[index]), factsOf(secondCalls[index]))}
                  onlyDifferent={onlyDifferent}
                />
              ))}
            </>
          )}
        </Result>
      )}
    </Result>
  );
}

function outcomeOf(operation: Operation, calls: readonly Call[], nameOf: (id: string | null) => string | null) {
  const { kind, status, attempts, error, result } = operation;
  return {
    kind,
    connection: nameOf(operation.connection_id),
    status,
    attempts,
    duration_ms: tookMs(operation),
    calls: calls.length,
    error,
    result,
  };
}

/** What of a call is worth a look; times of day and ids of log lines differ always. */
function factsOf(call: Call | undefined): unknown {
  if (!call) return undefined;
  const { method, url, status, outcome, error_code, attempt } = call;
  return {
    request: { method, url, body: readBody(call.request_body) },
    response: { status, body: readBody(call.response_body) },
    outcome,
    error_code,
    attempt,
    duration_ms: Math.round(call.duration_ms),
  };
}

interface PartProps {
  title: string;
  lines: readonly Line[];
  onlyDifferent: boolean;
}

function Part({ title, lines, onlyDifferent }: PartProps) {
  const { t } = useTranslation("testing");
  const different = lines.filter(({ same }) => !same).length;
  const shown = onlyDifferent ? lines.filter(({ same }) => !same) : lines;
  return (
    <Panel
      title={title}
      aside={
        <Badge tone={different > 0 ? "warn" : "good"}>
          {different > 0 ? t("compare.differences", { count: different }) : t("compare.same")}
        </Badge>
      }
    >
      {shown.length === 0 ? (
        <Empty title={t("compare.nothing")} />
      ) : (
        <div className="overflow-x-auto">
          <table className="w-full min-w-xl table-fixed text-start text-[13px]">
            <thead>
              <tr className="border-b border-line text-muted">
                <th scope="col" className="w-1/4 px-4 py-2 text-start font-medium">
                  {t("compare.what")}
                </th>
                <th scope="col" className="px-4 py-2 text-start font-medium">
                  {t("compare.first")}
                </th>
                <th scope="col" className="px-4 py-2 text-start font-medium">
                  {t("compare.second")}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((line) => (
                <Row key={line.path} line={line} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Row({ line: { path, a, b, same } }: { line: Line }) {
  const { t } = useTranslation("testing");
  const value = (text: string | undefined) =>
    text === undefined ? (
      <span className="text-muted">{t("compare.absent")}</span>
    ) : (
      <code className="font-mono text-xs break-words" dir="ltr">
        {text}
      </code>
    );
  return (
    <tr className={cx("border-b border-line align-top last:border-b-0", !same && "bg-warn-soft")}>
      <th scope="row" className="px-4 py-1.5 text-start font-normal break-words">
        <code className="font-mono text-xs" dir="ltr">
          {path}
        </code>
        {!same && <span className="sr-only"> {t("compare.differs")}</span>}
      </th>
      <td className="px-4 py-1.5">{value(a)}</td>
      <td className="px-4 py-1.5">{value(b)}</td>
    </tr>
  );
}
