/** Providers that get personal data, where they process it, and why it may go there. */
import { useState } from "react";
import { Globe, Pencil, Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useLanguage, useStyle } from "@/app/style";
import {
  type Recipient,
  type Transfer,
  type TRANSFER_BASES,
  useRegister,
  useRemoveTransfer,
  useTransfers,
} from "@/hooks/processing";
import { formatDay } from "@/lib/format";
import { Badge, EnvironmentBadge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Panel } from "@/ui/panel";
import { Empty, Result } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { ReadOnly, Told } from "../parts";
import { TransferDialog } from "./transfer_dialog";

type Editing = { recipient: Recipient; transfer: Transfer | null };

export function Recipients() {
  const { t } = useTranslation("settings");
  const mayEdit = useMay("admin");
  const register = useRegister();
  const transfers = useTransfers();
  const [editing, setEditing] = useState<Editing | null>(null);
  return (
    <Panel title={t("privacy.part.recipients")}>
      <div className="flex flex-col gap-2 border-b border-line p-4">
        <Told>{t("recipients.text")}</Told>
        {!mayEdit && <ReadOnly needs="admin" />}
      </div>
      <Result
        query={register}
        isEmpty={({ recipients }) => recipients.length === 0}
        empty={
          <Empty icon={Globe} title={t("recipients.empty")}>
            {t("recipients.empty_text")}
          </Empty>
        }
      >
        {({ recipients }) => (
          <ul className="divide-y divide-line">
            {recipients.map((recipient) => (
              <One
                key={recipient.provider}
                recipient={recipient}
                transfers={(transfers.data ?? []).filter((each) => each.provider_key === recipient.provider)}
                onEdit={mayEdit ? (transfer) => setEditing({ recipient, transfer }) : undefined}
              />
            ))}
          </ul>
        )}
      </Result>
      {editing && <TransferDialog {...editing} onClose={() => setEditing(null)} />}
    </Panel>
  );
}

interface Props {
  recipient: Recipient;
  transfers: readonly Transfer[];
  onEdit: ((transfer: Transfer | null) => void) | undefined;
}

function One({ recipient, transfers, onEdit }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const categories = t("common:category", { returnObjects: true }) as Record<string, string>;
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{recipient.name}</span>
          <span className="text-[13px] text-muted">{categories[recipient.category] ?? recipient.category}</span>
          {recipient.environments.map((each) => (
            <EnvironmentBadge key={each} environment={each} />
          ))}
          <Badge tone={recipient.verified ? "good" : "warn"}>
            {t(recipient.verified ? "recipients.verified" : "recipients.unverified")}
          </Badge>
        </p>
        {onEdit && (
          <Button
            size="small"
            aria-label={t("recipients.add_of", { name: recipient.name })}
            onClick={() => onEdit(null)}
          >
            <Plus className="size-4" aria-hidden />
            {t("recipients.add")}
          </Button>
        )}
      </div>
      {transfers.length > 0 && (
        <ul className="mt-1 flex flex-col gap-1">
          {transfers.map((transfer) => (
            <Line key={transfer.id} transfer={transfer} onEdit={onEdit && (() => onEdit(transfer))} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Line({ transfer, onEdit }: { transfer: Transfer; onEdit: (() => void) | undefined }) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const countries = new Intl.DisplayNames([useLanguage()], { type: "region" });
  const remove = useRemoveTransfer();
  const [removing, setRemoving] = useState(false);
  const country = countries.of(transfer.country) ?? transfer.country;
  return (
    <li className="flex items-start justify-between gap-3 text-[13px]">
      <span className="min-w-0">
        <span className="font-medium">{country}</span> ·{" "}
        {t(`recipients.basis.${transfer.basis as (typeof TRANSFER_BASES)[number]}`)} ·{" "}
        {t("recipients.reviewed", { day: formatDay(transfer.reviewed_on, { ...style, timeZone: "UTC" }) })}
        <span className="block break-words text-muted">
          <bdi>{transfer.source}</bdi>
          {transfer.agreement_url && (
            <>
              {" · "}
              <a
                href={transfer.agreement_url}
                target="_blank"
                rel="noreferrer"
                className="text-accent-strong underline underline-offset-2"
              >
                {t("recipients.agreement")}
              </a>
            </>
          )}
        </span>
      </span>
      {onEdit && (
        <span className="flex shrink-0">
          <Button look="quiet" size="icon" aria-label={t("recipients.edit_of", { country })} onClick={onEdit}>
            <Pencil className="size-4" aria-hidden />
          </Button>
          <Button
            look="quiet"
            size="icon"
            aria-label={t("recipients.remove_of", { country })}
            onClick={() => setRemoving(true)}
          >
            <Trash2 className="size-4" aria-hidden />
          </Button>
        </span>
      )}
      <Confirm
        open={removing}
        onOpenChange={setRemoving}
        title={t("recipients.remove_title", { country })}
        action={t("recipients.remove")}
        onConfirm={async () => {
          await remove.mutateAsync(transfer.id);
          tellDone(t("recipients.removed"));
        }}
      >
        {t("recipients.remove_text")}
      </Confirm>
    </li>
  );
}
