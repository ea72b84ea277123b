/** Switches something on or off; it looks changed at once, and as it was when that is refused. */
import { useState } from "react";
import { Checkbox } from "./field";
import { tellProblem } from "./toast";

interface Props {
  label: string;
  /** The label with the name of what is switched. */
  fullLabel: string;
  enabled: boolean;
  /** Ends when what is shown has been read again. */
  onChange: (enabled: boolean) => Promise<unknown>;
}

export function OnOff({ label, fullLabel, enabled, onChange }: Props) {
  const [wanted, setWanted] = useState<boolean | null>(null);
  const change = (next: boolean) => {
    setWanted(next);
    onChange(next)
      .catch(tellProblem)
      .finally(() => setWanted(null));
  };
  return (
    <Checkbox
      label={label}
      aria-label={fullLabel}
      checked={wanted ?? enabled}
      onChange={({ target }) => change(target.checked)}
    />
  );
}
