/** One question of a form: label, control, help and error belong together for eyes and screen readers alike. */
import { type ComponentProps, type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "@/lib/cx";

/** What a control needs to be the field's. */
export interface ControlProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

interface Props {
  label: ReactNode;
  help?: ReactNode;
  error?: string | undefined;
  /** Said beside the label; required is the rule. */
  optional?: boolean;
  children: (control: ControlProps) => ReactNode;
}

export function Field({ label, help, error, optional = false, children }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const described = [help === undefined || help === "" ? null : `${id}-help`, error ? `${id}-error` : null].filter(
    Boolean,
  );
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label} {optional && <span className="font-normal text-muted">({t("form.optional")})</span>}
      </label>
      {children({ id, "aria-describedby": described.join(" ") || undefined, "aria-invalid": error ? true : undefined })}
      {help !== undefined && help !== "" && (
        <p id={`${id}-help`} className="text-[13px] text-muted">
          {help}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-[13px] text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

/** A line of text. It looks as `.control` of styles.css does, which any class given here overrides. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cx("control", className)} {...rest} />;
}

/** Several lines of text. */
export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cx("control control-tall", className)} {...rest} />;
}

/** A box to tick, with its label beside it. */
export function Checkbox({ label, ...rest }: ComponentProps<"input"> & { label: ReactNode }) {
  return (
    <label className="flex min-h-[24px] items-center gap-2">
      <input type="checkbox" className="size-[18px] shrink-0 accent-(--accent)" {...rest} />
      <span>{label}</span>
    </label>
  );
}
