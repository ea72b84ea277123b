/** Where notices appear. */
import { Toaster } from "sonner";
import { useTranslation } from "react-i18next";
import { useReadingDirection } from "./style";

export function Notices() {
  const { t } = useTranslation();
  const dir = useReadingDirection();
  return (
    <Toaster
      dir={dir}
      // Drawers and their buttons stand at the other side.
      position={dir === "rtl" ? "bottom-right" : "bottom-left"}
      containerAriaLabel={t("shell.notices")}
      toastOptions={{
        style: { background: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: 8 },
        classNames: { description: "!text-muted" },
      }}
    />
  );
}
