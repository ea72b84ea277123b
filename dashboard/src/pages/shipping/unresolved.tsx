/** A label whose carrier never answered: somebody looks there, and says what became of it. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useResolveShipment } from "@/hooks/shipment_actions";
import { type Shipment, useMaking } from "@/hooks/shipments";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Field, Input } from "@/ui/field";
import { ProblemText } from "@/ui/states";

export function Unresolved({ shipment }: { shipment: Shipment }) {
  const { t } = useTranslation("shipping");
  const making = useMaking(shipment.id, true);
  const { code, message } = (making.data?.error ?? {}) as { code?: string; message?: string };
  if (!making.data || making.data.status === "pending") {
    return <p className="rounded-box bg-info-soft px-3 py-2 text-info">{t("unresolved.waiting")}</p>;
  }
  const unknown = code === "outcome_unknown" || (making.data.status === "dead" && code === undefined);
  return (
    <div className="flex flex-col gap-3 rounded-box border border-line p-3">
      <p className="font-medium text-bad">{unknown ? t("unresolved.title") : t("unresolved.failed")}</p>
      {message && (
        <p lang="en" dir="auto" className="break-words text-muted">
          {message}
        </p>
      )}
      {unknown && <Resolve shipment={shipment} />}
    </div>
  );
}

function Resolve({ shipment }: { shipment: Shipment }) {
  const { t } = useTranslation("shipping");
  const allowed = useMay("admin");
  const resolve = useResolveShipment();
  const [number, setNumber] = useState("");
  const [denying, setDenying] = useState(false);
  if (!allowed) return <p className="text-muted">{t("unresolved.needs_admin")}</p>;
  const problem = resolve.error && asProblem(resolve.error);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (number.trim()) resolve.mutate({ shipment_id: shipment.id, tracking_number: number.trim() });
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-3">
      <Field
        label={t("unresolved.number")}
        help={t("unresolved.help")}
        error={problem?.field ? problem.message : undefined}
      >
        {(control) => (
          <Input {...control} dir="ltr" value={number} onChange={(event) => setNumber(event.target.value)} />
        )}
      </Field>
      {problem && !problem.field && (
        <p role="alert" className="text-bad">
          <ProblemText error={problem} />
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" size="small" busy={resolve.isPending} disabled={!number.trim()}>
          {t("unresolved.made")}
        </Button>
        <Button size="small" onClick={() => setDenying(true)}>
          {t("unresolved.not_made")}
        </Button>
      </div>
      <Confirm
        open={denying}
        onOpenChange={setDenying}
        title={t("unresolved.not_made")}
        action={t("unresolved.not_made")}
        onConfirm={() => resolve.mutateAsync({ shipment_id: shipment.id })}
      >
        {t("unresolved.not_made_text")}
      </Confirm>
    </form>
  );
}
