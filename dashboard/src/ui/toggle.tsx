/** A switch: on or off, at once. */
import { Switch } from "radix-ui";
import { useReadingDirection } from "@/app/style";

interface Props {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  disabled?: boolean;
}

export function Toggle({ checked, onChange, label, disabled = false }: Props) {
  return (
    <Switch.Root
      dir={useReadingDirection()}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled}
      aria-label={label}
      className="relative h-5 w-9 shrink-0 rounded-full border border-line-strong bg-sunken transition-colors disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
    >
      <Switch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-line-strong transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-accent-ink rtl:-translate-x-0.5 rtl:data-[state=checked]:-translate-x-4" />
    </Switch.Root>
  );
}
