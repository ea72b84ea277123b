/** A post as its network will roughly show it: who says it, the text, the files or the link, the first comment. */
import { useState } from "react";
import { Film, ImageOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Network } from "@/hooks/networks";
import { cx } from "@/lib/cx";
import { Picture } from "./account_name";
import type { Content, Media } from "./limits";

interface Props {
  account: { name: string; handle: string | null; picture_url: string | null };
  network: Network | undefined;
  content: Content;
}

const SHOWN = 4;

export function Preview({ account, network, content }: Props) {
  const { t } = useTranslation("social");
  const { text, format, media, link, first_comment } = content;
  const upright = format !== "post";
  return (
    <article
      aria-label={t("preview.label", { name: account.name, network: network?.name ?? "" })}
      className={cx("overflow-hidden rounded-box border border-line bg-surface", upright && "max-w-72")}
    >
      <header className="flex items-center gap-2.5 px-3 py-2.5">
        <Picture large name={account.name} url={account.picture_url} />
        <div className="min-w-0">
          <p className="truncate font-medium">
            <bdi>{account.name}</bdi>
          </p>
          <p className="text-[13px] text-muted">
            {network?.name} · {t(`format.${format}`)}
          </p>
        </div>
      </header>
      {text !== "" && (
        <p dir="auto" className="max-h-64 overflow-y-auto px-3 pb-3 break-words whitespace-pre-wrap">
          <Words text={text} />
        </p>
      )}
      {media.length > 0 && <Files media={media} upright={upright} />}
      {media.length === 0 && link.url !== "" && (
        <div className="mx-3 mb-3 rounded border border-line bg-sunken px-3 py-2">
          <p className="truncate text-xs text-muted" dir="ltr">
            {hostOf(link.url)}
          </p>
          <p className="font-medium break-words" dir="auto">
            {link.title || link.url}
          </p>
          {link.description !== "" && (
            <p className="line-clamp-2 text-[13px] text-muted" dir="auto">
              {link.description}
            </p>
          )}
        </div>
      )}
      {text === "" && media.length === 0 && link.url === "" && (
        <p className="px-3 pb-3 text-muted">{t("preview.nothing")}</p>
      )}
      {first_comment.trim() !== "" && (
        <p className="border-t border-line px-3 py-2 text-[13px]">
          <span className="text-muted">{t("preview.first_comment")} </span>
          <bdi className="break-words">{first_comment}</bdi>
        </p>
      )}
    </article>
  );
}

/** Hashtags and addresses stand out, as they do at the networks. */
function Words({ text }: { text: string }) {
  return text.split(/((?<![\p{L}\p{N}_#&])#[\p{L}\p{N}_]+|https?:\/\/\S+)/u).map((part, index) =>
    index % 2 === 1 ? (
      <span key={index} className="text-info">
        {part}
      </span>
    ) : (
      part
    ),
  );
}

function Files({ media, upright }: { media: readonly Media[]; upright: boolean }) {
  const shown = media.slice(0, SHOWN);
  return (
    <ul className={cx("grid gap-0.5", shown.length > 1 && "grid-cols-2")}>
      {shown.map((each, index) => (
        <li
          key={`${index} ${each.url}`}
          className={cx(
            "relative flex items-center justify-center overflow-hidden bg-sunken text-muted",
            upright ? "aspect-[9/16]" : shown.length === 1 ? "aspect-[4/3]" : "aspect-square",
          )}
        >
          <File media={each} />
          {index === SHOWN - 1 && media.length > SHOWN && (
            <span className="tabular absolute inset-0 flex items-center justify-center bg-black/60 text-lg font-semibold text-white">
              +{media.length - SHOWN}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function File({ media: { url, kind, alt_text } }: { media: Media }) {
  const { t } = useTranslation("social");
  const [broken, setBroken] = useState(false);
  if (kind === "video" || broken) {
    const Icon = kind === "video" ? Film : ImageOff;
    return (
      <span className="flex min-w-0 flex-col items-center gap-1 px-3 text-center text-[13px]">
        <Icon className="size-6" aria-hidden />
        {t(kind === "video" ? "preview.film" : "preview.no_picture")}
      </span>
    );
  }
  if (!/^https?:/.test(url)) return <ImageOff className="size-6" aria-hidden />;
  return (
    <img
      src={url}
      alt={alt_text}
      referrerPolicy="no-referrer"
      className="size-full object-cover"
      onError={() => setBroken(true)}
    />
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}
