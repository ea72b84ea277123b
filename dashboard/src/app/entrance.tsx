/** Sign in, sign up, a forgotten password, a new one. */
import { type ReactNode, useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "@/lib/problem";
import { supabase } from "@/lib/supabase";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { LanguageButton } from "./language_button";
import { Logo } from "./logo";

type Way = "sign_in" | "sign_up" | "forgotten" | "new_password";

interface Fields {
  email: string;
  password: string;
}

const SHORTEST_PASSWORD = 10;

/** `recovering`: the person came by the link of a mail, and chooses a new password. */
export function Entrance({ recovering }: { recovering: boolean }) {
  const { t } = useTranslation(["entrance", "common"]);
  const [chosen, setChosen] = useState<Way>("sign_in");
  const way = recovering ? "new_password" : chosen;
  const [notice, setNotice] = useState<"mail_sent" | "confirm_mail" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useForm<Fields>({ defaultValues: { email: "", password: "" } });
  const choose = (next: Way) => {
    setProblem(null);
    setNotice(null);
    setChosen(next);
  };
  const submit = form.handleSubmit(async ({ email, password }) => {
    setProblem(null);
    try {
      setNotice(await act(way, email.trim(), password));
    } catch (reason) {
      setProblem(asProblem(reason));
    }
  });
  const { errors } = form.formState;
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 px-4 py-10">
      <div className="flex items-center justify-between">
        <Logo />
        <LanguageButton />
      </div>
      <form
        noValidate
        onSubmit={(event) => void submit(event)}
        className="flex flex-col gap-4 rounded-box border border-line bg-surface p-6"
      >
        <div>
          <h1 className="text-lg font-semibold">{t(`${way}.title`)}</h1>
          <p className="mt-1 text-muted">{t(`${way}.description`)}</p>
        </div>
        {way !== "new_password" && (
          <Field label={t("email")} error={errors.email?.message}>
            {(control) => (
              <Input
                {...control}
                type="email"
                dir="ltr"
                autoComplete="username"
                {...form.register("email", { required: t("email_missing") })}
              />
            )}
          </Field>
        )}
        {way !== "forgotten" && (
          <Field
            label={t("password")}
            help={way === "sign_in" ? undefined : t("password_help", { count: SHORTEST_PASSWORD })}
            error={errors.password?.message}
          >
            {(control) => (
              <Input
                {...control}
                type="password"
                dir="ltr"
                autoComplete={way === "sign_in" ? "current-password" : "new-password"}
                {...form.register("password", {
                  required: t("password_missing"),
                  ...(way === "sign_in"
                    ? {}
                    : {
                        minLength: {
                          value: SHORTEST_PASSWORD,
                          message: t("password_help", { count: SHORTEST_PASSWORD }),
                        },
                      }),
                })}
              />
            )}
          </Field>
        )}
        {problem && (
          <p role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
            {problem.code === "invalid_credentials" ? t("wrong") : problem.message || t("common:problem.network")}
          </p>
        )}
        {notice && (
          <p role="status" className="rounded-box bg-good-soft px-3 py-2 text-good">
            {t(notice)}
          </p>
        )}
        <Button type="submit" look="primary" busy={form.formState.isSubmitting}>
          {t(`${way}.action`)}
        </Button>
        <Others way={way} choose={choose} />
      </form>
    </main>
  );
}

function Others({ way, choose }: { way: Way; choose: (way: Way) => void }): ReactNode {
  const { t } = useTranslation(["entrance", "common"]);
  if (way === "new_password") return null;
  const others: Way[] = way === "sign_in" ? ["sign_up", "forgotten"] : ["sign_in"];
  return (
    <div className="flex flex-wrap justify-between gap-2">
      {others.map((other) => (
        <button
          key={other}
          type="button"
          className="text-accent-strong underline underline-offset-2"
          onClick={() => choose(other)}
        >
          {t(`${other}.link`)}
        </button>
      ))}
    </div>
  );
}

async function act(way: Way, email: string, password: string): Promise<"mail_sent" | "confirm_mail" | null> {
  const { auth } = supabase();
  const backTo = window.location.origin;
  switch (way) {
    case "sign_in":
      refuse(await auth.signInWithPassword({ email, password }));
      return null;
    case "sign_up": {
      const { data, error } = await auth.signUp({ email, password, options: { emailRedirectTo: backTo } });
      refuse({ error });
      return data.session ? null : "confirm_mail";
    }
    case "forgotten":
      refuse(await auth.resetPasswordForEmail(email, { redirectTo: backTo }));
      return "mail_sent";
    case "new_password":
      refuse(await auth.updateUser({ password }));
      return null;
  }
}

function refuse({ error }: { error: unknown }): void {
  if (error !== null) throw asProblem(error);
}
