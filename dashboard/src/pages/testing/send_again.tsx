/** A webhook that the sandbox has sent before comes once more: as it was, or with a signature that is wrong. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "@tanstack/react-query";
import { useStyle } from "@/app/style";
import { sendAgain, useSentWebhooks } from "@/hooks/sandbox";
import type { Endpoint } from "@/hooks/webhook_arrivals";
import { formatAgo } from "@/lib/format";
import { LIST_MS } from "@/lib/live";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { ProblemText, Result } from "@/ui/states";

interface Props {
  sandbox: string | null;
  endpoints: readonly Endpoint[];
  onSent: () => void;
}

export function SendAgain({ sandbox, endpoints, onSent }: Props) {
  const { t } = useTranslation("testing");
  const style = useStyle();
  const [endpointId, setEndpointId] = useState("");
  const endpoint = endpoints.find(({ id }) => id === endpointId) ?? endpoints[0];
  const sent = useSentWebhooks(sandbox, endpoint?.token_hint ?? null, LIST_MS / 2);
  const [number, setNumber] = useState("");
  const again = useMutation({
    mutationFn: ({ chosen, forged }: { chosen: number; forged: boolean }) => sendAgain(sandbox, chosen, forged),
    onMutate: onSent,
    onSettled: () => sent.refetch(),
  });
  return (
    <section className="flex flex-col gap-3 p-4">
      <h3 className="font-medium">{t("webhooks.again")}</h3>
      {endpoints.length > 1 && (
        <Field label={t("webhooks.endpoint")}>
          {(control) => (
            <Select
              {...control}
              value={endpoint?.id ?? ""}
              onChange={setEndpointId}
              options={endpoints.map(({ id, token_hint, description }) => ({
                value: id,
                label: [description, `${token_hint}…`].filter(Boolean).join(" · "),
              }))}
            />
          )}
        </Field>
      )}
      <Result query={sent} lines={2} empty={<p className="text-[13px] text-muted">{t("webhooks.none_sent")}</p>}>
        {(list) => {
          const chosen = list.find((each) => String(each.number) === number) ?? list[0];
          if (!chosen) return null;
          return (
            <>
              <Field label={t("webhooks.which")} help={t("webhooks.again_help")}>
                {(control) => (
                  <Select
                    {...control}
                    value={String(chosen.number)}
                    onChange={setNumber}
                    options={list.map((each) => ({
                      value: String(each.number),
                      label: `${each.event_type} · ${formatAgo(new Date(each.sent_at * 1000), style)}`,
                    }))}
                  />
                )}
              </Field>
              {again.error && (
                <p role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
                  <ProblemText error={again.error} />
                </p>
              )}
              <div className="flex flex-wrap gap-2">
                <Button busy={again.isPending} onClick={() => again.mutate({ chosen: chosen.number, forged: false })}>
                  {t("webhooks.send_again")}
                </Button>
                <Button
                  look="danger"
                  busy={again.isPending}
                  onClick={() => again.mutate({ chosen: chosen.number, forged: true })}
                >
                  {t("webhooks.send_forged")}
                </Button>
              </div>
            </>
          );
        }}
      </Result>
    </section>
  );
}
