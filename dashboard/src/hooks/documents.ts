/** The files behind documents, fetched to be shown, printed or kept. */
import { useEffect } from "react";
import { useMutation } from "@tanstack/react-query";
import { loadConfig } from "@/lib/config";
import { Problem } from "@/lib/problem";
import { type DocumentLink, linkDocument, linkLabels } from "./shipment_actions";

export type Format = "pdf" | "png" | "zpl";

export interface LoadedFile {
  /** A blob's address, good until the page lets go of it. */
  address: string;
  format: Format;
  /** The file's own text, where it is one. */
  text: string | null;
}

const TYPES: Record<Format, string> = { pdf: "application/pdf", png: "image/png", zpl: "text/plain" };

/** Fetch a document, by its link, which is made first. The file is let go of when the component goes. */
export function useDocumentFile() {
  return useFile(({ id, format }: { id: string; format: Format }) => ({ link: linkDocument(id), format }));
}

/** Fetch the labels of several shipments as one file. */
export function useLabelsFile() {
  return useFile(({ ids, format }: { ids: string[]; format: Format }) => ({ link: linkLabels(ids), format }));
}

function useFile<A>(ask: (args: A) => { link: Promise<DocumentLink>; format: Format }) {
  const file = useMutation({
    mutationFn: async (args: A): Promise<LoadedFile> => {
      const { link, format } = ask(args);
      return load(await link, format);
    },
  });
  const address = file.data?.address;
  useEffect(
    () => () => {
      if (address) URL.revokeObjectURL(address);
    },
    [address],
  );
  return file;
}

async function load({ url }: DocumentLink, format: Format): Promise<LoadedFile> {
  const answer = await fetch(reachable(url, (await loadConfig()).url), { credentials: "omit" });
  if (!answer.ok) {
    throw new Problem("not_found", "The file is not there any more.", "file_gone", null, null, answer.status);
  }
  // Of the type that we know, whatever the store says: what is shown in a frame is never a page.
  const content = new Blob([await answer.arrayBuffer()], { type: TYPES[format] });
  const text = format === "zpl" ? await content.text() : null;
  return { address: URL.createObjectURL(content), format, text };
}

/**
 * The address to fetch a file by. A hub that serves this page itself is asked by the name that it was opened by: under
 * another of its names the browser would take it for a stranger's. `api`: where the page's client speaks to.
 */
export function reachable(url: string, api: string): string {
  const { pathname, search } = new URL(url);
  return api === window.location.origin && pathname.startsWith(FILES) ? `${pathname}${search}` : url;
}

const FILES = "/storage/v1/object/sign/";
