/** A dialog in the middle, and a drawer at the end side: focus is trapped in both, Escape closes them. */
import type { ReactNode } from "react";
import { Dialog as Radix } from "radix-ui";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cx } from "@/lib/cx";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons, at the end side. */
  footer?: ReactNode;
  size?: "small" | "medium" | "large";
}

const WIDTHS = { small: "max-w-md", medium: "max-w-xl", large: "max-w-3xl" };

/** A dialog in the middle of the page. */
export function Dialog({ size = "medium", ...props }: Props) {
  return (
    <Frame
      {...props}
      place={cx(
        "start-1/2 top-[8vh] max-h-[84vh] w-[calc(100vw-2rem)] -translate-x-1/2 rounded-box rtl:translate-x-1/2",
        WIDTHS[size],
      )}
    />
  );
}

/** A drawer at the end side, for the details of a row: the list stays in sight. */
export function Drawer({ size = "medium", ...props }: Props) {
  return <Frame {...props} place={cx("end-0 top-0 h-dvh w-screen", WIDTHS[size])} />;
}

function Frame({ open, onOpenChange, title, description, children, footer, place }: Props & { place: string }) {
  const { t } = useTranslation();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        {/* As high as what it belongs to: one dialog over another dims the first. */}
        <Radix.Overlay className="animate-appear fixed inset-0 z-50 bg-black/40" />
        <Radix.Content
          className={cx("animate-appear fixed z-50 flex flex-col border border-line bg-raised shadow-lg", place)}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
        >
          <header className="border-b border-line py-4 ps-5 pe-14">
            <div>
              <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="mt-1 text-muted">{description}</Radix.Description>
              )}
            </div>
          </header>
          <div className="min-h-0 grow overflow-y-auto px-5 py-4">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>
          )}
          {/* Last, so that the first field has the focus when it opens. */}
          <Radix.Close
            className="absolute end-4 top-3.5 rounded p-1.5 text-muted hover:bg-sunken"
            aria-label={t("actions.close")}
          >
            <X className="size-4" aria-hidden />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
