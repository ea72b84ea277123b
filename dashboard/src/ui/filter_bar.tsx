/** Filters above a list. Their values are the route's search, so that a link holds them. */
import type { ReactNode } from "react";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "./button";

interface Props {
  children: ReactNode;
  /** Whether any filter is set; shows the way to clear them. */
  filtered: boolean;
  onClear: () => void;
  /** At the end side: what is done with the list as a whole. */
  aside?: ReactNode;
}

export function FilterBar({ children, filtered, onClear, aside }: Props) {
  const { t } = useTranslation();
  return (
    <search aria-label={t("form.filters")} className="mb-3 flex flex-wrap items-center gap-2">
      {children}
      {filtered && (
        <Button look="quiet" size="small" onClick={onClear}>
          <X className="size-3.5" aria-hidden />
          {t("actions.clear_filters")}
        </Button>
      )}
      {aside !== undefined && <div className="ms-auto flex items-center gap-2">{aside}</div>}
    </search>
  );
}
