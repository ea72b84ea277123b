/** One exception of a policy: which payments it is about, and where they go. */
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Gateway } from "@/hooks/gateways";
import { RULES } from "@/hooks/payment_routing";
import { cx } from "@/lib/cx";
import { Button } from "@/ui/button";
import { Checkbox, Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { LimitFields } from "./limit_fields";
import type { CaseDraft, Trouble } from "./routing_draft";

interface Props {
  /** From 1. */
  place: number;
  draft: CaseDraft;
  gateways: readonly Gateway[];
  trouble: Partial<Record<keyof CaseDraft, Trouble>>;
  /** The hub found fault with it. */
  refused: boolean;
  onChange: (change: Partial<CaseDraft>) => void;
  onRemove: () => void;
  onUp: (() => void) | undefined;
  onDown: (() => void) | undefined;
}

export function CaseForm({ place, draft, gateways, trouble, refused, onChange, onRemove, onUp, onDown }: Props) {
  const { t } = useTranslation("payments");
  const title = t("case.title", { place });
  return (
    <fieldset className={cx("rounded-box border p-4", refused ? "border-bad" : "border-line")}>
      <legend className="sr-only">{title}</legend>
      <div className="mb-3 flex items-center gap-1">
        <h4 className="me-auto font-medium">{title}</h4>
        <Button look="quiet" size="icon" aria-label={t("case.up", { place })} disabled={!onUp} onClick={onUp}>
          <ArrowUp className="size-4" aria-hidden />
        </Button>
        <Button look="quiet" size="icon" aria-label={t("case.down", { place })} disabled={!onDown} onClick={onDown}>
          <ArrowDown className="size-4" aria-hidden />
        </Button>
        <Button look="quiet" size="icon" aria-label={t("case.remove", { place })} onClick={onRemove}>
          <Trash2 className="size-4 text-bad" aria-hidden />
        </Button>
      </div>
      <div className="flex flex-col gap-4">
        <Field label={t("case.name")} error={trouble.name && t(`trouble.${trouble.name}`)}>
          {(control) => (
            <Input
              {...control}
              maxLength={100}
              value={draft.name}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          )}
        </Field>
        <LimitFields value={draft} onChange={onChange} trouble={trouble} />
        <Chosen draft={draft} gateways={gateways} onChange={onChange} />
        <Field label={t("case.its_rule")}>
          {(control) => (
            <Select
              {...control}
              value={draft.rule}
              onChange={(rule) => onChange({ rule })}
              options={[
                { value: "", label: t("case.same_rule") },
                ...RULES.map((value) => ({ value, label: t(`rule.${value}`) })),
              ]}
            />
          )}
        </Field>
      </div>
    </fieldset>
  );
}

/** Gateways that come first, in the order in which they are ticked. */
function Chosen({ draft, gateways, onChange }: Pick<Props, "draft" | "gateways" | "onChange">) {
  const { t } = useTranslation("payments");
  const { connections } = draft;
  const choose = (id: string, chosen: boolean) =>
    onChange({ connections: chosen ? [...connections, id] : connections.filter((each) => each !== id) });
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">{t("case.gateways")}</legend>
      <div className="flex flex-col gap-1">
        {gateways.map(({ id, name }) => (
          <Checkbox
            key={id}
            checked={connections.includes(id)}
            onChange={(event) => choose(id, event.target.checked)}
            label={
              <>
                <bdi>{name}</bdi>
                {connections.includes(id) && (
                  <span className="tabular text-muted">
                    {" "}
                    · {t("case.place", { place: connections.indexOf(id) + 1 })}
                  </span>
                )}
              </>
            }
          />
        ))}
      </div>
      <p className="mt-1 text-[13px] text-muted">{t("case.gateways_help")}</p>
      {connections.length > 0 && (
        <div className="mt-2">
          <Checkbox
            label={t("case.exclusive")}
            checked={draft.exclusive}
            onChange={(event) => onChange({ exclusive: event.target.checked })}
          />
        </div>
      )}
    </fieldset>
  );
}
