/** Nothing was called in the time looked at: because of the filters, or not yet. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useOrganization } from "@/app/organization";
import { Button, buttonClass } from "@/ui/button";
import { Empty, NoMatch } from "@/ui/states";
import { useSet } from "./filters";
import { analyticsRoute } from "./route";

export function NoTraffic({ title }: { title?: string }) {
  const { t } = useTranslation("analytics");
  const { slug } = useOrganization();
  const { provider, connection, operation, range } = analyticsRoute.useSearch();
  const set = useSet();
  const clear = { provider: undefined, connection: undefined, operation: undefined };
  return (
    <div className="rounded-box border border-line bg-surface">
      {[provider, connection, operation].some((each) => each !== undefined) ? (
        <NoMatch onClear={() => set(clear)} />
      ) : (
        <Empty
          title={title ?? t("empty.traffic")}
          action={
            <>
              {range !== "12mo" && (
                <Button onClick={() => set({ range: "12mo", from: undefined, to: undefined, zoom: undefined })}>
                  {t("empty.longer")}
                </Button>
              )}
              <Link to="/o/$slug" params={{ slug }} search={{ connect: true }} className={buttonClass()}>
                {t("empty.connect")}
              </Link>
            </>
          }
        >
          {t("empty.traffic_text")}
        </Empty>
      )}
    </div>
  );
}
