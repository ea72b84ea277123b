/** A few words to a post or to a comment, as the account. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Field, TextArea } from "@/ui/field";
import { ProblemText } from "@/ui/states";
import { lengthOf } from "./limits";

interface Props {
  label: string;
  /** In characters, where the network says so. */
  longest: number | undefined;
  /** The key stays the same until it has been sent, so that a second press repeats the same call. */
  onSend: (text: string, idempotencyKey: string) => Promise<unknown>;
  onDone: () => void;
  onCancel: () => void;
}

export function CommentForm({ label, longest, onSend, onDone, onCancel }: Props) {
  const { t } = useTranslation(["social", "common"]);
  const [text, setText] = useState("");
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const length = lengthOf(text);
  const tooLong = longest !== undefined && length > longest;
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      await onSend(text.trim(), key);
      onDone();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  const field = error === null ? null : asProblem(error).field;
  return (
    <form
      className="mt-2 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Field
        label={label}
        help={longest === undefined ? "" : t("compose.count", { length, most: longest })}
        error={tooLong ? t("problems.comment_too_long", { length, most: longest }) : undefined}
      >
        {(control) => (
          <TextArea
            {...control}
            // It appears because somebody asked to write.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            dir="auto"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setKey(crypto.randomUUID());
            }}
          />
        )}
      </Field>
      {error !== null && (
        <p role="alert" className="text-bad">
          {field === null && t(`common:problem.${asProblem(error).kind}`)} <ProblemText error={error} />
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button size="small" onClick={onCancel}>
          {t("common:actions.cancel")}
        </Button>
        <Button type="submit" size="small" look="primary" busy={busy} disabled={text.trim() === "" || tooLong}>
          {t("comments.send")}
        </Button>
      </div>
    </form>
  );
}
