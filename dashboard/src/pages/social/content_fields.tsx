/** The fields of what is said: everybody's, or, in an account's scope, those that are different there. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { Field, Input, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { contentFor, withField } from "./draft";
import { type Content, type ContentField, lengthOf, limitsOf } from "./limits";
import { LinkFields } from "./link_fields";
import { MediaFields } from "./media_fields";
import { useTellProblems } from "./problems";
import type { Composer } from "./use_composer";

const FIELDS: readonly ContentField[] = ["text", "format", "media", "link", "first_comment"];

export function ContentFields({ composer }: { composer: Composer }) {
  const { draft, scope } = composer;
  return (
    <div className="flex flex-col gap-5 p-4">
      {FIELDS.map((field) =>
        scope === null || draft.variants[scope]?.[field] !== undefined ? (
          <Editor key={field} field={field} composer={composer} />
        ) : (
          <Inherited key={field} field={field} composer={composer} accountId={scope} />
        ),
      )}
    </div>
  );
}

interface InheritedProps {
  field: ContentField;
  composer: Composer;
  accountId: string;
}

/** The account says there what all say. */
function Inherited({ field, composer, accountId }: InheritedProps) {
  const { t } = useTranslation("social");
  const { draft, change } = composer;
  const errors = useTellProblems(composer)(field);
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-center justify-between gap-3">
        <p>
          <span className="font-medium">{t(`compose.${field}`)}</span>{" "}
          <span className="text-muted">· {t("compose.as_for_all")}</span>
        </p>
        <Button size="small" onClick={() => change(withField(draft, accountId, field, draft.common[field]))}>
          {t("compose.make_own")}
        </Button>
      </div>
      {errors !== undefined && (
        <p role="alert" className="text-[13px] text-bad">
          {errors}
        </p>
      )}
    </div>
  );
}

function Editor({ field, composer }: { field: ContentField; composer: Composer }) {
  const { t } = useTranslation("social");
  const { draft, change, scope } = composer;
  const content = scope === null ? draft.common : contentFor(draft, scope);
  const put = <F extends ContentField>(name: F, value: Content[F]) => change(withField(draft, scope, name, value));
  const error = useTellProblems(composer)(field);
  const give = scope !== null && (
    <Button
      size="small"
      look="quiet"
      className="self-end"
      onClick={() => change(withField(draft, scope, field, undefined))}
    >
      {t("compose.give_up_own")}
    </Button>
  );
  return (
    <div className="flex flex-col gap-1">
      {field === "text" && (
        <TextField composer={composer} text={content.text} error={error} onChange={(value) => put("text", value)} />
      )}
      {field === "format" && (
        <FormatField composer={composer} content={content} error={error} onChange={(value) => put("format", value)} />
      )}
      {field === "media" && (
        <MediaFields
          media={content.media}
          error={error}
          onChange={(value) => put("media", value)}
          composer={composer}
        />
      )}
      {field === "link" && <LinkFields link={content.link} error={error} onChange={(value) => put("link", value)} />}
      {field === "first_comment" && (
        <Field label={t("compose.first_comment")} help={t("compose.first_comment_help")} optional error={error}>
          {(control) => (
            <Input
              {...control}
              dir="auto"
              value={content.first_comment}
              onChange={(event) => put("first_comment", event.target.value)}
            />
          )}
        </Field>
      )}
      {give}
    </div>
  );
}

interface TextProps {
  composer: Composer;
  text: string;
  error: string | undefined;
  onChange: (text: string) => void;
}

function TextField({ composer, text, error, onChange }: TextProps) {
  const { t } = useTranslation("social");
  const style = useStyle();
  const { chosen, scope, draft } = composer;
  const length = lengthOf(text);
  const concerned = chosen.filter(({ account }) => scope === null || account.id === scope);
  const limits = new Map(
    concerned.map(({ account, network }) => [
      network.name,
      limitsOf(network, contentFor(draft, account.id).format)?.longest_text,
    ]),
  );
  const count: ReactNode = [...limits].map(([name, most]) =>
    most === undefined ? null : (
      <span key={name} className={length > most ? "text-bad" : undefined}>
        {name}: {t("compose.count", { length: formatCount(length, style), most: formatCount(most, style) })}
      </span>
    ),
  );
  return (
    <Field
      label={t("compose.text")}
      help={limits.size === 0 ? "" : <span className="tabular flex flex-wrap gap-x-4">{count}</span>}
      error={error}
    >
      {(control) => (
        <TextArea {...control} rows={6} dir="auto" value={text} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}

interface FormatProps {
  composer: Composer;
  content: Content;
  error: string | undefined;
  onChange: (format: Content["format"]) => void;
}

function FormatField({ composer: { chosen, scope }, content, error, onChange }: FormatProps) {
  const { t } = useTranslation("social");
  const concerned = chosen.filter(({ account }) => scope === null || account.id === scope);
  const known = new Set(concerned.flatMap(({ network }) => network.formats.map(({ format }) => format)));
  const shown = (["post", "reel", "story"] as const).filter(
    (each) => known.size === 0 || known.has(each) || each === content.format,
  );
  return (
    <Field label={t("compose.format")} error={error}>
      {(control) => (
        <Select
          {...control}
          className="max-w-64"
          value={content.format}
          onChange={onChange}
          options={shown.map((value) => ({ value, label: t(`format.${value}`) }))}
        />
      )}
    </Field>
  );
}
