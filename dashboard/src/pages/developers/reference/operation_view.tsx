/** One operation: what it takes and answers, the same request in three languages, and the form to try it. */
import { useMemo, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { configQuery } from "@/lib/config";
import { Badge } from "@/ui/badge";
import { Json } from "@/ui/json";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { Code } from "./code";
import { isComputed, type Operation, type Reference } from "./document";
import { type CodeLanguage, exampleIn, LANGUAGES } from "./examples";
import { reachOf } from "./guard";
import { MethodBadge } from "./method_badge";
import { type Field, fieldsOf, isFilter, type Values, type Way } from "./request";
import { exampleRequest, firstValues, usualWay } from "./request_examples";
import { linesOf, SchemaTable } from "./schema_table";
import { TryIt } from "./try_it";

interface Props {
  operation: Operation;
  reference: Reference;
}

export function OperationView({ operation, reference }: Props) {
  const fields = useMemo(() => fieldsOf(operation, reference.resolve), [operation, reference]);
  const reach = reachOf(operation, reference);
  const [values, setValues] = useState<Values>(() => firstValues(fields));
  const [way, setWay] = useState<Way>(() => usualWay(operation, reach));
  return (
    <article className="flex flex-col gap-5">
      <header>
        <h2 className="text-lg font-semibold" lang="en" dir="auto">
          {operation.summary}
        </h2>
        <p className="mt-1 flex flex-wrap items-center gap-2" dir="ltr">
          <MethodBadge method={operation.method} />
          <code className="font-mono text-[13px] break-all">{operation.path}</code>
        </p>
        <p className="mt-2 max-w-prose text-muted" lang="en" dir="auto">
          {operation.description}
        </p>
      </header>
      <div className="grid grid-cols-1 items-start gap-5 2xl:grid-cols-2">
        <TryIt
          operation={operation}
          fields={fields}
          reach={reach}
          values={values}
          onValues={setValues}
          way={way}
          onWay={setWay}
        />
        <Examples operation={operation} fields={fields} values={values} way={way} />
      </div>
      <Takes fields={fields} reference={reference} />
      <Replies operation={operation} reference={reference} />
    </article>
  );
}

interface ExamplesProps {
  operation: Operation;
  fields: readonly Field[];
  values: Values;
  way: Way;
}

function Examples({ operation, fields, values, way }: ExamplesProps) {
  const { t } = useTranslation("developers");
  const { id } = useOrganization();
  const [language, setLanguage] = useState<CodeLanguage>("python");
  const hub = useQuery(configQuery);
  const request = exampleRequest(operation, fields, values, way, id);
  const text = exampleIn(language, operation, request, hub.data?.url ?? window.location.origin);
  return (
    <Panel
      title={t("reference.examples")}
      aside={
        <Select
          compact
          aria-label={t("reference.language")}
          value={language}
          onChange={setLanguage}
          options={LANGUAGES.map((value) => ({ value, label: t(`reference.language_${value}`) }))}
        />
      }
    >
      <div className="flex flex-col gap-2 p-4">
        {text === null ? (
          <p className="text-muted">{t("reference.no_example")}</p>
        ) : (
          <Code text={text} label={t(`reference.language_${language}`)} />
        )}
        <p className="text-[13px] text-muted">{t("reference.examples_note")}</p>
      </div>
    </Panel>
  );
}

function Takes({ fields, reference }: { fields: readonly Field[]; reference: Reference }) {
  const { t } = useTranslation("developers");
  const parts = [
    ["body", fields.filter(({ place }) => place === "body")],
    ["parameters", fields.filter((field) => field.place !== "body" && !isFilter(field))],
    ["filters", fields.filter(isFilter)],
  ] as const;
  const there = parts.filter(([, members]) => members.length > 0);
  if (there.length === 0) return null;
  return (
    <Panel title={t("reference.takes_title")}>
      <div className="flex flex-col gap-4 p-4">
        {there.map(([part, members]) => (
          <details key={part} open={part !== "filters"}>
            <summary className="mb-2 cursor-pointer font-medium">
              {t(`reference.${part}`)} <span className="tabular font-normal text-muted">{members.length}</span>
            </summary>
            <SchemaTable label={t(`reference.${part}`)} lines={members} resolve={reference.resolve} />
          </details>
        ))}
      </div>
    </Panel>
  );
}

function Replies({ operation, reference }: Props) {
  const { t } = useTranslation("developers");
  const [status, setStatus] = useState(operation.replies[0]?.status ?? "");
  const reply = operation.replies.find((each) => each.status === status);
  if (!reply) return null;
  const lines = reply.schema && linesOf(reply.schema, reference.resolve);
  const computed = lines?.filter(({ schema }) => isComputed(schema)) ?? [];
  return (
    <Panel
      title={t("reference.replies")}
      aside={
        <Select
          compact
          aria-label={t("reference.status")}
          value={status}
          onChange={setStatus}
          options={operation.replies.map((each) => ({ value: each.status, label: each.status }))}
        />
      }
    >
      <div className="flex flex-col gap-3 p-4">
        <p lang="en" dir="auto">
          {reply.description}
        </p>
        {computed.length > 0 && (
          <p className="flex flex-wrap items-center gap-1.5 text-[13px] text-muted">
            <Badge tone="info">{t("reference.computed")}</Badge>
            {t("reference.computed_text")}{" "}
            <code dir="ltr" className="font-mono text-xs">
              select=*,{computed.map(({ name }) => name).join(",")}
            </code>
          </p>
        )}
        {lines && <SchemaTable label={t("reference.replies")} lines={lines} resolve={reference.resolve} />}
        {reply.example !== undefined && reply.example !== null && (
          <details>
            <summary className="mb-2 cursor-pointer font-medium">{t("reference.documented")}</summary>
            <Json value={reply.example} label={t("reference.documented")} />
          </details>
        )}
      </div>
    </Panel>
  );
}
