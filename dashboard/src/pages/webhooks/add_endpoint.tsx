/** Makes an address for a connection, shows it this once, and leads through the provider's own settings. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnections } from "@/hooks/connections";
import { useCreateEndpoint, useWebhookSchemes } from "@/hooks/webhook_endpoints";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { Empty, Loading, ProblemText } from "@/ui/states";
import { SetupGuide } from "./setup_guide";
import { useWebhooksSearch } from "./route";
import { ShownOnce } from "@/ui/shown_once";

export function AddEndpoint({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["webhooks", "common"]);
  const { search } = useWebhooksSearch();
  const connections = useConnections(null);
  const schemes = useWebhookSchemes();
  const offered = connections.data?.filter(({ provider_key }) => schemes.data?.has(provider_key)) ?? [];
  const [chosen, setChosen] = useState(search.connection);
  const [description, setDescription] = useState("");
  const create = useCreateEndpoint();
  const connection = offered.find(({ id }) => id === chosen) ?? offered[0];
  const problem = create.error && asProblem(create.error);
  const waiting = connections.isPending || schemes.isPending;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={create.data ? t("endpoint.made") : t("add.endpoint")}
      {...(create.data ? {} : { description: t("endpoint.add_text") })}
      footer={
        create.data ? (
          <Button look="primary" onClick={onClose}>
            {t("common:actions.close")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common:actions.cancel")}</Button>
            <Button
              look="primary"
              busy={create.isPending}
              disabled={!connection}
              onClick={() => connection && create.mutate({ connection_id: connection.id, description })}
            >
              {t("endpoint.make")}
            </Button>
          </>
        )
      }
    >
      {create.data && connection ? (
        <>
          <ShownOnce text={create.data.url} label={t("endpoint.url")}>
            {t("endpoint.url_once")}
          </ShownOnce>
          <div className="mt-5">
            <SetupGuide connection={connection} url={create.data.url} />
          </div>
        </>
      ) : waiting ? (
        <Loading lines={3} />
      ) : connection ? (
        <div className="flex flex-col gap-4">
          <Field label={t("columns.connection")} help={t("endpoint.connection_help")}>
            {(control) => (
              <Select
                {...control}
                value={connection.id}
                onChange={setChosen}
                options={offered.map(({ id, name, environment }) => ({
                  value: id,
                  label: `${name} (${t(`common:environment.${environment}`)})`,
                }))}
              />
            )}
          </Field>
          <Field
            label={t("endpoint.description")}
            optional
            error={problem?.field === "description" ? problem.message : undefined}
          >
            {(control) => (
              <Input
                {...control}
                value={description}
                maxLength={200}
                onChange={(event) => setDescription(event.target.value)}
              />
            )}
          </Field>
          {problem && problem.field !== "description" && (
            <p role="alert" className="text-bad">
              <ProblemText error={problem} />
            </p>
          )}
        </div>
      ) : (
        <Empty title={t("endpoint.no_connection")}>{t("endpoint.no_connection_text")}</Empty>
      )}
    </Dialog>
  );
}
