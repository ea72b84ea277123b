/** Set another URL of a channel, and of a webhook, if wanted, another signing secret. */
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Channel, type Kind, urlOf, useReplaceUrl } from "@/hooks/alert_channels";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Checkbox } from "@/ui/field";
import { tellDone } from "@/ui/toast";
import { complaintOf, FormProblem } from "../parts";
import { SigningSecret } from "./signing_secret";
import { UrlField } from "./url_field";

export function UrlDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const kind = channel.kind as Kind;
  const replace = useReplaceUrl();
  const [url, setUrl] = useState("");
  // One that is not ready has none yet.
  const [renew, setRenew] = useState(kind === "webhook" && !channel.ready);
  const [tried, setTried] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (urlOf(url) === null) return;
    replace.mutate(
      { channel, url, renew },
      {
        onSuccess: ({ signingSecret }) => {
          tellDone(t("channels.url_set"));
          if (signingSecret === null) onClose();
          else setSecret(signingSecret);
        },
      },
    );
  };
  if (secret !== null) return <SigningSecret secret={secret} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("channels.replace_url")}
      description={<bdi>{channel.name}</bdi>}
      footer={
        <>
          <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
          <Button type="submit" form="url" look="primary" busy={replace.isPending}>
            {t("common:actions.save")}
          </Button>
        </>
      }
    >
      <form id="url" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <UrlField
          kind={kind}
          value={url}
          onChange={setUrl}
          error={tried && urlOf(url) === null ? t("channels.url_wrong") : complaintOf(replace.error, "url")}
        />
        {kind === "webhook" && (
          <Checkbox
            label={t("channels.renew")}
            checked={renew}
            disabled={!channel.ready}
            onChange={({ target }) => setRenew(target.checked)}
          />
        )}
        <FormProblem error={replace.error} shown={["url"]} />
      </form>
    </Dialog>
  );
}
