/** What is to go wrong on the wire, and with which requests. */
import { useId, useMemo, useRef } from "react";
import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useKnownRequests } from "@/hooks/calls";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { CALL_FAULTS, detailsOf, patternOf, USUAL, type WantedFault } from "./faults";

interface Props {
  connectionId: string;
  /** The operation that is tried: its own requests are what a new fault is meant for. */
  operation: string;
  faults: readonly WantedFault[];
  onChange: (faults: readonly WantedFault[]) => void;
}

export function FaultsForm({ connectionId, operation, faults, onChange }: Props) {
  const { t } = useTranslation("testing");
  const heading = useId();
  const lastId = useRef(0);
  const known = useKnownRequests(connectionId);
  const requests = useMemo(() => [...new Set(known.data?.map(patternOf))].sort(), [known.data]);
  const add = () => {
    const own = known.data?.find((request) => request.operation === operation);
    lastId.current += 1;
    onChange([
      ...faults,
      { id: lastId.current, kind: "server_error", request: own ? patternOf(own) : "", times: "1", detail: {} },
    ]);
  };
  const change = (id: number, part: Partial<WantedFault>) =>
    onChange(faults.map((each) => (each.id === id ? { ...each, ...part } : each)));
  return (
    <section aria-labelledby={heading} className="rounded-box border border-line">
      <header className="flex items-center justify-between gap-2 px-3 py-2">
        <h3 id={heading} className="font-medium">
          {t("faults.title")}
        </h3>
        <Button size="small" onClick={add}>
          <Plus className="size-4" aria-hidden />
          {t("faults.add")}
        </Button>
      </header>
      {faults.length === 0 && <p className="px-3 pb-3 text-[13px] text-muted">{t("faults.empty")}</p>}
      <ul>
        {faults.map((fault, index) => (
          <li key={fault.id} className="flex flex-col gap-3 border-t border-line p-3">
            <div className="flex items-end gap-2">
              <div className="grow">
                <Field label={t("faults.kind", { number: index + 1 })} help={t(`fault_help.${fault.kind}`)}>
                  {(control) => (
                    <Select
                      {...control}
                      value={fault.kind}
                      onChange={(kind) => change(fault.id, { kind })}
                      options={CALL_FAULTS.map((value) => ({ value, label: t(`fault_kind.${value}`) }))}
                    />
                  )}
                </Field>
              </div>
              <Button
                look="quiet"
                size="icon"
                className="self-start"
                aria-label={t("faults.remove", { number: index + 1 })}
                onClick={() => onChange(faults.filter(({ id }) => id !== fault.id))}
              >
                <X className="size-4" aria-hidden />
              </Button>
            </div>
            <Field label={t("faults.request")}>
              {(control) => (
                <Select
                  {...control}
                  value={fault.request}
                  onChange={(request) => change(fault.id, { request })}
                  options={[
                    { value: "", label: t("faults.any_request") },
                    ...requests.map((value) => ({ value, label: value })),
                  ]}
                />
              )}
            </Field>
            <div className="grid grid-cols-2 gap-3">
              <NumberField
                label={t("faults.times")}
                value={fault.times}
                onChange={(times) => change(fault.id, { times })}
              />
              {detailsOf(fault.kind).map((name) => (
                <NumberField
                  key={name}
                  label={t(`fault_detail.${name}`)}
                  value={fault.detail[name] ?? USUAL[name]}
                  onChange={(value) => change(fault.id, { detail: { ...fault.detail, [name]: value } })}
                />
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface NumberProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

function NumberField({ label, value, onChange }: NumberProps) {
  return (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          type="number"
          inputMode="decimal"
          min={0}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
