/** Pictures and films of a post, by the addresses at which they lie: the hub keeps no files of posts. */
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { limitsOf, type Media } from "./limits";
import { contentFor } from "./draft";
import type { Composer } from "./use_composer";

const MOST = 20;

interface Props {
  media: readonly Media[];
  error: string | undefined;
  onChange: (media: Media[]) => void;
  composer: Composer;
}

export function MediaFields({ media, error, onChange, composer }: Props) {
  const { t } = useTranslation("social");
  const put = (place: number, change: Partial<Media>) =>
    onChange(media.map((each, index) => (index === place ? { ...each, ...change } : each)));
  const swap = (place: number, other: number) => {
    const [one, two] = [media[place], media[other]];
    if (one && two) onChange(media.map((each, index) => (index === place ? two : index === other ? one : each)));
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">{t("compose.media")}</legend>
      <p className="text-[13px] text-muted">
        {t("compose.media_help")} <Taken composer={composer} />
      </p>
      <ol className="flex flex-col gap-3">
        {media.map((each, place) => (
          <li key={place} className="grid gap-2 rounded-box border border-line p-3 sm:grid-cols-[minmax(0,1fr)_8rem]">
            <Field label={t("compose.media_url", { place: place + 1 })}>
              {(control) => (
                <Input
                  {...control}
                  type="url"
                  dir="ltr"
                  inputMode="url"
                  value={each.url}
                  onChange={(event) => {
                    const url = event.target.value.trim();
                    put(place, { url, kind: kindOf(url) ?? each.kind });
                  }}
                />
              )}
            </Field>
            <Field label={t("compose.media_kind")}>
              {(control) => (
                <Select
                  {...control}
                  value={each.kind}
                  onChange={(kind) => put(place, { kind })}
                  options={(["image", "video"] as const).map((value) => ({ value, label: t(`media.${value}`) }))}
                />
              )}
            </Field>
            <Field label={t("compose.alt_text")} optional>
              {(control) => (
                <Input
                  {...control}
                  dir="auto"
                  maxLength={1000}
                  value={each.alt_text}
                  onChange={(event) => put(place, { alt_text: event.target.value })}
                />
              )}
            </Field>
            <div className="flex items-end justify-end gap-1">
              <Button
                look="quiet"
                size="icon"
                disabled={place === 0}
                aria-label={t("compose.media_earlier", { place: place + 1 })}
                onClick={() => swap(place, place - 1)}
              >
                <ArrowUp className="size-4" aria-hidden />
              </Button>
              <Button
                look="quiet"
                size="icon"
                disabled={place === media.length - 1}
                aria-label={t("compose.media_later", { place: place + 1 })}
                onClick={() => swap(place, place + 1)}
              >
                <ArrowDown className="size-4" aria-hidden />
              </Button>
              <Button
                look="quiet"
                size="icon"
                aria-label={t("compose.media_remove", { place: place + 1 })}
                onClick={() => onChange(media.filter((_, index) => index !== place))}
              >
                <Trash2 className="size-4" aria-hidden />
              </Button>
            </div>
          </li>
        ))}
      </ol>
      <div>
        <Button
          size="small"
          disabled={media.length >= MOST}
          onClick={() => onChange([...media, { url: "", kind: "image", alt_text: "" }])}
        >
          <Plus className="size-3.5" aria-hidden />
          {t("compose.media_add")}
        </Button>
      </div>
      {error !== undefined && (
        <p role="alert" className="text-[13px] text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** What the chosen networks take of files. */
function Taken({ composer: { chosen, scope, draft } }: { composer: Composer }) {
  const { t } = useTranslation("social");
  const concerned = chosen.filter(({ account }) => scope === null || account.id === scope);
  const lines = new Map(
    concerned.map(({ account, network }) => {
      const limits = limitsOf(network, contentFor(draft, account.id).format);
      const kinds = [
        ...(limits?.images ? [t("media.images", { count: limits.images.most })] : []),
        ...(limits?.videos ? [t("media.videos", { count: limits.videos.most })] : []),
      ];
      return [network.name, kinds.length > 0 ? kinds.join(limits?.mixes_media ? " + " : " / ") : t("media.none")];
    }),
  );
  return [...lines].map(([name, text]) => (
    <span key={name} className="block">
      {name}: {text}
    </span>
  ));
}

/** What a file's ending says. */
function kindOf(url: string): Media["kind"] | null {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  if (/\.(mp4|mov|m4v|webm)$/i.test(path)) return "video";
  return /\.(jpe?g|png|gif|webp)$/i.test(path) ? "image" : null;
}
