/** What the organization says of itself. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useLanguage } from "@/app/style";
import { useUpdateOrganization } from "@/hooks/organizations";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { Field, Input } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { complaintOf, FormProblem, ReadOnly } from "../parts";
import { useCountries } from "../countries";

const LONGEST_NAME = 200;

export function Profile() {
  const { t } = useTranslation(["settings", "common"]);
  const organization = useOrganization();
  const mayEdit = useMay("admin");
  const update = useUpdateOrganization(organization.id);
  const [name, setName] = useState(organization.name);
  const [country, setCountry] = useState(organization.country);
  const [zone, setZone] = useState(organization.time_zone);
  const [missing, setMissing] = useState(false);
  const countries = useCountries(useLanguage());
  const zones = Intl.supportedValuesOf("timeZone");
  const changed = name !== organization.name || country !== organization.country || zone !== organization.time_zone;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setMissing(name.trim() === "");
    if (name.trim() === "") return;
    update.mutate(
      { name: name.trim(), country, time_zone: zone },
      {
        onSuccess: () => {
          setName(name.trim());
          tellDone(t("organization.saved"));
        },
      },
    );
  };
  return (
    <Panel title={t("organization.title")}>
      <form noValidate onSubmit={submit} className="flex max-w-2xl flex-col gap-4 p-4">
        {!mayEdit && <ReadOnly needs="admin" />}
        <Field
          label={t("organization.name")}
          error={missing && name.trim() === "" ? t("common:form.required") : complaintOf(update.error, "name")}
        >
          {(control) => (
            <Input
              {...control}
              disabled={!mayEdit}
              maxLength={LONGEST_NAME}
              value={name}
              dir="auto"
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("organization.country")} error={complaintOf(update.error, "country")}>
            {(control) => (
              <Select {...control} disabled={!mayEdit} value={country} onChange={setCountry} options={countries} />
            )}
          </Field>
          <Field
            label={t("organization.time_zone")}
            help={t("organization.time_zone_help")}
            error={complaintOf(update.error, "time_zone")}
          >
            {(control) => (
              <Select
                {...control}
                disabled={!mayEdit}
                value={zone}
                onChange={setZone}
                // One that the browser does not know was set elsewhere: it stays.
                options={[...new Set([organization.time_zone, ...zones])]
                  .sort()
                  .map((value) => ({ value, label: value }))}
              />
            )}
          </Field>
        </div>
        <dl className="grid gap-4 sm:grid-cols-2">
          <Fixed name={t("organization.id")} value={organization.id} />
          <Fixed name={t("organization.slug")} value={organization.slug} />
        </dl>
        <FormProblem error={update.error} shown={["name", "country", "time_zone"]} />
        {mayEdit && (
          <div>
            <Button type="submit" look="primary" disabled={!changed} busy={update.isPending}>
              {t("common:actions.save")}
            </Button>
          </div>
        )}
      </form>
    </Panel>
  );
}

function Fixed({ name, value }: { name: string; value: string }) {
  const { t } = useTranslation(["settings", "common"]);
  return (
    <div className="min-w-0">
      <dt className="font-medium">{name}</dt>
      <dd className="mt-1 flex items-center gap-1" dir="ltr">
        <code className="min-w-0 font-mono text-[13px] break-all text-muted">{value}</code>
        <CopyButton text={value} label={t("common:actions.copy_this", { what: name })} />
      </dd>
    </div>
  );
}
