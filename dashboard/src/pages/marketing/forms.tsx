/** Forms of web sites, by which leads come in. */
import { lazy, Suspense, useMemo, useState } from "react";
import { ListPlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type LeadForm, useLeadForms } from "@/hooks/lead_forms";
import { formatCount, type Style } from "@/lib/format";
import { Status } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Empty, Result } from "@/ui/states";
import { type Column, DataTable } from "@/ui/table";
import { Time } from "@/ui/time";
import { marketingRoute } from "./route";
import { useWords } from "./words";

const FormDrawer = lazy(() => import("./form_drawer").then((module) => ({ default: module.FormDrawer })));
const FormDialog = lazy(() => import("./form_dialog").then((module) => ({ default: module.FormDialog })));

export default function Forms() {
  const { t } = useTranslation("marketing");
  const { form: open } = marketingRoute.useSearch();
  const navigate = marketingRoute.useNavigate();
  const show = (form: string | undefined) => void navigate({ search: (before) => ({ ...before, form }) });
  const mayWrite = useMay("developer");
  const forms = useLeadForms();
  const columns = useColumns();
  const [editing, setEditing] = useState<LeadForm | null>(null);
  const shown = forms.data?.find(({ id }) => id === open);
  const add = mayWrite && (
    <Button look="primary" size="small" onClick={() => show("new")}>
      <ListPlus className="size-4" aria-hidden />
      {t("forms.add")}
    </Button>
  );
  return (
    <>
      <div className="mb-3 flex justify-end">{forms.data && forms.data.length > 0 && add}</div>
      <Result
        query={forms}
        lines={8}
        empty={
          <Empty title={t("forms.empty")} action={add}>
            {t("forms.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <DataTable
            label={t("tabs.forms")}
            columns={columns}
            rows={list}
            rowId={(form) => form.id}
            openId={open ?? null}
            onOpen={(form) => show(form.id)}
          />
        )}
      </Result>
      <Suspense>
        {shown && <FormDrawer form={shown} onClose={() => show(undefined)} onEdit={() => setEditing(shown)} />}
        {editing && <FormDialog form={editing} onClose={() => setEditing(null)} onSaved={() => setEditing(null)} />}
        {open === "new" && <FormDialog form={null} onClose={() => show(undefined)} onSaved={show} />}
      </Suspense>
    </>
  );
}

function useColumns(): readonly Column<LeadForm>[] {
  const { t } = useTranslation("marketing");
  const style: Style = useStyle();
  const purposes = useWords("purpose");
  return useMemo(
    () => [
      { id: "name", header: t("forms.name"), cell: (form) => <bdi className="font-medium">{form.name}</bdi> },
      {
        id: "state",
        header: t("forms.state"),
        cell: (form) => <Status state={form.enabled ? "active" : "disabled"} />,
      },
      {
        id: "purpose",
        header: t("forms.asks_for"),
        wideOnly: true,
        cell: (form) =>
          form.purpose === null ? (
            <span className="text-muted">{t("forms.no_consent")}</span>
          ) : (
            <>
              {purposes[form.purpose] ?? form.purpose}
              {form.double_opt_in && <span className="text-muted"> · {t("forms.confirmed_by_mail")}</span>}
            </>
          ),
      },
      {
        id: "submissions",
        header: t("forms.submissions"),
        end: true,
        cell: (form) => formatCount(form.submissions, style),
      },
      {
        id: "spam",
        header: t("forms.spam"),
        end: true,
        wideOnly: true,
        cell: (form) => formatCount(form.spam, style),
      },
      {
        id: "last",
        header: t("forms.last"),
        end: true,
        cell: (form) => (form.last_submission_at === null ? "–" : <Time at={form.last_submission_at} />),
      },
    ],
    [t, style, purposes],
  );
}
