/** What the law on personal data asks of the organization: answers to people, the record of processing, breaches. */
import { type ComponentType, lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { settingsRoute } from "../route";
import { type Part, PARTS } from "../search";
import { useSet } from "../parts";

const CONTENT: Record<Part, ComponentType> = {
  requests: lazy(() => import("./requests").then((module) => ({ default: module.Requests }))),
  purposes: lazy(() => import("./purposes").then((module) => ({ default: module.Purposes }))),
  recipients: lazy(() => import("./recipients").then((module) => ({ default: module.Recipients }))),
  breaches: lazy(() => import("./breaches").then((module) => ({ default: module.Breaches }))),
  law: lazy(() => import("./law").then((module) => ({ default: module.Law }))),
};

export function Privacy() {
  const { t } = useTranslation("settings");
  const { part = "requests" } = settingsRoute.useSearch();
  const set = useSet();
  return (
    <Tabs<Part>
      label={t("privacy.parts")}
      value={part}
      onChange={(next) => set({ part: next, open: undefined, status: undefined, kind: undefined })}
      tabs={PARTS.map((value) => {
        const Shown = CONTENT[value];
        return {
          value,
          label: t(`privacy.part.${value}`),
          content: (
            <Suspense fallback={<Loading lines={6} />}>
              <Shown />
            </Suspense>
          ),
        };
      })}
    />
  );
}
