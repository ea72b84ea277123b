/** Labels and papers: each can be looked at, printed and kept. */
import { FileText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStyle } from "@/app/style";
import { type Format, useDocumentFile } from "@/hooks/documents";
import { type ShipmentDocument, useDocuments } from "@/hooks/shipments";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { ProblemText, Result } from "@/ui/states";
import { FileView } from "./file_view";
import { useWords } from "./words";

interface Props {
  of: "shipment_id" | "manifest_id";
  subjectId: string;
  /** Said while there is none. */
  empty: string;
}

export function Papers({ of, subjectId, empty }: Props) {
  const documents = useDocuments(of, subjectId);
  return (
    <Result query={documents} lines={2} empty={<p className="text-muted">{empty}</p>}>
      {(list) => (
        <ul className="flex flex-col gap-3">
          {list.map((document) => (
            <Paper key={document.id} document={document} />
          ))}
        </ul>
      )}
    </Result>
  );
}

function Paper({ document }: { document: ShipmentDocument }) {
  const { t } = useTranslation("shipping");
  const style = useStyle();
  const kind = useWords("document");
  const file = useDocumentFile();
  const name = `${document.kind}-${document.tracking_number ?? document.id}.${document.format}`;
  return (
    <li className="rounded-box border border-line p-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="flex min-w-0 items-center gap-2">
          <FileText className="size-4 shrink-0 text-muted" aria-hidden />
          <span className="font-medium">{kind(document.kind)}</span>
          <span className="text-[13px] text-muted" dir="ltr">
            {document.format.toUpperCase()} · {formatCount(Math.ceil(document.bytes / 1024), style)} kB
          </span>
        </span>
        {!file.data && (
          <Button
            size="small"
            busy={file.isPending}
            onClick={() => file.mutate({ id: document.id, format: document.format as Format })}
          >
            {t("papers.show")}
          </Button>
        )}
      </div>
      {file.error && (
        <p role="alert" className="mt-2 text-bad">
          {t("papers.failed")} <ProblemText error={file.error} />
        </p>
      )}
      {file.data && <FileView file={file.data} name={name} label={kind(document.kind)} />}
    </li>
  );
}
