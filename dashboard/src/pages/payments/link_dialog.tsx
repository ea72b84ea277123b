/** Make a payment link: what is asked, and then the address to send. */
import { useId, useState } from "react";
import { CircleCheck, ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useEnvironment } from "@/app/organization_route";
import { useCreateLink, usePayAddress } from "@/hooks/payment_links";
import { compare, isAmount } from "@/lib/decimal";
import { instantOf } from "@/lib/period";
import { asProblem } from "@/lib/problem";
import { Button, buttonClass } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field, Input } from "@/ui/field";
import { Money } from "@/ui/money";
import { Select } from "@/ui/select";
import { DialogProblem } from "./dialog_problem";

const EMPTY = { amount: "", currency: "AED", reference: "", description: "", expires: "", many: false, manual: false };
type Name = "amount" | "currency" | "reference" | "description" | "expires";
/** What the hub calls the fields. */
const FIELDS: readonly string[] = ["amount", "currency", "reference", "description", "expires_at"];

export function LinkDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["payments", "common"]);
  const form = useId();
  const given = useEnvironment();
  const { time_zone } = useOrganization();
  const [environment, setEnvironment] = useState(given ?? "sandbox");
  const [asked, setAsked] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  // One link for this dialog, however often the button is pressed; what was refused made none.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const create = useCreateLink();
  const problem = create.error ? asProblem(create.error) : null;
  const trouble = {
    amount: isAmount(asked.amount) && compare(asked.amount, 0) > 0 ? undefined : t("trouble.amount"),
    currency: /^[A-Z]{3}$/.test(asked.currency) ? undefined : t("trouble.currency"),
    reference: asked.reference.trim() ? undefined : t("common:form.required"),
    description: undefined,
    expires: undefined,
  };
  const expires = instantOf(asked.expires, time_zone);
  const change = (part: Partial<typeof EMPTY>) => setAsked((before) => ({ ...before, ...part }));
  const send = () => {
    setTried(true);
    if (Object.values(trouble).some(Boolean)) return;
    create.mutate(
      {
        amount: asked.amount,
        currency: asked.currency,
        reference: asked.reference.trim(),
        ...(asked.description.trim() && { description: asked.description.trim() }),
        ...(expires && { expires_at: expires }),
        single_use: !asked.many,
        capture_method: asked.manual ? "manual" : "automatic",
        environment,
        idempotency_key: key,
      },
      { onError: (reason) => !asProblem(reason).passing && setKey(crypto.randomUUID()) },
    );
  };
  const line = (name: Name, { type = "text", optional = false, help = "" } = {}) => {
    const refused = problem?.field === (name === "expires" ? "expires_at" : name) ? problem.message : undefined;
    return (
      <Field
        label={t(`link.${name}`)}
        optional={optional}
        help={help}
        error={(tried ? trouble[name] : undefined) ?? refused}
      >
        {(control) => (
          <Input
            {...control}
            type={type}
            inputMode={name === "amount" ? "decimal" : undefined}
            dir={name === "reference" || name === "description" ? "auto" : "ltr"}
            autoComplete="off"
            value={asked[name]}
            onChange={(event) =>
              change({ [name]: name === "currency" ? event.target.value.toUpperCase().trim() : event.target.value })
            }
          />
        )}
      </Field>
    );
  };
  if (create.data) return <Made link={create.data} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("links.create")}
      description={t("link.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" type="submit" form={form} busy={create.isPending}>
            {t("links.create")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div className="grid gap-4 sm:grid-cols-[1fr_8rem]">
          {line("amount")}
          {line("currency")}
        </div>
        {line("reference")}
        {line("description", { optional: true })}
        <div className="grid gap-4 sm:grid-cols-2">
          {line("expires", {
            type: "datetime-local",
            optional: true,
            help: t("link.zone", { zone: time_zone }),
          })}
          <Field label={t("common:environment.label")}>
            {(control) => (
              <Select
                {...control}
                value={environment}
                onChange={setEnvironment}
                options={(["sandbox", "live"] as const).map((value) => ({
                  value,
                  label: t(`common:environment.${value}`),
                }))}
              />
            )}
          </Field>
        </div>
        <Checkbox
          label={t("link.many")}
          checked={asked.many}
          onChange={(event) => change({ many: event.target.checked })}
        />
        <Checkbox
          label={t("link.manual")}
          checked={asked.manual}
          onChange={(event) => change({ manual: event.target.checked })}
        />
        {problem && !FIELDS.includes(problem.field ?? "") && <DialogProblem error={problem} />}
      </form>
    </Dialog>
  );
}

type Link = NonNullable<ReturnType<typeof useCreateLink>["data"]>;

function Made({ link, onClose }: { link: Link; onClose: () => void }) {
  const { t } = useTranslation(["payments", "common"]);
  const address = usePayAddress()?.(link.token);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("link.made")}
      footer={
        <Button look="primary" onClick={onClose}>
          {t("common:actions.close")}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="flex items-center gap-2" role="status">
          <CircleCheck className="size-5 shrink-0 text-good" aria-hidden />
          <span>
            <Money amount={link.amount} currency={link.currency} /> · <bdi>{link.reference}</bdi>
          </span>
        </p>
        {address && (
          <div className="flex items-center gap-1 rounded-box border border-line bg-sunken px-3 py-2" dir="ltr">
            <code className="min-w-0 grow font-mono text-xs break-all">{address}</code>
            <CopyButton text={address} label={t("links.copy", { reference: link.reference })} />
          </div>
        )}
        <p className="text-muted">{t("link.made_text")}</p>
        {address && (
          <a href={address} target="_blank" rel="noreferrer" className={buttonClass()}>
            {t("link.open")}
            <ExternalLink className="size-4" aria-hidden />
          </a>
        )}
      </div>
    </Dialog>
  );
}
