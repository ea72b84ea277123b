/** What people ask about their data: requests, the steps that each takes, and the proof that it was done. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { type Arguments, dataOf, type Enum, type Row, rpc, supabase } from "@/lib/supabase";
import { useChange } from "./change";
import { afterCursor, PAGE_SIZE, useCursorPages } from "./cursor_pages";
import { finished } from "./operations";

const COLUMNS =
  "id, kind, status, jurisdiction, lead_id, received_at, due_at, extended_at, identity_check, note, reason, archive_path, archive_expires_at, certificate_sha256, created_by, created_at, finished_at";

export type SubjectRequest = Omit<Row<"data_subject_requests">, "organization_id" | "subject_indexes" | "certificate">;
export type RequestKind = Enum<"subject_request_kind">;
export type RequestStatus = Enum<"subject_request_status">;
export type Step = Row<"data_subject_steps">;

export const REQUEST_KINDS: readonly RequestKind[] = [
  "access",
  "portability",
  "correction",
  "restriction",
  "objection",
  "erasure",
];
/** What lists are narrowed to: `open` is all that is not over. */
export const REQUEST_STATES = ["open", "received", "in_progress", "awaiting_person", "completed", "refused"] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

export const requestKeys = { all: (organizationId: string) => ["subject_requests", organizationId] as const };

interface Filters {
  state?: RequestState | undefined;
  kind?: RequestKind | undefined;
}

/** Requests, the one that came last first; live. */
export function useSubjectRequests(filters: Filters) {
  const { id } = useOrganization();
  return useCursorPages<SubjectRequest>({
    queryKey: [...requestKeys.all(id), "list", filters],
    fetchPage: (cursor, signal) => {
      let query = supabase().from("data_subject_requests").select(COLUMNS).eq("organization_id", id);
      if (filters.state === "open") query = query.is("finished_at", null);
      else if (filters.state) query = query.eq("status", filters.state);
      if (filters.kind) query = query.eq("kind", filters.kind);
      if (cursor) query = query.or(afterCursor("received_at", cursor));
      return dataOf(
        query
          .order("received_at", { ascending: false })
          .order("id", { ascending: false })
          .limit(PAGE_SIZE)
          .abortSignal(signal),
      );
    },
    at: ({ received_at }) => received_at,
  });
}

/** One request with its steps; looked at again quickly while workers are at it. */
export function useSubjectRequest(requestId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...requestKeys.all(id), "one", requestId],
    queryFn: async ({ signal }) => {
      const [request, steps] = await Promise.all([
        dataOf<SubjectRequest>(
          supabase()
            .from("data_subject_requests")
            .select(COLUMNS)
            .eq("organization_id", id)
            .eq("id", requestId)
            .abortSignal(signal)
            .single(),
        ),
        dataOf(
          supabase()
            .from("data_subject_steps")
            .select("*")
            .eq("organization_id", id)
            .eq("request_id", requestId)
            .order("position")
            .abortSignal(signal),
        ),
      ]);
      return { request, steps };
    },
    refetchInterval: (query) =>
      every(["received", "in_progress"].includes(query.state.data?.request.status ?? "") ? BUSY_MS : LIST_MS)(query),
  });
}

const BUSY_MS = 2_000;
const DAY_MS = 86_400_000;

/** Whole days that are left for the answer; below zero: so many too late. */
export function daysLeft({ due_at }: Pick<SubjectRequest, "due_at">, now: Date): number {
  return Math.floor((new Date(due_at).getTime() - now.getTime()) / DAY_MS);
}

/** Steps that need nothing any more, of all. */
export function progressOf(steps: readonly Pick<Step, "status">[]): { done: number; all: number } {
  return { done: steps.filter(({ status }) => status === "done" || status === "kept").length, all: steps.length };
}

/** Note what somebody asks, and have it carried out. */
export function useCreateRequest() {
  const { id } = useOrganization();
  return useChange(requestKeys.all(id), async (args: Omit<Arguments<"create_subject_request">, "organization_id">) =>
    rpc("create_subject_request", { ...args, organization_id: id }),
  );
}

export function useRefuseRequest() {
  const { id } = useOrganization();
  return useChange(requestKeys.all(id), (args: Arguments<"refuse_subject_request">) =>
    rpc("refuse_subject_request", args),
  );
}

export function useExtendRequest() {
  const { id } = useOrganization();
  return useChange(requestKeys.all(id), (args: Arguments<"extend_subject_request">) =>
    rpc("extend_subject_request", args),
  );
}

/** Say that somebody has done what no machine could. */
export function useCompleteStep() {
  const { id } = useOrganization();
  return useChange(requestKeys.all(id), (args: Arguments<"complete_subject_step">) =>
    rpc("complete_subject_step", args),
  );
}

const identitySchema = z.object({
  email: z.optional(z.string()),
  phone: z.optional(z.string()),
  changes: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
});
export type Identity = z.infer<typeof identitySchema>;

/** Who a request is about. That it was shown stands in the audit log; no cache keeps it. */
export function useShowIdentity() {
  return useMutation({
    mutationFn: async (requestId: string): Promise<Identity> =>
      identitySchema.parse(await rpc("subject_request_identity", { request_id: requestId })),
    gcTime: 0,
  });
}

const linkSchema = z.object({ url: z.string(), expires_at: z.string() });

/** A link to the copy of the person's data; whoever has it may fetch that until it expires. */
export function useLinkArchive() {
  return useMutation({
    mutationFn: async (requestId: string) =>
      linkSchema.parse((await finished(await rpc("link_subject_archive", { request_id: requestId }))).result),
    gcTime: 0,
  });
}

const certificateSchema = z.object({ certificate: z.unknown(), sha256: z.string(), intact: z.boolean() });

/** What was done, and whether the certificate is as it was made. */
export function useCertificate(requestId: string, enabled: boolean) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: [...requestKeys.all(id), "certificate", requestId],
    queryFn: async ({ signal }) =>
      certificateSchema.parse(await rpc("subject_certificate", { request_id: requestId }, signal)),
    enabled,
  });
}
