/** One breach: what is known of it, and what has still to be told to whom. */
import { useState } from "react";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Breach, useUpdateBreach } from "@/hooks/processing";
import { formatCount } from "@/lib/format";
import { Fact, Facts, Heading } from "@/ui/facts";
import { Button } from "@/ui/button";
import { Drawer } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Time } from "@/ui/time";
import { tellDone } from "@/ui/toast";
import { FormProblem } from "../parts";
import { useClassName } from "../retention/class_name";
import { BreachDialog } from "./breach_dialog";
import { BreachState } from "./breaches";

export function BreachDrawer({ breach, onClose }: { breach: Breach; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const style = useStyle();
  const nameOf = useClassName();
  const [editing, setEditing] = useState(false);
  const danger = breach.endangers_subjects;
  return (
    <Drawer open onOpenChange={onClose} size="large" title={<bdi>{breach.title}</bdi>}>
      <div className="flex flex-col gap-6">
        <Facts>
          <Fact name={t("requests.state")}>
            <BreachState breach={breach} />
          </Fact>
          <Fact name={t("breaches.known")}>
            <Time at={breach.known_at} absolute />
          </Fact>
          <Fact name={t("breaches.deadline")}>
            <Time at={breach.notify_due_at} absolute />
          </Fact>
          <Fact name={t("breaches.occurred")}>{breach.occurred_at && <Time at={breach.occurred_at} absolute />}</Fact>
          {(["nature", "causes", "effects", "measures"] as const).map((name) => (
            <Fact key={name} name={t(`breaches.${name}`)}>
              {breach[name] && <bdi className="whitespace-pre-wrap">{breach[name]}</bdi>}
            </Fact>
          ))}
          <Fact name={t("purposes.categories")}>
            {breach.data_categories.map((each) => nameOf(each)).join(t("comma"))}
          </Fact>
          <Fact name={t("breaches.subjects")}>
            {breach.approximate_subjects !== null && formatCount(breach.approximate_subjects, style)}
          </Fact>
          <Fact name={t("breaches.records")}>
            {breach.approximate_records !== null && formatCount(breach.approximate_records, style)}
          </Fact>
          <Fact name={t("breaches.danger")}>
            {t(`breaches.danger_is.${danger === null ? "unknown" : danger ? "yes" : "no"}`)}
          </Fact>
        </Facts>
        <Button size="small" className="self-start" onClick={() => setEditing(true)}>
          <Pencil className="size-4" aria-hidden />
          {t("breaches.edit")}
        </Button>
        <Telling breach={breach} />
      </div>
      {editing && <BreachDialog breach={breach} onClose={() => setEditing(false)} />}
    </Drawer>
  );
}

/** Authority, people, end: each once, with the moment at which it is said. */
function Telling({ breach }: { breach: Breach }) {
  const { t } = useTranslation("settings");
  const update = useUpdateBreach();
  const [reference, setReference] = useState("");
  const say = (change: Parameters<typeof update.mutate>[0]) =>
    update.mutate(change, { onSuccess: () => tellDone(t("breaches.noted")) });
  const now = () => new Date().toISOString();
  return (
    <section className="flex flex-col gap-4">
      <Heading>{t("breaches.telling")}</Heading>
      {breach.authority_notified_at === null ? (
        <div className="flex flex-wrap items-end gap-3">
          <Field label={t("breaches.reference")} optional>
            {(control) => (
              <Input
                {...control}
                dir="auto"
                maxLength={200}
                value={reference}
                onChange={({ target }) => setReference(target.value)}
              />
            )}
          </Field>
          <Button
            busy={update.isPending}
            onClick={() =>
              say({ id: breach.id, authority_notified_at: now(), authority_reference: reference.trim() || null })
            }
          >
            {t("breaches.tell_authority")}
          </Button>
        </div>
      ) : (
        <p>
          {t("breaches.authority_told")} <Time at={breach.authority_notified_at} absolute />
          {breach.authority_reference && (
            <>
              {" · "}
              <bdi>{breach.authority_reference}</bdi>
            </>
          )}
        </p>
      )}
      {breach.subjects_notified_at === null ? (
        <Button
          className="self-start"
          busy={update.isPending}
          onClick={() => say({ id: breach.id, subjects_notified_at: now() })}
        >
          {t("breaches.tell_subjects")}
        </Button>
      ) : (
        <p>
          {t("breaches.subjects_told")} <Time at={breach.subjects_notified_at} absolute />
        </p>
      )}
      {breach.closed_at === null ? (
        <Button className="self-start" busy={update.isPending} onClick={() => say({ id: breach.id, closed_at: now() })}>
          {t("breaches.close")}
        </Button>
      ) : (
        <p>
          {t("breaches.closed")} <Time at={breach.closed_at} absolute />
        </p>
      )}
      <FormProblem error={update.error} />
    </section>
  );
}
