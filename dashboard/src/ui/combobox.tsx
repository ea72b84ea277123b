/** One of many, found by typing: a connection, a member, an event type. */
import { useState } from "react";
import { Command } from "cmdk";
import { Popover } from "radix-ui";
import { Check, ChevronsUpDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cx } from "@/lib/cx";
import { buttonClass } from "./button";
import type { Option } from "./select";

interface Props {
  /** What is chosen; null: nothing. */
  value: string | null;
  onChange: (value: string | null) => void;
  options: readonly Option[];
  /** Names it for screen readers, and stands in it while nothing is chosen. */
  label: string;
  /** Whether it can be emptied again. */
  clearable?: boolean;
  id?: string;
}

export function Combobox({ value, onChange, options, label, clearable = false, id }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const chosen = options.find((option) => option.value === value);
  const choose = (next: string | null) => {
    onChange(next);
    setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        id={id}
        className={cx(buttonClass("secondary", "small"), "h-8")}
        aria-label={chosen ? `${label}: ${chosen.label}` : label}
      >
        <span className={cx("max-w-48 truncate", !chosen && "text-muted")}>{chosen?.label ?? label}</span>
        <ChevronsUpDown className="size-3.5 text-muted" aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          className="animate-appear z-50 w-64 rounded-box border border-line bg-raised shadow-lg"
        >
          <Command label={label}>
            <Command.Input
              placeholder={t("actions.search")}
              className="h-9 w-full border-b border-line bg-transparent px-3 outline-none"
            />
            <Command.List className="max-h-64 overflow-y-auto p-1">
              <Command.Empty className="px-3 py-4 text-muted">{t("states.no_match")}</Command.Empty>
              {clearable && value !== null && (
                <Command.Item className={ITEM} onSelect={() => choose(null)}>
                  {t("actions.clear")}
                </Command.Item>
              )}
              {options.map((option) => (
                <Command.Item
                  key={option.value}
                  value={option.value}
                  keywords={[option.label]}
                  className={ITEM}
                  onSelect={() => choose(option.value)}
                >
                  <Check className={cx("size-4", option.value !== value && "invisible")} aria-hidden />
                  <span className="truncate">{option.label}</span>
                </Command.Item>
              ))}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

const ITEM = "flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 data-[selected=true]:bg-sunken";
