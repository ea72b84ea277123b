/** The first step where no carrier is connected. */
import { Link } from "@tanstack/react-router";
import { Truck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay, useOrganization } from "@/app/organization";
import { buttonClass } from "@/ui/button";
import { Empty } from "@/ui/states";

export function ConnectCarrier() {
  const { t } = useTranslation("shipping");
  const { slug } = useOrganization();
  const allowed = useMay("developer");
  return (
    <Empty
      icon={Truck}
      title={t("carriers.empty")}
      action={
        allowed && (
          <Link to="/o/$slug" params={{ slug }} search={{ connect: true }} className={buttonClass("primary")}>
            {t("carriers.connect")}
          </Link>
        )
      }
    >
      {t("carriers.empty_text")}
    </Empty>
  );
}
