/** The purpose of a consent: one that the organization has in its register, or another. */
import { useId } from "react";
import { usePurposes } from "@/hooks/purposes";
import { type ControlProps, Input } from "@/ui/field";

interface Props {
  control: ControlProps;
  value: string;
  onChange: (value: string) => void;
  disabled?: boolean;
}

export function PurposeInput({ control, value, onChange, disabled = false }: Props) {
  const list = useId();
  const purposes = usePurposes();
  const keys = new Set(["marketing_email", ...(purposes.data ?? []).map(({ key }) => key)]);
  return (
    <>
      <Input
        {...control}
        dir="ltr"
        list={list}
        autoComplete="off"
        disabled={disabled}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {[...keys].map((key) => (
          <option key={key} value={key} />
        ))}
      </datalist>
    </>
  );
}
