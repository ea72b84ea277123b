/** Another text for a post that is published, where its network lets it be changed. */
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Network, PostFormat } from "@/hooks/networks";
import { useEditPost } from "@/hooks/post_changes";
import type { Post } from "@/hooks/posts";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, TextArea } from "@/ui/field";
import { ProblemText } from "@/ui/states";
import { tellDone } from "@/ui/toast";
import { lengthOf, limitsOf } from "./limits";

interface Props {
  post: Post;
  network: Network | undefined;
  onClose: () => void;
}

export function EditDialog({ post, network, onClose }: Props) {
  const { t } = useTranslation(["social", "common"]);
  const form = useId();
  const [text, setText] = useState(post.text);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const edit = useEditPost();
  const most = network && limitsOf(network, post.format as PostFormat)?.longest_text;
  const length = lengthOf(text);
  const tooLong = most !== undefined && length > most;
  const submit = () =>
    edit.mutate(
      { post_id: post.id, text, idempotency_key: key },
      {
        onSuccess: () => {
          tellDone(t("post.edited"));
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("post.edit")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button
            type="submit"
            form={form}
            look="primary"
            busy={edit.isPending}
            disabled={text.trim() === "" || tooLong || text === post.text}
          >
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label={t("compose.text")}
          help={most === undefined ? "" : t("compose.count", { length, most })}
          error={tooLong ? t("problems.text_too_long", { length, most }) : undefined}
        >
          {(control) => (
            <TextArea
              {...control}
              rows={8}
              dir="auto"
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setKey(crypto.randomUUID());
              }}
            />
          )}
        </Field>
        {edit.error && (
          <p role="alert" className="text-bad">
            <ProblemText error={edit.error} />
          </p>
        )}
      </form>
    </Dialog>
  );
}
