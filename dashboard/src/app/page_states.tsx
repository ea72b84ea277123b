/** When there is no such page, or it broke. */
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { buttonClass } from "@/ui/button";
import { Empty, Trouble } from "@/ui/states";
import { Compass } from "lucide-react";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty
      icon={Compass}
      title={t("states.not_found")}
      action={
        <Link to="/" className={buttonClass("primary")}>
          {t("states.to_overview")}
        </Link>
      }
    >
      {t("states.not_found_why")}
    </Empty>
  );
}

export function PageTrouble({ error, reset }: ErrorComponentProps) {
  return <Trouble error={error} onRetry={reset} />;
}
