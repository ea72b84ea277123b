/** How leads are kept alike with one tool. */
import { useState } from "react";
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type LeadSync, useSetLeadSync } from "@/hooks/lead_syncs";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { tellDone } from "@/ui/toast";
import { errorAt, FormTrouble } from "./parts";
import { PurposeInput } from "./purpose_input";
import { commaList } from "@/lib/text_lists";
import type { Tool } from "./use_tools";

interface Props {
  tool: Tool;
  sync: LeadSync | null;
  onClose: () => void;
}

const FIELDS = ["mapping", "purpose", "tags"];

export function SyncDialog({ tool, sync, onClose }: Props) {
  const { t } = useTranslation(["marketing", "common"]);
  const set = useSetLeadSync();
  const [enabled, setEnabled] = useState(sync?.enabled ?? true);
  const [direction, setDirection] = useState<LeadSync["direction"]>(sync?.direction ?? "push");
  const [rule, setRule] = useState<LeadSync["conflict_rule"]>(sync?.conflict_rule ?? "newest");
  const [purpose, setPurpose] = useState(sync?.purpose ?? "marketing_email");
  const [onlyWithConsent, setOnlyWithConsent] = useState(sync?.only_with_consent ?? true);
  const [tags, setTags] = useState(sync?.tags.join(", ") ?? "");
  const [mapping, setMapping] = useState<[string, string][]>(
    Object.entries((sync?.mapping ?? {}) as Record<string, string>),
  );
  const change = (index: number, pair: [string, string]) =>
    setMapping(mapping.map((before, each) => (each === index ? pair : before)));
  const save = () =>
    set.mutate(
      {
        connection_id: tool.connection.id,
        enabled,
        direction,
        conflict_rule: rule,
        purpose: purpose.trim(),
        only_with_consent: onlyWithConsent,
        tags: commaList(tags),
        mapping: Object.fromEntries(mapping.filter(([from]) => from.trim() !== "")),
      },
      {
        onSuccess: () => {
          tellDone(t("sync.saved"));
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("sync.title", { tool: tool.connection.name })}
      description={t("sync.description")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button look="primary" busy={set.isPending} onClick={save}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Checkbox label={t("sync.enabled")} checked={enabled} onChange={(event) => setEnabled(event.target.checked)} />
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <Field label={t("sync.direction")}>
            {(control) => (
              <Select
                {...control}
                value={direction}
                onChange={setDirection}
                options={(["push", "pull", "both"] as const).map((value) => ({
                  value,
                  label: t(`sync.directions.${value}`),
                }))}
              />
            )}
          </Field>
          <Field label={t("sync.rule")} help={t("sync.rule_help")}>
            {(control) => (
              <Select
                {...control}
                value={rule}
                onChange={setRule}
                options={(["newest", "hub", "provider"] as const).map((value) => ({
                  value,
                  label: t(`sync.rules.${value}`),
                }))}
              />
            )}
          </Field>
        </div>
        <Field label={t("sync.purpose")} help={t("sync.purpose_help")} error={errorAt(set.error, "purpose")}>
          {(control) => <PurposeInput control={control} value={purpose} onChange={setPurpose} />}
        </Field>
        <Checkbox
          label={t("sync.only_with_consent")}
          checked={onlyWithConsent}
          onChange={(event) => setOnlyWithConsent(event.target.checked)}
        />
        <Field optional label={t("sync.tags")} help={t("sync.tags_help")} error={errorAt(set.error, "tags")}>
          {(control) => (
            <Input {...control} dir="auto" value={tags} onChange={(event) => setTags(event.target.value)} />
          )}
        </Field>
        <fieldset className="flex flex-col gap-2">
          <legend className="font-medium">{t("sync.mapping")}</legend>
          <p className="text-[13px] text-muted">{t("sync.mapping_help")}</p>
          {mapping.map(([from, to], index) => (
            <div key={index} className="flex items-center gap-2">
              <Input
                aria-label={t("sync.mapping_from")}
                placeholder="city"
                dir="ltr"
                value={from}
                onChange={(event) => change(index, [event.target.value, to])}
              />
              <span aria-hidden className="rtl:rotate-180">
                →
              </span>
              <Input
                aria-label={t("sync.mapping_to")}
                placeholder="CITY"
                dir="ltr"
                value={to}
                onChange={(event) => change(index, [from, event.target.value])}
              />
              <Button
                look="quiet"
                size="icon"
                aria-label={t("remove")}
                onClick={() => setMapping(mapping.filter((_, each) => each !== index))}
              >
                <Trash2 className="size-4" aria-hidden />
              </Button>
            </div>
          ))}
          {errorAt(set.error, "mapping") && (
            <p role="alert" className="text-[13px] text-bad" lang="en" dir="auto">
              {errorAt(set.error, "mapping")}
            </p>
          )}
          <div>
            <Button size="small" onClick={() => setMapping([...mapping, ["", ""]])}>
              <Plus className="size-3.5" aria-hidden />
              {t("sync.add_mapping")}
            </Button>
          </div>
        </fieldset>
        <FormTrouble error={set.error} fields={FIELDS} />
      </div>
    </Dialog>
  );
}
