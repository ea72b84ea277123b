/** One form: its address, what to paste into a page, what it asks. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type LeadForm, useEnableLeadForm, useFormsAddress } from "@/hooks/lead_forms";
import { formatCount } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { Drawer } from "@/ui/dialog";
import { Panel } from "@/ui/panel";
import { Time } from "@/ui/time";
import { tellDone, tellProblem } from "@/ui/toast";
import { htmlOf, scriptOf } from "./embed";
import { Facts } from "./parts";
import { useWords } from "./words";

interface Props {
  form: LeadForm;
  onClose: () => void;
  onEdit: () => void;
}

export function FormDrawer({ form, onClose, onEdit }: Props) {
  const { t } = useTranslation("marketing");
  const { slug } = useOrganization();
  const mayWrite = useMay("developer");
  const style = useStyle();
  const enable = useEnableLeadForm();
  const address = useFormsAddress();
  const url = address === undefined ? null : `${address}${form.token}`;
  const purposes = useWords("purpose");
  const turn = () =>
    enable.mutate(
      { form_id: form.id, enabled: !form.enabled },
      {
        onSuccess: () => tellDone(t(form.enabled ? "forms.disabled" : "forms.enabled")),
        onError: tellProblem,
      },
    );
  return (
    <Drawer
      open
      onOpenChange={onClose}
      title={<bdi>{form.name}</bdi>}
      footer={
        mayWrite && (
          <>
            <Button busy={enable.isPending} onClick={turn}>
              {t(form.enabled ? "forms.disable" : "forms.enable")}
            </Button>
            <Button onClick={onEdit}>{t("forms.edit")}</Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-5">
        <Panel title={t("forms.figures")} aside={<Status state={form.enabled ? "active" : "disabled"} />}>
          <Facts
            rows={[
              [
                t("forms.submissions"),
                <span key="submissions" className="inline-flex flex-wrap gap-3">
                  <span className="tabular">{formatCount(form.submissions, style)}</span>
                  <Link
                    to="/o/$slug/marketing"
                    params={{ slug }}
                    search={{ tab: "leads", source: `form:${form.name}` }}
                    className="text-accent-strong hover:underline"
                  >
                    {t("forms.its_leads")}
                  </Link>
                </span>,
              ],
              [t("forms.spam"), <span key="spam">{formatCount(form.spam, style)}</span>],
              [t("forms.last"), form.last_submission_at && <Time at={form.last_submission_at} />],
              [t("forms.created"), <Time key="created" at={form.created_at} />],
            ]}
          />
        </Panel>
        {url !== null && (
          <Panel title={t("forms.embed")}>
            <div className="flex flex-col gap-4 px-4 py-3">
              <p className="text-muted">{t("forms.embed_text")}</p>
              <Code label={t("forms.url")} text={url} />
              <Code label={t("forms.html")} text={htmlOf(form, url)} />
              <Code label={t("forms.script")} text={scriptOf(form, url)} />
            </div>
          </Panel>
        )}
        <Panel title={t("forms.questions")}>
          <ul className="divide-y divide-line">
            {form.fields.map((field) => (
              <li key={field.name} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
                <code dir="ltr">{field.name}</code>
                {field.label !== undefined && <bdi>{field.label}</bdi>}
                <span className="text-muted">{t(`forms.types.${field.type}`)}</span>
                {field.required && <span className="text-muted">· {t("forms.required")}</span>}
                {field.maps_to !== undefined && (
                  <span className="text-muted">
                    · {t("forms.becomes")} <code dir="ltr">{field.maps_to}</code>
                  </span>
                )}
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title={t("forms.rules")}>
          <Facts
            rows={[
              [t("forms.purpose"), form.purpose && (purposes[form.purpose] ?? form.purpose)],
              [
                t("forms.consent_text"),
                form.consent_text && <bdi className="whitespace-pre-line">{form.consent_text}</bdi>,
              ],
              [t("consents.version"), form.text_version && <bdi>{form.text_version}</bdi>],
              [t("forms.double_opt_in"), t(form.double_opt_in ? "yes" : "no")],
              [
                t("forms.origins"),
                form.allowed_origins.length === 0 ? (
                  t("forms.any_origin")
                ) : (
                  <span dir="ltr">{form.allowed_origins.join(", ")}</span>
                ),
              ],
              [t("forms.redirect"), form.redirect_url && <bdi dir="ltr">{form.redirect_url}</bdi>],
              [
                t("forms.limits"),
                t("forms.limits_told", {
                  all: formatCount(form.most_per_minute, style),
                  one: formatCount(form.most_per_visitor_minute, style),
                }),
              ],
            ]}
          />
        </Panel>
      </div>
    </Drawer>
  );
}

function Code({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <div className="mb-1 flex items-center justify-between gap-2">
        <span className="text-[13px] font-medium">{label}</span>
        <CopyButton text={text} />
      </div>
      {/* Long lines scroll, and who has no mouse scrolls by the keyboard. */}
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex */}
      <pre
        role="region"
        aria-label={label}
        tabIndex={0}
        dir="ltr"
        lang="en"
        className="overflow-x-auto rounded-box border border-line bg-sunken p-3 font-mono text-xs leading-5"
      >
        {text}
      </pre>
      {/* eslint-enable jsx-a11y/no-noninteractive-tabindex */}
    </div>
  );
}
