/** What personal data is processed for, as the register of the law has it. */
import { useState } from "react";
import { Download, Pencil, Plus, Target } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { useStyle } from "@/app/style";
import { type BASES, type Purpose, useAllPurposes, useRegister } from "@/hooks/processing";
import { saveFile } from "@/lib/csv";
import { formatCount } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { ReadOnly, Told } from "../parts";
import { useClassName } from "../retention/class_name";
import { PurposeDialog } from "./purpose_dialog";

export function Purposes() {
  const { t } = useTranslation("settings");
  const { slug } = useOrganization();
  const mayEdit = useMay("admin");
  const purposes = useAllPurposes();
  const register = useRegister();
  const [editing, setEditing] = useState<Purpose | "new" | null>(null);
  const add = mayEdit && (
    <Button size="small" onClick={() => setEditing("new")}>
      <Plus className="size-4" aria-hidden />
      {t("purposes.add")}
    </Button>
  );
  return (
    <Panel
      title={t("privacy.part.purposes")}
      aside={
        <span className="flex flex-wrap justify-end gap-2">
          {register.data && (
            <Button
              size="small"
              onClick={() =>
                saveFile(
                  `processing-register-${slug}.json`,
                  "application/json",
                  JSON.stringify(register.data.whole, null, 2),
                )
              }
            >
              <Download className="size-4" aria-hidden />
              {t("purposes.register")}
            </Button>
          )}
          {add}
        </span>
      }
    >
      <div className="flex flex-col gap-2 border-b border-line p-4">
        <Told>{t("purposes.text")}</Told>
        {!mayEdit && <ReadOnly needs="admin" />}
      </div>
      <Result
        query={purposes}
        empty={
          <Empty icon={Target} title={t("purposes.empty")} action={add}>
            {t("purposes.empty_text")}
          </Empty>
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((purpose) => (
              <Line
                key={purpose.id}
                purpose={purpose}
                consents={register.data?.consents[purpose.key]}
                onEdit={mayEdit ? () => setEditing(purpose) : undefined}
              />
            ))}
          </ul>
        )}
      </Result>
      {editing && <PurposeDialog purpose={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </Panel>
  );
}

interface LineProps {
  purpose: Purpose;
  consents: number | undefined;
  onEdit: (() => void) | undefined;
}

function Line({ purpose, consents, onEdit }: LineProps) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const nameOf = useClassName();
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 px-4 py-3">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          <bdi className="font-medium">{purpose.title}</bdi>
          <Badge>{t(`purposes.basis.${purpose.lawful_basis as (typeof BASES)[number]}`)}</Badge>
          {!purpose.active && <Badge>{t("purposes.inactive")}</Badge>}
        </p>
        {purpose.description !== "" && (
          <p className="max-w-prose break-words">
            <bdi>{purpose.description}</bdi>
          </p>
        )}
        <p className="text-[13px] text-muted">
          <code className="font-mono text-xs" dir="ltr">
            {purpose.key}
          </code>
          {purpose.data_categories.length > 0 && (
            <> · {purpose.data_categories.map((each) => nameOf(each)).join(t("comma"))}</>
          )}
          {consents !== undefined && (
            <> · {t("purposes.consents", { count: consents, shown: formatCount(consents, style) })}</>
          )}
        </p>
      </div>
      {onEdit && (
        <Button look="quiet" size="icon" aria-label={t("purposes.edit_of", { name: purpose.title })} onClick={onEdit}>
          <Pencil className="size-4" aria-hidden />
        </Button>
      )}
    </li>
  );
}
