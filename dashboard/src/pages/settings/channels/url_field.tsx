/** The field for a channel's URL, which is as secret as a password. */
import { useTranslation } from "react-i18next";
import type { Kind } from "@/hooks/alert_channels";
import { Field, Input } from "@/ui/field";

interface Props {
  kind: Kind;
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
}

export function UrlField({ kind, value, onChange, error }: Props) {
  const { t } = useTranslation("settings");
  return (
    <Field
      label={t("channels.url")}
      help={t(kind === "webhook" ? "channels.url_webhook" : "channels.url_help")}
      error={error}
    >
      {(control) => (
        <Input
          {...control}
          dir="ltr"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          data-1p-ignore
          placeholder="https://"
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}
