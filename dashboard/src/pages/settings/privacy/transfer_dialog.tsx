/** Where a provider processes data, and why it may go there. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { useLanguage } from "@/app/style";
import { type Recipient, type Transfer, TRANSFER_BASES, useSaveTransfer } from "@/hooks/processing";
import { dayOf } from "@/lib/period";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { useCountries } from "../countries";
import { FormProblem } from "../parts";

type Basis = (typeof TRANSFER_BASES)[number];
const URL_TEXT = /^https?:\/\//;
const TAKEN = "23505";

interface Props {
  recipient: Recipient;
  transfer: Transfer | null;
  onClose: () => void;
}

export function TransferDialog({ recipient, transfer, onClose }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const { time_zone } = useOrganization();
  const countries = useCountries(useLanguage());
  const save = useSaveTransfer();
  const [country, setCountry] = useState(transfer?.country ?? "AE");
  const [basis, setBasis] = useState<Basis>((transfer?.basis as Basis | undefined) ?? "within_country");
  const [source, setSource] = useState(transfer?.source ?? "");
  const [agreement, setAgreement] = useState(transfer?.agreement_url ?? "");
  const [reviewed, setReviewed] = useState(transfer?.reviewed_on ?? dayOf(new Date(), time_zone));
  const [tried, setTried] = useState(false);
  const taken = save.error !== null && asProblem(save.error).code === TAKEN;
  const wrongUrl = agreement.trim() !== "" && !URL_TEXT.test(agreement.trim());
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (source.trim() === "" || reviewed === "" || wrongUrl) return;
    save.mutate(
      {
        id: transfer?.id ?? null,
        provider_key: recipient.provider,
        country,
        basis,
        source: source.trim(),
        agreement_url: agreement.trim() || null,
        reviewed_on: reviewed,
      },
      {
        onSuccess: () => {
          tellDone(t("recipients.saved"));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={transfer ? t("recipients.edit") : t("recipients.add")}
      description={recipient.name}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="transfer" look="primary" busy={save.isPending}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form id="transfer" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("organization.country")} error={taken ? t("recipients.taken") : undefined}>
          {(control) => <Select {...control} value={country} onChange={setCountry} options={countries} />}
        </Field>
        <Field label={t("recipients.basis_field")}>
          {(control) => (
            <Select
              {...control}
              value={basis}
              onChange={setBasis}
              options={TRANSFER_BASES.map((value) => ({ value, label: t(`recipients.basis.${value}`) }))}
            />
          )}
        </Field>
        <Field
          label={t("recipients.source")}
          help={t("recipients.source_help")}
          error={tried && source.trim() === "" ? t("common:form.required") : undefined}
        >
          {(control) => (
            <Input
              {...control}
              dir="auto"
              maxLength={500}
              value={source}
              onChange={({ target }) => setSource(target.value)}
            />
          )}
        </Field>
        <Field
          label={t("recipients.agreement_field")}
          error={tried && wrongUrl ? t("recipients.url_wrong") : undefined}
          optional
        >
          {(control) => (
            <Input
              {...control}
              dir="ltr"
              inputMode="url"
              placeholder="https://"
              value={agreement}
              onChange={({ target }) => setAgreement(target.value)}
            />
          )}
        </Field>
        <Field
          label={t("recipients.reviewed_field")}
          error={tried && reviewed === "" ? t("common:form.required") : undefined}
        >
          {(control) => (
            <Input {...control} type="date" value={reviewed} onChange={({ target }) => setReviewed(target.value)} />
          )}
        </Field>
        {!taken && <FormProblem error={save.error} />}
      </form>
    </Dialog>
  );
}
