/** The page that a post leads to. */
import { useTranslation } from "react-i18next";
import { Field, Input } from "@/ui/field";
import type { Content } from "./limits";

interface Props {
  link: Content["link"];
  error: string | undefined;
  onChange: (link: Content["link"]) => void;
}

export function LinkFields({ link, error, onChange }: Props) {
  const { t } = useTranslation("social");
  return (
    <div className="flex flex-col gap-2">
      <Field label={t("compose.link")} help={t("compose.link_help")} optional error={error}>
        {(control) => (
          <Input
            {...control}
            type="url"
            dir="ltr"
            inputMode="url"
            value={link.url}
            onChange={(event) => onChange({ ...link, url: event.target.value.trim() })}
          />
        )}
      </Field>
      {link.url !== "" && (
        <div className="grid gap-2 sm:grid-cols-2">
          {(["title", "description"] as const).map((part) => (
            <Field key={part} label={t(`compose.link_${part}`)} optional>
              {(control) => (
                <Input
                  {...control}
                  dir="auto"
                  value={link[part]}
                  onChange={(event) => onChange({ ...link, [part]: event.target.value })}
                />
              )}
            </Field>
          ))}
        </div>
      )}
    </div>
  );
}
