/** A question that is answered by a line of text. */
import type { ComponentProps, ReactNode } from "react";
import { Field, Input } from "@/ui/field";

interface Props extends Omit<ComponentProps<"input">, "value" | "onChange"> {
  label: ReactNode;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  help?: ReactNode;
  optional?: boolean;
}

export function TextField({ label, value, onChange, error, help, optional = false, ...input }: Props) {
  return (
    <Field label={label} error={error} help={help} optional={optional}>
      {(control) => (
        <Input
          {...control}
          {...input}
          autoComplete="off"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
