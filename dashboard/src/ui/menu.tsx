/** A menu behind a button. */
import type { ReactNode } from "react";
import { DropdownMenu as Radix } from "radix-ui";
import { useReadingDirection } from "@/app/style";
import { cx } from "@/lib/cx";

interface Props {
  /** The button; it takes a ref. */
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
  /** Whether it is open at first. */
  startOpen?: boolean;
}

export function Menu({ trigger, children, align = "end", startOpen = false }: Props) {
  return (
    <Radix.Root dir={useReadingDirection()} modal={false} defaultOpen={startOpen}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          className="animate-appear z-50 max-h-[70vh] min-w-52 overflow-y-auto rounded-box border border-line bg-raised p-1 shadow-lg"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const ITEM =
  "flex w-full cursor-pointer items-center gap-2 rounded px-2.5 py-1.5 outline-none select-none data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50 data-[highlighted]:bg-sunken";

/** One thing to do. */
export function MenuItem({ danger = false, className, ...props }: Radix.DropdownMenuItemProps & { danger?: boolean }) {
  return <Radix.Item className={cx(ITEM, danger && "text-bad", className)} {...props} />;
}

/** One of several to choose from. */
export function MenuChoice({ children, ...props }: Radix.DropdownMenuRadioItemProps) {
  return (
    <Radix.RadioItem className={cx(ITEM, "justify-between")} {...props}>
      {children}
      <Radix.ItemIndicator aria-hidden>✓</Radix.ItemIndicator>
    </Radix.RadioItem>
  );
}

export const MenuChoices = Radix.RadioGroup;

/** A heading within a menu. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2.5 py-1 text-xs text-muted">{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
