import { useState } from "react";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { OnOff } from "@/ui/on_off";

/** A switch whose change is decided by `decide`. */
function Switch({ decide }: { decide: () => Promise<void> }) {
  const [enabled, setEnabled] = useState(true);
  return (
    <OnOff
      label="On"
      fullLabel="On: it"
      enabled={enabled}
      onChange={async (next) => {
        await decide();
        setEnabled(next);
      }}
    />
  );
}

const isChecked = () => screen.getByRole<HTMLInputElement>("checkbox", { name: "On: it" }).checked;

it("looks changed at once, before anybody has answered, and stays so", async () => {
  let allow: () => void = () => undefined;
  render(<Switch decide={() => new Promise((resolve) => (allow = resolve))} />);
  fireEvent.click(screen.getByRole("checkbox"));
  expect(isChecked()).toBe(false);
  allow();
  await waitFor(() => expect(isChecked()).toBe(false));
});

it("looks as before when the change is refused", async () => {
  render(<Switch decide={() => Promise.reject(new Error("no"))} />);
  fireEvent.click(screen.getByRole("checkbox"));
  expect(isChecked()).toBe(false);
  await waitFor(() => expect(isChecked()).toBe(true));
});
