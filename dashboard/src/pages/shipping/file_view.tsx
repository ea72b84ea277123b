/** A file that was fetched: shown where the browser can, printed, kept. */
import { useRef } from "react";
import { Download, ExternalLink, Printer } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { LoadedFile } from "@/hooks/documents";
import { Button, buttonClass } from "@/ui/button";

interface Props {
  file: LoadedFile;
  /** What it is called when it is kept. */
  name: string;
  /** What it is, for screen readers. */
  label: string;
}

// Longer ZPL is mostly pictures in hexadecimal digits.
const SHOWN_CHARACTERS = 4000;
// The page alone and whole, without the viewer's own bars; viewers that know nothing of it show it all the same.
const ALONE = "#toolbar=0&navpanes=0&view=Fit";

export function FileView({ file, name, label }: Props) {
  const { t } = useTranslation("shipping");
  const frame = useRef<HTMLIFrameElement>(null);
  const print = () => {
    try {
      const shown = frame.current?.contentWindow;
      shown?.focus();
      shown?.print();
    } catch {
      // Some browsers show a PDF as a stranger's page, which this one may not print: its own tab can.
      window.open(file.address, "_blank", "noreferrer");
    }
  };
  return (
    <div className="mt-3 flex flex-col gap-3">
      {/* Before what is shown, which would take the focus from whoever came by the keyboard. */}
      <div className="flex flex-wrap gap-2">
        {file.format !== "zpl" && (
          <Button size="small" onClick={print}>
            <Printer className="size-3.5" aria-hidden />
            {t("papers.print")}
          </Button>
        )}
        <a className={buttonClass("secondary", "small")} href={file.address} download={name}>
          <Download className="size-3.5" aria-hidden />
          {t("papers.download")}
        </a>
        {file.format !== "zpl" && (
          <a className={buttonClass("quiet", "small")} href={file.address} target="_blank" rel="noreferrer">
            <ExternalLink className="size-3.5" aria-hidden />
            {t("papers.open")}
          </a>
        )}
      </div>
      {file.format === "zpl" ? (
        <>
          <p className="text-[13px] text-muted">{t("papers.zpl")}</p>
          {/* It scrolls, and who has no mouse scrolls by the keyboard. */}
          {/* eslint-disable jsx-a11y/no-noninteractive-tabindex */}
          <pre
            role="region"
            aria-label={label}
            tabIndex={0}
            dir="ltr"
            className="max-h-56 overflow-auto rounded-box bg-sunken p-3 font-mono text-xs"
          >
            {file.text?.slice(0, SHOWN_CHARACTERS)}
          </pre>
          {/* eslint-enable jsx-a11y/no-noninteractive-tabindex */}
        </>
      ) : file.format === "png" ? (
        <>
          <img
            src={file.address}
            alt={label}
            className="max-h-[32rem] self-center rounded border border-line bg-white"
          />
          <iframe ref={frame} title={label} aria-hidden tabIndex={-1} className="hidden" srcDoc={pictureAlone(file)} />
        </>
      ) : (
        <iframe
          ref={frame}
          title={label}
          tabIndex={-1}
          src={`${file.address}${ALONE}`}
          className="h-[32rem] w-full rounded-box border border-line bg-white"
        />
      )}
    </div>
  );
}

/** A page of the picture alone, for the printer. */
function pictureAlone({ address }: LoadedFile): string {
  return `<img src="${address}" alt="" style="max-width:100%">`;
}
