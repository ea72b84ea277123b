/** Asks before something that cannot be taken back: what it does, to how many, and a word to type. */
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Field, Input } from "./field";
import { ProblemText } from "./states";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** What will happen, with counts. */
  children: ReactNode;
  /** What the button says: the deed, not "OK". */
  action: string;
  /** To be typed first, such as the connection's name; left out where it can be undone. */
  typed?: string;
  /** Does it; the dialog closes when it is done, and tells what went wrong when it is not. */
  onConfirm: () => Promise<unknown>;
}

export function Confirm({ open, onOpenChange, title, children, action, typed, onConfirm }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const change = (next: boolean) => {
    setText("");
    setError(null);
    onOpenChange(next);
  };
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      change(false);
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={title}
      size="small"
      footer={
        <>
          <Button onClick={() => change(false)}>{t("actions.cancel")}</Button>
          <Button
            look="danger"
            busy={busy}
            disabled={typed !== undefined && text !== typed}
            onClick={() => void confirm()}
          >
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div>{children}</div>
        {typed !== undefined && (
          <Field label={t("form.type_to_confirm", { text: typed })}>
            {(control) => (
              <Input {...control} value={text} autoComplete="off" onChange={(event) => setText(event.target.value)} />
            )}
          </Field>
        )}
        {error !== null && (
          <p role="alert" className="text-bad">
            <ProblemText error={error} />
          </p>
        )}
      </div>
    </Dialog>
  );
}
