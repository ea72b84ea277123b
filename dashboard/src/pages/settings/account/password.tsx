/** Another password: the present one is asked for first. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useUser } from "@/app/session";
import { useChangePassword } from "@/hooks/account";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { tellDone } from "@/ui/toast";
import { FormProblem } from "../parts";

/** As for those who sign up. */
const SHORTEST = 10;

export function Password() {
  const { t } = useTranslation(["settings", "common"]);
  const user = useUser();
  const change = useChangePassword();
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const wrongPresent = change.error !== null && asProblem(change.error).code === "invalid_credentials";
  const tooShort = next.length < SHORTEST;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (present === "" || tooShort || next !== again) return;
    change.mutate(
      { email: user.email ?? "", present, next },
      {
        onSuccess: () => {
          setPresent("");
          setNext("");
          setAgain("");
          setTried(false);
          tellDone(t("password.changed"));
        },
      },
    );
  };
  return (
    <Panel title={t("password.title")}>
      <form noValidate onSubmit={submit} className="flex max-w-md flex-col gap-4 p-4">
        {/* For password managers, which keep a password by its name. */}
        <input type="text" autoComplete="username" value={user.email ?? ""} readOnly hidden />
        <Field
          label={t("password.present")}
          error={
            tried && present === "" ? t("common:form.required") : wrongPresent ? t("password.present_wrong") : undefined
          }
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              dir="ltr"
              autoComplete="current-password"
              value={present}
              onChange={({ target }) => setPresent(target.value)}
            />
          )}
        </Field>
        <Field
          label={t("password.next")}
          help={t("password.help", { count: SHORTEST })}
          error={tried && tooShort ? t("password.too_short", { count: SHORTEST }) : undefined}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              dir="ltr"
              autoComplete="new-password"
              value={next}
              onChange={({ target }) => setNext(target.value)}
            />
          )}
        </Field>
        <Field label={t("password.again")} error={tried && next !== again ? t("password.differs") : undefined}>
          {(control) => (
            <Input
              {...control}
              type="password"
              dir="ltr"
              autoComplete="new-password"
              value={again}
              onChange={({ target }) => setAgain(target.value)}
            />
          )}
        </Field>
        {!wrongPresent && <FormProblem error={change.error} />}
        <div>
          <Button type="submit" look="primary" busy={change.isPending}>
            {t("password.action")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
