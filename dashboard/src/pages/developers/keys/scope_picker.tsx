/** What a key is to be good for: everything, or single areas. */
import { useTranslation } from "react-i18next";
import { Checkbox } from "@/ui/field";
import { AREA_NAMES, type Choice, offers, toggled } from "./scopes";

interface Props {
  choice: Choice;
  onChange: (choice: Choice) => void;
  error?: string | undefined;
}

export function ScopePicker({ choice, onChange, error }: Props) {
  const { t } = useTranslation("developers");
  return (
    <fieldset className="flex flex-col gap-2" aria-invalid={error ? true : undefined}>
      <legend className="mb-1.5 font-medium">{t("keys.scopes")}</legend>
      <Checkbox
        label={t("keys.scopes_all")}
        checked={choice.all}
        onChange={(event) => onChange({ ...choice, all: event.target.checked })}
      />
      {choice.all ? (
        <p className="text-[13px] text-warn">{t("keys.scopes_all_why")}</p>
      ) : (
        <table className="w-full border-collapse text-[13px]">
          <thead>
            <tr className="border-b border-line text-muted">
              <th scope="col" className="py-1.5 text-start font-medium">
                {t("keys.area")}
              </th>
              {(["read", "write"] as const).map((deed) => (
                <th key={deed} scope="col" className="w-20 py-1.5 text-center font-medium">
                  {t(`keys.${deed}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {AREA_NAMES.map((area) => (
              <tr key={area} className="border-b border-line">
                <th scope="row" className="py-1 text-start font-normal">
                  {t(`area.${area}`)}
                </th>
                {(["read", "write"] as const).map((deed) => {
                  const scope = `${area}:${deed}`;
                  return (
                    <td key={deed} className="py-1 text-center">
                      {offers(area, deed) ? (
                        <input
                          type="checkbox"
                          className="size-4 align-middle accent-(--accent)"
                          aria-label={`${t(`area.${area}`)}: ${t(`keys.${deed}`)}`}
                          checked={choice.some.has(scope)}
                          onChange={() => onChange(toggled(choice, scope))}
                        />
                      ) : (
                        <span aria-hidden>–</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {error && (
        <p role="alert" className="text-[13px] text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}
