/** The form for a new key. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role } from "@/app/organization";
import { type NewKey, useCreateApiKey } from "@/hooks/api_keys";
import type { Environment } from "@/hooks/connections";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { ScopePicker } from "./scope_picker";
import { type Choice, scopesOf } from "./scopes";

type KeyRole = Exclude<Role, "owner">;
const ROLES: readonly KeyRole[] = ["viewer", "developer", "admin"];
const EXPIRIES = ["7", "30", "90", "365", "date", "never"] as const;
type Expiry = (typeof EXPIRIES)[number];
const DAY_MS = 86_400_000;
const USUAL_RATE = "600";

interface Props {
  onMade: (made: NewKey) => void;
  onClose: () => void;
}

export function CreateKey({ onMade, onClose }: Props) {
  const { t } = useTranslation(["developers", "common"]);
  const create = useCreateApiKey();
  const [name, setName] = useState("");
  const [role, setRole] = useState<KeyRole>("developer");
  const [environment, setEnvironment] = useState<Environment | "both">("sandbox");
  const [choice, setChoice] = useState<Choice>({ all: false, some: new Set() });
  const [expiry, setExpiry] = useState<Expiry>("90");
  const [until, setUntil] = useState("");
  const [rate, setRate] = useState(USUAL_RATE);
  const [complaints, setComplaints] = useState<Record<string, string>>({});
  const problem = create.error ? asProblem(create.error) : null;
  const complaint = (field: string) => complaints[field] ?? (problem?.field === field ? problem.message : undefined);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const scopes = scopesOf(choice);
    const wrong: Record<string, string> = {};
    if (name.trim() === "") wrong["name"] = t("common:form.required");
    if (scopes.length === 0) wrong["scopes"] = t("keys.scopes_needed");
    if (expiry === "date" && until === "") wrong["expires_at"] = t("common:form.required");
    if (!/^\d+$/.test(rate)) wrong["requests_per_minute"] = t("common:form.integer");
    setComplaints(wrong);
    if (Object.keys(wrong).length > 0) return;
    const ends = endOf(expiry, until);
    try {
      onMade(
        await create.mutateAsync({
          name: name.trim(),
          scopes,
          role,
          requests_per_minute: Number(rate),
          ...(environment !== "both" && { environment }),
          ...(ends !== null && { expires_at: ends }),
        }),
      );
    } catch {
      // It is shown by the form.
    }
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("keys.create")}
      description={t("keys.create_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" type="submit" form="create_key" busy={create.isPending}>
            {t("keys.create")}
          </Button>
        </>
      }
    >
      <form id="create_key" noValidate className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
        <Field label={t("keys.name")} help={t("keys.name_help")} error={complaint("name")}>
          {(control) => (
            <Input
              {...control}
              value={name}
              maxLength={100}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <Field label={t("common:environment.label")} error={complaint("environment")}>
            {(control) => (
              <Select
                {...control}
                value={environment}
                onChange={setEnvironment}
                options={(["sandbox", "live", "both"] as const).map((value) => ({
                  value,
                  label: t(`common:environment.${value}`),
                }))}
              />
            )}
          </Field>
          <Field label={t("keys.role")} help={t(`keys.role_${role}`)} error={complaint("role")}>
            {(control) => (
              <Select
                {...control}
                value={role}
                onChange={setRole}
                options={ROLES.map((value) => ({ value, label: t(`common:role.${value}`) }))}
              />
            )}
          </Field>
          <Field label={t("keys.expiry")} error={expiry === "date" ? undefined : complaint("expires_at")}>
            {(control) => (
              <Select
                {...control}
                value={expiry}
                onChange={setExpiry}
                options={EXPIRIES.map((value) => ({ value, label: t(`keys.expiry_${value}`) }))}
              />
            )}
          </Field>
          {expiry === "date" && (
            <Field label={t("keys.until")} error={complaint("expires_at")}>
              {(control) => (
                <Input
                  {...control}
                  type="datetime-local"
                  value={until}
                  onChange={(event) => setUntil(event.target.value)}
                />
              )}
            </Field>
          )}
          <Field label={t("keys.rate")} help={t("keys.rate_help")} error={complaint("requests_per_minute")}>
            {(control) => (
              <Input {...control} inputMode="numeric" value={rate} onChange={(event) => setRate(event.target.value)} />
            )}
          </Field>
        </div>
        <ScopePicker choice={choice} onChange={setChoice} error={complaint("scopes")} />
        {expiry === "never" && <p className="text-[13px] text-warn">{t("keys.expiry_never_why")}</p>}
        {problem && (problem.field === null || !FIELDS.has(problem.field)) && (
          <p role="alert" className="text-bad">
            <ProblemText error={problem} />
          </p>
        )}
      </form>
    </Dialog>
  );
}

const FIELDS = new Set(["name", "environment", "role", "expires_at", "requests_per_minute", "scopes"]);

/** When a key is to end, as ISO; null: never. */
function endOf(expiry: Expiry, until: string): string | null {
  if (expiry === "never") return null;
  if (expiry === "date") return new Date(until).toISOString();
  return new Date(Date.now() + Number(expiry) * DAY_MS).toISOString();
}
