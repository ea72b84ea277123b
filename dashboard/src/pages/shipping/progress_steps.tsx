/** The five steps in a row, without a map: done, now, ahead; what halts the parcel is marked where it is. */
import { Check, Circle, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Shipment, ShipmentEvent } from "@/hooks/shipments";
import { cx } from "@/lib/cx";
import { Time } from "@/ui/time";
import { progressOf, type Step } from "./progress";
import { useWords } from "./words";

const LOOKS: Record<Step["state"], string> = {
  done: "border-accent bg-accent text-accent-ink",
  current: "border-accent bg-accent-soft text-accent-strong",
  ahead: "border-line bg-raised text-muted",
};

export function ProgressSteps({ shipment, events }: { shipment: Shipment; events: readonly ShipmentEvent[] }) {
  const { t } = useTranslation("shipping");
  const detail = useWords("detail");
  const { steps, halted, exceptions } = progressOf(shipment, events);
  const haltedAt = halted ? steps.findLast(({ state }) => state !== "ahead")?.name : undefined;
  return (
    <div className="flex flex-col gap-3">
      <ol aria-label={t("progress.label")} className="isolate grid grid-cols-5">
        {steps.map((step, place) => {
          const isHalted = step.name === haltedAt;
          return (
            <li
              key={step.name}
              aria-current={step.state === "current" ? "step" : undefined}
              className="relative flex flex-col items-center gap-1 px-0.5 text-center"
            >
              {place > 0 && (
                <span
                  aria-hidden
                  className={cx(
                    "absolute end-1/2 top-3 -z-10 h-0.5 w-full",
                    step.state === "ahead" ? "bg-line" : "bg-accent",
                  )}
                />
              )}
              <span
                className={cx(
                  "relative flex size-6 items-center justify-center rounded-full border-2",
                  isHalted ? "border-bad bg-bad-soft text-bad" : LOOKS[step.state],
                )}
              >
                {isHalted ? (
                  <TriangleAlert className="size-3.5" aria-hidden />
                ) : step.state === "done" ? (
                  <Check className="size-3.5" aria-hidden />
                ) : (
                  <Circle className={cx("size-2", step.state === "current" && "fill-current")} aria-hidden />
                )}
              </span>
              <span className={cx("text-xs", step.state === "ahead" ? "text-muted" : "font-medium")}>
                {t(`progress.${step.name}`)}
                <span className="sr-only"> ({t(`progress.states.${isHalted ? "halted" : step.state}`)})</span>
              </span>
              {step.at && (
                <span className="text-xs text-muted max-sm:hidden">
                  <Time at={step.at} />
                </span>
              )}
            </li>
          );
        })}
      </ol>
      {halted && (
        <p className="flex items-start gap-2 rounded-box bg-bad-soft px-3 py-2 text-bad">
          <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          <span>
            {t(`progress.halted.${halted}`)}
            {shipment.detail && `: ${detail(shipment.detail)}`}
          </span>
        </p>
      )}
      {!halted && exceptions.length > 0 && (
        <p className="text-[13px] text-muted">{t("progress.had_exceptions", { count: exceptions.length })}</p>
      )}
    </div>
  );
}
