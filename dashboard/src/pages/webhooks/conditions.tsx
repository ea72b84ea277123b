/** The conditions of a subscription, each looked at while it is typed against the last events that it would be told of. */
import { useDeferredValue, useMemo } from "react";
import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { useEventMessages } from "@/hooks/events";
import { formatCount } from "@/lib/format";
import { cx } from "@/lib/cx";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { type Draft, isWanted, typesOf, verdictOn } from "./subscription_draft";

const MOST = 10;
const LOOKED_AT = 100;

interface Props {
  draft: Draft;
  onChange: (conditions: string[]) => void;
  faultOf: (field: string) => string | undefined;
}

export function Conditions({ draft, onChange, faultOf }: Props) {
  const { t } = useTranslation("webhooks");
  const messages = useEventMessages(LOOKED_AT).data;
  const wanted = useMemo(() => {
    const types = typesOf(draft.event_types);
    return (messages ?? []).filter(
      (message) =>
        (types.length === 0 || isWanted(types, message.type)) &&
        (draft.environment === "both" || message.environment === null || message.environment === draft.environment),
    );
  }, [messages, draft.event_types, draft.environment]);
  const { conditions } = draft;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 font-medium">{t("form.conditions")}</legend>
      <p className="text-[13px] text-muted">{t("form.conditions_help")}</p>
      {conditions.map((condition, place) => (
        // Conditions have no other name than their place.
        <Condition
          key={place}
          number={place + 1}
          condition={condition}
          messages={wanted}
          fault={faultOf(`conditions.${place}`)}
          onChange={(next) => onChange(conditions.with(place, next))}
          onRemove={() => onChange(conditions.toSpliced(place, 1))}
        />
      ))}
      {conditions.length < MOST && (
        <Button size="small" className="self-start" onClick={() => onChange([...conditions, ""])}>
          <Plus className="size-3.5" aria-hidden />
          {t("form.condition_add")}
        </Button>
      )}
    </fieldset>
  );
}

interface ConditionProps {
  number: number;
  condition: string;
  messages: readonly unknown[];
  fault: string | undefined;
  onChange: (condition: string) => void;
  onRemove: () => void;
}

function Condition({ number, condition, messages, fault, onChange, onRemove }: ConditionProps) {
  const { t } = useTranslation("webhooks");
  return (
    <Field label={t("form.condition", { number })} error={fault} help={<Verdict {...{ condition, messages }} />}>
      {(control) => (
        <span className="flex gap-2">
          <Input
            {...control}
            dir="ltr"
            className="font-mono text-[13px]"
            placeholder="$[?number(@.amount) >= 100]"
            maxLength={300}
            value={condition}
            onChange={(event) => onChange(event.target.value)}
          />
          <Button look="quiet" size="icon" aria-label={t("form.condition_remove", { number })} onClick={onRemove}>
            <X className="size-4" aria-hidden />
          </Button>
        </span>
      )}
    </Field>
  );
}

function Verdict({ condition, messages }: { condition: string; messages: readonly unknown[] }) {
  const { t } = useTranslation("webhooks");
  const style = useStyle();
  const typed = useDeferredValue(condition.trim());
  const verdict = useMemo(() => (typed === "" ? null : verdictOn(typed, messages)), [typed, messages]);
  if (!verdict) return <span>{t("form.condition_empty")}</span>;
  const said = () => {
    if (verdict.kind === "limits") return t("form.condition_limits");
    if (verdict.kind === "fault") return t("form.condition_fault", { place: verdict.place });
    if (verdict.of === 0) return t("form.condition_no_events");
    return t("form.condition_passes", {
      passing: formatCount(verdict.count, style),
      of: formatCount(verdict.of, style),
    });
  };
  return (
    <span
      role="status"
      className={cx(verdict.kind === "passes" ? (verdict.count > 0 ? "text-good" : "text-warn") : "text-bad")}
    >
      {said()}
    </span>
  );
}
