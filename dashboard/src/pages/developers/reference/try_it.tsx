/** A form that makes the request for real, with the user's own session, in the sandbox. */
import { useEffect, useRef, useState } from "react";
import { useMutation } from "@tanstack/react-query";
import { Play, Square } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { AnswerView } from "./answer_view";
import { type Operation, subjectOf } from "./document";
import { heldToSandbox, isRead, type Reach } from "./guard";
import { addressOf, type Field, isFilter, type Request, requestOf, type Values, type Way, WrongValue } from "./request";
import { documentedValues, firstValues } from "./request_examples";
import { send } from "./send";
import { TryField } from "./try_field";

interface Props {
  operation: Operation;
  fields: readonly Field[];
  reach: Reach;
  values: Values;
  onValues: (values: Values) => void;
  way: Way;
  onWay: (way: Way) => void;
}

export function TryIt({ operation, fields, reach, values, onValues, way, onWay }: Props) {
  const { t } = useTranslation(["developers", "common"]);
  const { id } = useOrganization();
  const mayWrite = useMay("developer");
  const [wrong, setWrong] = useState<WrongValue | null>(null);
  const [asked, setAsked] = useState<Request | null>(null);
  const aborter = useRef<AbortController | null>(null);
  const sending = useMutation({
    mutationFn: async (request: Request) => {
      const { signal } = (aborter.current = new AbortController());
      try {
        await heldToSandbox(request, reach, signal);
        return await send(request, signal);
      } catch (reason) {
        // Told as one thing, wherever it was stopped.
        if (signal.aborted) throw new DOMException("stopped", "AbortError");
        throw reason;
      }
    },
    gcTime: 0,
  });
  useEffect(() => () => aborter.current?.abort(), []);
  if (reach === "never") {
    return (
      <Panel title={t("try.title")}>
        <p className="p-4 text-muted">{t("try.never")}</p>
      </Panel>
    );
  }
  const subject = subjectOf(operation);
  const isFunction = subject !== null && "function" in subject;
  const ways: Way[] = reach === "read_only" || !mayWrite ? ["read"] : ["read", "write"];
  const used = isFunction && !ways.includes(way) ? "read" : way;
  const refused = !mayWrite && !isFunction && operation.method !== "get";
  const start = () => {
    setWrong(null);
    try {
      const request = requestOf(operation, fields, values, used, id);
      if (isRead(request)) sending.mutate(request);
      else setAsked(request);
    } catch (reason) {
      if (!(reason instanceof WrongValue)) throw reason;
      setWrong(reason);
    }
  };
  const field = (each: Field) => (
    <TryField
      key={each.key}
      field={each}
      value={values[each.key] ?? ""}
      onChange={(text) => onValues({ ...values, [each.key]: text })}
      error={wrong?.field === each.key ? t(`try.wrong_${wrong.kind}`) : undefined}
    />
  );
  const parts = {
    needed: fields.filter((each) => each.required || each.fixed === "environment"),
    optional: fields.filter((each) => !each.required && !each.fixed && !isFilter(each) && each.place !== "header"),
    filters: fields.filter((each) => isFilter(each) && !each.fixed),
  };
  const opened = wrong !== null && !parts.needed.some(({ key }) => key === wrong.field);
  return (
    <Panel
      title={t("try.title")}
      aside={
        <Button look="quiet" size="small" onClick={() => onValues(documentedValues(operation, fields))}>
          {t("try.fill")}
        </Button>
      }
    >
      <form
        noValidate
        className="flex flex-col gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <p className="text-[13px] text-muted">{t(`try.reach_${reach}`)}</p>
        {isFunction && (
          <Select
            aria-label={t("try.way")}
            className="self-start"
            value={used}
            onChange={onWay}
            options={ways.map((value) => ({ value, label: t(`try.way_${value}`) }))}
          />
        )}
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">{parts.needed.map(field)}</div>
        {(["optional", "filters"] as const).map(
          (part) =>
            parts[part].length > 0 && (
              <details key={part} open={opened || (part === "optional" && operation.method === "get")}>
                <summary className="cursor-pointer font-medium">
                  {t(`try.${part}`)} <span className="tabular font-normal text-muted">{parts[part].length}</span>
                </summary>
                <div className="mt-3 grid grid-cols-1 gap-3 sm:grid-cols-2">{parts[part].map(field)}</div>
              </details>
            ),
        )}
        <div className="flex flex-wrap items-center gap-2">
          <Button
            look="primary"
            type="submit"
            busy={sending.isPending}
            disabled={refused}
            title={refused ? t("common:states.needs_role", { role: t("common:role.developer") }) : undefined}
          >
            <Play className="size-4 rtl:-scale-x-100" aria-hidden />
            {t("try.send")}
          </Button>
          {sending.isPending && (
            <Button onClick={() => aborter.current?.abort()}>
              <Square className="size-3.5" aria-hidden />
              {t("try.stop")}
            </Button>
          )}
          <Button
            look="quiet"
            onClick={() => {
              sending.reset();
              setWrong(null);
              onValues(firstValues(fields));
            }}
          >
            {t("common:actions.clear")}
          </Button>
        </div>
        <AnswerView answer={sending.data} error={sending.error} wasRead={isFunction && used === "read"} />
      </form>
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={t("try.confirm_title")}
        action={t("try.confirm")}
        onConfirm={() => {
          // The dialog does not wait: what is on its way can be stopped beside the form.
          if (asked) sending.mutate(asked);
          return Promise.resolve();
        }}
      >
        <p>{t("try.confirm_text")}</p>
        {asked && (
          <code dir="ltr" className="mt-2 block rounded-box bg-sunken p-2 text-start font-mono text-xs break-all">
            {asked.method} {addressOf(asked)}
          </code>
        )}
      </Confirm>
    </Panel>
  );
}
