/** The pages in a drawer, on narrow screens. */
import type { ReactNode } from "react";
import { Dialog } from "radix-ui";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Logo } from "./logo";

export function SideDrawer({ children, onClose }: { children: ReactNode; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="animate-appear fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="animate-appear fixed start-0 top-0 z-50 flex h-dvh w-64 flex-col gap-4 overflow-y-auto bg-surface p-3"
        >
          <Dialog.Title className="sr-only">{t("shell.pages")}</Dialog.Title>
          <div className="flex items-center justify-between px-1">
            <Logo />
            <Dialog.Close className="rounded p-1 text-muted hover:bg-sunken" aria-label={t("actions.close")}>
              <X className="size-4" aria-hidden />
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
