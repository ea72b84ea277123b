/** Ctrl-K: pages, organizations, connections and actions, found by typing. */
import type { ReactNode } from "react";
import { Command } from "cmdk";
import { useNavigate } from "@tanstack/react-router";
import { Building2, Plug, Zap } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useConnections } from "@/hooks/connections";
import { useOrganizations } from "@/hooks/organizations";
import { PAGES } from "./navigation";
import { useOfferedActions } from "./actions";
import { useOrganization } from "./organization";

export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { slug } = useOrganization();
  const organizations = useOrganizations();
  const connections = useConnections(null);
  const actions = useOfferedActions();
  const run = (deed: () => unknown) => () => {
    onClose();
    deed();
  };
  const others = organizations.data?.filter((each) => each.slug !== slug) ?? [];
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      label={t("shell.search")}
      overlayClassName="animate-appear fixed inset-0 z-40 bg-black/40"
      contentClassName="animate-appear fixed inset-x-0 top-[12vh] z-50 mx-auto w-[calc(100vw-2rem)] max-w-xl overflow-hidden rounded-box border border-line bg-raised shadow-lg"
    >
      <Command.Input
        placeholder={t("shell.search")}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-muted"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-2">
        <Command.Empty className="px-3 py-6 text-center text-muted">{t("states.no_match")}</Command.Empty>
        <Group heading={t("palette.pages")}>
          {PAGES.map(({ key, to, icon: Icon }) => (
            <Item
              key={key}
              value={`page-${key}`}
              words={[t(`pages.${key}`), key]}
              onSelect={run(() => navigate({ to, params: { slug }, search: {} }))}
            >
              <Icon className="size-4 text-muted" aria-hidden />
              {t(`pages.${key}`)}
            </Item>
          ))}
        </Group>
        {actions.length > 0 && (
          <Group heading={t("palette.actions")}>
            {actions.map(({ id, label, icon: Icon = Zap, run: deed }) => (
              <Item key={id} value={`action-${id}`} words={[label]} onSelect={run(deed)}>
                <Icon className="size-4 text-muted" aria-hidden />
                {label}
              </Item>
            ))}
          </Group>
        )}
        <Group heading={t("palette.connections")}>
          {connections.data?.map(({ id, name, provider_key }) => (
            <Item
              key={id}
              value={`connection-${id}`}
              words={[name, provider_key]}
              onSelect={run(() =>
                navigate({ to: "/o/$slug/settings", params: { slug }, search: { tab: "connections", connection: id } }),
              )}
            >
              <Plug className="size-4 text-muted" aria-hidden />
              {name}
            </Item>
          ))}
        </Group>
        {others.length > 0 && (
          <Group heading={t("palette.organizations")}>
            {others.map((each) => (
              <Item
                key={each.id}
                value={`organization-${each.id}`}
                words={[each.name]}
                onSelect={run(() => navigate({ to: "/o/$slug", params: { slug: each.slug }, search: {} }))}
              >
                <Building2 className="size-4 text-muted" aria-hidden />
                {each.name}
              </Item>
            ))}
          </Group>
        )}
      </Command.List>
    </Command.Dialog>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  value: string;
  /** What it is found by. */
  words: string[];
  onSelect: () => void;
  children: ReactNode;
}

function Item({ value, words, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      value={value}
      keywords={words}
      onSelect={onSelect}
      className="flex cursor-pointer items-center gap-2.5 rounded px-3 py-2 data-[selected=true]:bg-sunken"
    >
      {children}
    </Command.Item>
  );
}
