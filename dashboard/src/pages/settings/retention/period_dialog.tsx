/** Say for how long a class is kept; below, what that would erase. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import {
  COUNTED_TO,
  type DataClass,
  isKeepable,
  MOST_DAYS,
  useRetentionPreview,
  useSetRetention,
} from "@/hooks/retention";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox, Field, Input } from "@/ui/field";
import { Result } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { complaintOf, English, FormProblem } from "../parts";
import { useClassName } from "./class_name";

export function PeriodDialog({ kind, onClose }: { kind: DataClass; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const style = useStyle();
  const nameOf = useClassName();
  const save = useSetRetention();
  const [text, setText] = useState(String(kind.keep_days ?? kind.default_days ?? ""));
  const [understood, setUnderstood] = useState(false);
  const [tried, setTried] = useState(false);
  const days = Number(text);
  const fits = text.trim() !== "" && isKeepable(days, kind);
  const asked = fits ? { dataClass: kind.data_class, keepDays: days } : null;
  const preview = useRetentionPreview(asked, fits && !kind.held);
  const erases = (preview.data ?? []).some(({ rows }) => rows > 0);
  const name = nameOf(kind.data_class, kind.title);
  const shortest = Math.max(kind.floor_days, 1);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (!fits || preview.isLoading || (erases && !understood)) return;
    save.mutate(
      { data_class: kind.data_class, keep_days: days },
      {
        onSuccess: () => {
          tellDone(t("retention.saved", { name }));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("retention.edit")}
      description={name}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button
            type="submit"
            form="period"
            look={erases ? "danger" : "primary"}
            disabled={erases && !understood}
            busy={save.isPending}
          >
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form id="period" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={t("retention.days")}
          help={t("retention.days_help", { least: formatCount(shortest, style), most: formatCount(MOST_DAYS, style) })}
          error={
            complaintOf(save.error, "keep_days") ??
            (!fits && (tried || text !== "")
              ? t("retention.days_wrong", {
                  least: formatCount(shortest, style),
                  most: formatCount(MOST_DAYS, style),
                })
              : undefined)
          }
        >
          {(control) => (
            <Input
              {...control}
              type="number"
              min={shortest}
              max={MOST_DAYS}
              value={text}
              onChange={({ target }) => {
                setText(target.value);
                setUnderstood(false);
              }}
            />
          )}
        </Field>
        <p className="text-[13px] text-muted">
          <English>{kind.basis}</English>
        </p>
        <div className="rounded-box bg-sunken px-4 py-3" aria-live="polite">
          <p className="font-medium">{t("retention.would")}</p>
          {kind.held ? (
            <p className="text-[13px] text-muted">{t("retention.held_text")}</p>
          ) : !fits ? (
            <p className="text-[13px] text-muted">–</p>
          ) : (
            <Result query={preview} lines={1}>
              {(rows) =>
                rows.every((each) => each.rows === 0) ? (
                  <p className="text-[13px] text-muted">{t("retention.would_nothing")}</p>
                ) : (
                  <ul className="mt-1 text-[13px]">
                    {rows
                      .filter((each) => each.rows > 0)
                      .map((each) => (
                        <li key={each.table_name} className="flex justify-between gap-3">
                          <code className="font-mono text-xs" dir="ltr">
                            {each.table_name}
                          </code>
                          <span className="tabular">
                            {each.rows >= COUNTED_TO
                              ? t("retention.more_rows", { rows: formatCount(COUNTED_TO - 1, style) })
                              : t("retention.rows", { count: each.rows, shown: formatCount(each.rows, style) })}
                          </span>
                        </li>
                      ))}
                  </ul>
                )
              }
            </Result>
          )}
        </div>
        {erases && (
          <Checkbox
            label={t("retention.understood")}
            checked={understood}
            onChange={({ target }) => setUnderstood(target.checked)}
          />
        )}
        <FormProblem error={save.error} shown={["keep_days"]} />
      </form>
    </Dialog>
  );
}
