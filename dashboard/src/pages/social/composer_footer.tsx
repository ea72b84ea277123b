/** When a post is published, and the buttons that send it. */
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { ProblemText } from "@/ui/states";
import { TimeField } from "./time_field";
import { type Composer, refusalOf } from "./use_composer";

const BESIDE_FIELDS = ["account_ids", "post_id", "text", "format", "media", "link", "first_comment", "scheduled_at"];

export function ComposerFooter({ composer }: { composer: Composer }) {
  const { t } = useTranslation(["social", "common"]);
  const { draft, change, timeProblem, refused, tried, busy, post, chosen } = composer;
  const wrong = tried && (timeProblem !== null || chosen.some(({ problems }) => problems.length > 0));
  const elsewhere = refused && !BESIDE_FIELDS.includes(refused.place?.field ?? "");
  return (
    <div className="flex flex-col gap-4">
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 font-medium">{t("compose.when")}</legend>
        {(["now", "later"] as const).map((when) => (
          <label key={when} className="flex items-center gap-2">
            <input
              type="radio"
              name="when"
              className="size-4 accent-(--accent)"
              checked={draft.when === when}
              onChange={() => change({ ...draft, when })}
            />
            {t(`compose.${when}`)}
          </label>
        ))}
      </fieldset>
      {draft.when === "later" && (
        <TimeField
          value={draft.at}
          onChange={(at) => change({ ...draft, at })}
          error={timeProblem ? t(`problems.${timeProblem}`) : refusalOf(composer, "scheduled_at")}
        />
      )}
      {elsewhere && (
        <p role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
          <span className="font-medium">{t(`common:problem.${refused.problem.kind}`)}</span>{" "}
          <ProblemText error={refused.problem} />
        </p>
      )}
      {wrong && (
        <p role="alert" className="text-bad">
          {t("compose.look_above")}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {post?.status !== "scheduled" && (
          <Button busy={busy === "keeping"} disabled={busy !== null} onClick={() => void composer.send(true)}>
            {t("compose.keep")}
          </Button>
        )}
        <Button type="submit" look="primary" busy={busy === "sending"} disabled={busy !== null}>
          {draft.when === "now"
            ? t("compose.publish_now")
            : t(post?.status === "scheduled" ? "common:actions.save" : "compose.schedule")}
        </Button>
      </div>
    </div>
  );
}
