/** The first step of everybody who signs up: an organization of their own. */
import { useNavigate } from "@tanstack/react-router";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useCreateOrganization, useOrganizations } from "@/hooks/organizations";
import { DEFAULT_TIME_ZONE } from "@/lib/format";
import { supabase } from "@/lib/supabase";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText } from "@/ui/states";
import { useLanguage } from "./style";
import { Logo } from "./logo";

const COUNTRIES = ["AE", "SA", "BH", "KW", "OM", "QA", "EG", "JO"];

interface Fields {
  name: string;
  country: string;
  time_zone: string;
}

export function NewOrganization() {
  const { t } = useTranslation(["entrance", "common"]);
  const navigate = useNavigate();
  const create = useCreateOrganization();
  const others = useOrganizations();
  const countries = new Intl.DisplayNames([useLanguage()], { type: "region" });
  const form = useForm<Fields>({ defaultValues: { name: "", country: "AE", time_zone: DEFAULT_TIME_ZONE } });
  const submit = form.handleSubmit(async (fields) => {
    const made = await create.mutateAsync(fields).catch(() => null); // Shown below.
    if (made) await navigate({ to: "/o/$slug", params: { slug: made.slug } });
  });
  const zones = Intl.supportedValuesOf("timeZone").map((value) => ({ value, label: value }));
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-6 px-4 py-10">
      <Logo />
      <form
        noValidate
        onSubmit={(event) => void submit(event)}
        className="flex flex-col gap-4 rounded-box border border-line bg-surface p-6"
      >
        <div>
          <h1 className="text-lg font-semibold">{t("organization.title")}</h1>
          <p className="mt-1 text-muted">{t("organization.description")}</p>
        </div>
        <Field label={t("organization.name")} error={form.formState.errors.name?.message}>
          {(control) => (
            <Input
              {...control}
              autoComplete="organization"
              {...form.register("name", { required: t("organization.name_missing") })}
            />
          )}
        </Field>
        <Field label={t("organization.country")}>
          {(control) => (
            <Select
              {...control}
              value={form.watch("country")}
              onChange={(country) => form.setValue("country", country)}
              options={COUNTRIES.map((value) => ({ value, label: countries.of(value) ?? value }))}
            />
          )}
        </Field>
        <Field label={t("organization.time_zone")} help={t("organization.time_zone_help")}>
          {(control) => (
            <Select
              {...control}
              value={form.watch("time_zone")}
              onChange={(zone) => form.setValue("time_zone", zone)}
              options={zones}
            />
          )}
        </Field>
        {create.error && (
          <p role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
            <ProblemText error={create.error} />
          </p>
        )}
        <div className="flex flex-wrap justify-between gap-2">
          {others.data?.length ? (
            <Button look="quiet" onClick={() => window.history.back()}>
              {t("common:actions.cancel")}
            </Button>
          ) : (
            <Button look="quiet" onClick={() => void supabase().auth.signOut()}>
              {t("common:shell.sign_out")}
            </Button>
          )}
          <Button type="submit" look="primary" busy={form.formState.isSubmitting}>
            {t("organization.action")}
          </Button>
        </div>
      </form>
    </main>
  );
}
