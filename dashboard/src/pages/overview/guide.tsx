/** The first run: what to do first, and the way to do it. */
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/organization";
import { useProviders } from "@/hooks/providers";
import { Button } from "@/ui/button";
import { NoPermission } from "@/ui/states";

// One of each category, all with a sandbox that takes a key at once.
const FIRST = ["stripe", "dhl_express", "mailchimp", "linkedin"];

/** `onConnect` with a provider's key, or without: to choose from all. */
export function Guide({ onConnect }: { onConnect: (provider?: string) => void }) {
  const { t } = useTranslation("overview");
  const providers = useProviders();
  const first = FIRST.flatMap((key) => providers.data?.find((each) => each.key === key && each.enabled) ?? []);
  if (!useMay("developer")) return <NoPermission needs="developer" />;
  return (
    <section className="mx-auto max-w-2xl rounded-box border border-line bg-surface p-8">
      <h2 className="text-lg font-semibold">{t("guide.title")}</h2>
      <p className="mt-1 text-muted">{t("guide.text")}</p>
      <ol className="my-6 flex flex-col gap-4">
        {(["step_1", "step_2", "step_3"] as const).map((step, index) => (
          <li key={step} className="flex gap-3">
            <span
              aria-hidden
              className="tabular flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-[13px] font-semibold text-accent-strong"
            >
              {index + 1}
            </span>
            <span className="pt-0.5">{t(`guide.${step}`)}</span>
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-muted">{t("guide.popular")}</span>
        {first.map(({ key, name }) => (
          <Button key={key} onClick={() => onConnect(key)}>
            {name}
          </Button>
        ))}
        <Button look="primary" onClick={() => onConnect()}>
          {t("guide.all")}
        </Button>
      </div>
    </section>
  );
}
