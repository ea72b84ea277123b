/** How each network will show the post, and what it would refuse of it. */
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { contentFor } from "./draft";
import { Preview } from "./preview";
import { isMissing, useProblemText } from "./problems";
import type { Composer } from "./use_composer";

export function Previews({ composer }: { composer: Composer }) {
  const { t } = useTranslation("social");
  const inWords = useProblemText();
  const { chosen, draft, tried } = composer;
  return (
    <aside aria-label={t("preview.title")} className="flex flex-col gap-4 lg:sticky lg:top-18">
      <h2 className="font-semibold">{t("preview.title")}</h2>
      {chosen.length === 0 && <p className="text-muted">{t("preview.choose")}</p>}
      {chosen.map(({ account, network, problems }) => {
        const told = problems.filter(({ code }) => tried || !isMissing(code));
        return (
          <div key={account.id} className="flex flex-col gap-2">
            <Preview account={account} network={network} content={contentFor(draft, account.id)} />
            {told.length > 0 && (
              <ul className="flex flex-col gap-1 text-[13px] text-bad">
                {told.map((problem) => (
                  <li key={`${problem.field} ${problem.place ?? ""} ${problem.code}`} className="flex gap-1.5">
                    <CircleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden />
                    {inWords(problem, network.name)}
                  </li>
                ))}
              </ul>
            )}
          </div>
        );
      })}
    </aside>
  );
}
