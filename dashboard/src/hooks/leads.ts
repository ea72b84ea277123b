/** Leads: who left their address, what they agreed to, and where they stand at the tools. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { every, LIST_MS } from "@/lib/live";
import { type Arguments, dataOf, type Enum, type Row, rpc, supabase, type WholeRow } from "@/lib/supabase";
import { afterCursor, type Cursor, nextCursor, PAGE_SIZE } from "./cursor_pages";

/** Only what the list shows: each name and address is opened by a key of its own. */
const LISTED = "id, status, source, tags, created_at, restricted_at, email, phone, first_name, last_name" as const;
type Listed = "id" | "status" | "source" | "tags" | "created_at" | "restricted_at";
type Known = "email" | "phone" | "first_name" | "last_name";

export type ListedLead = Pick<WholeRow<"leads">, Listed | Known>;
export type Lead = WholeRow<"leads">;
export type LeadConsent = Row<"lead_consents">;
export type LeadLink = Row<"lead_links">;
export type LinkStatus = Enum<"lead_link_status">;

export interface LeadFilters {
  status?: string | undefined;
  source?: string | undefined;
  tag?: string | undefined;
  /** How they stand at the tool `connection`, or at any. */
  push?: string | undefined;
  connection?: string | undefined;
}

export const leadKeys = {
  all: (organizationId: string) => ["leads", organizationId] as const,
  list: (organizationId: string, filters: LeadFilters) => [...leadKeys.all(organizationId), "list", filters] as const,
  one: (organizationId: string, leadId: string) => [...leadKeys.all(organizationId), "one", leadId] as const,
  consents: (organizationId: string, leadId: string) => [...leadKeys.all(organizationId), "consents", leadId] as const,
  links: (organizationId: string, leadId: string) => [...leadKeys.all(organizationId), "links", leadId] as const,
  counts: (organizationId: string, connectionId: string) =>
    [...leadKeys.all(organizationId), "counts", connectionId] as const,
};

/** Leads, newest first, page by page; live. */
export function useLeads({ status, source, tag, push, connection }: LeadFilters) {
  const { id } = useOrganization();
  const filters = { status, source, tag, push, connection };
  return useInfiniteQuery({
    queryKey: leadKeys.list(id, filters),
    queryFn: ({ pageParam, signal }): Promise<ListedLead[]> => {
      const links = push !== undefined || connection !== undefined;
      // The link is only asked for to filter by it.
      const columns = (links ? `${LISTED}, lead_links!inner(status, connection_id)` : LISTED) as typeof LISTED;
      let query = supabase().from("leads").select(columns).eq("organization_id", id);
      if (status !== undefined) query = query.eq("status", status as Lead["status"]);
      if (source !== undefined) query = query.eq("source", source);
      if (tag !== undefined) query = query.contains("tags", [tag]);
      if (push !== undefined) query = query.eq("lead_links.status" as "status", push as Lead["status"]);
      if (connection !== undefined) query = query.eq("lead_links.connection_id" as "source", connection);
      if (pageParam) query = query.or(afterCursor("created_at", pageParam));
      return dataOf(
        query
          .order("created_at", { ascending: false })
          .order("id", { ascending: false })
          .limit(PAGE_SIZE)
          .abortSignal(signal),
      );
    },
    initialPageParam: null as Cursor | null,
    getNextPageParam: (last) => nextCursor(last, (lead) => lead.created_at),
    refetchInterval: every(LIST_MS),
  });
}

/** Look leads up by an e-mail address or a phone: they are found by keyed hashes, whole or not at all. */
export function useFindLeads() {
  const { id } = useOrganization();
  return useMutation({
    mutationFn: async (address: string): Promise<ListedLead[]> => {
      const by = addressOf(address);
      const found = supabase()
        .rpc("find_leads", { ...by, organization_id: id })
        .select(LISTED);
      return dataOf(found as unknown as PromiseLike<{ data: ListedLead[]; error: unknown; status: number }>);
    },
  });
}

/** What somebody typed, as an e-mail address or a phone; of a phone, everything but digits and its plus is left out. */
export function addressOf(typed: string): { email: string } | { phone: string } {
  const text = typed.trim();
  if (text.includes("@")) return { email: text };
  const digits = text.replace(/[^\d]/g, "");
  // The way phones are written at home in the Emirates: 050 … is +971 50 …
  const whole = text.startsWith("00") ? digits.slice(2) : text.startsWith("0") ? `971${digits.slice(1)}` : digits;
  return { phone: `+${whole}` };
}

/** One lead with all that is known of it; live. */
export function useLead(leadId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: leadKeys.one(id, leadId),
    queryFn: ({ signal }): Promise<Lead> =>
      dataOf(
        supabase()
          .from("leads")
          .select("*, attributes, company, email, first_name, last_name, phone")
          .eq("organization_id", id)
          .eq("id", leadId)
          .abortSignal(signal)
          .single(),
      ),
    refetchInterval: every(LIST_MS),
  });
}

/** Every word of a lead's on consent, the newest first. */
export function useConsents(leadId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: leadKeys.consents(id, leadId),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("lead_consents")
          .select("*")
          .eq("organization_id", id)
          .eq("lead_id", leadId)
          .order("occurred_at", { ascending: false })
          .order("id", { ascending: false })
          .abortSignal(signal),
      ),
  });
}

/** Where a lead stands at each tool; live. */
export function useLinks(leadId: string) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: leadKeys.links(id, leadId),
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("lead_links")
          .select("*")
          .eq("organization_id", id)
          .eq("lead_id", leadId)
          .order("created_at")
          .abortSignal(signal),
      ),
    refetchInterval: every(LIST_MS),
  });
}

/** What proves a consent. For admins; that it was shown stands in the audit log. */
export function useEvidence() {
  return useMutation({
    mutationFn: async (consentId: string): Promise<Record<string, unknown>> => {
      const told = await rpc("consent_evidence", { consent_id: consentId });
      return told as Record<string, unknown>;
    },
  });
}

function useRefreshed<A, R>(mutationFn: (args: A) => Promise<R>) {
  const client = useQueryClient();
  const { id } = useOrganization();
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: leadKeys.all(id) }),
  });
}

/** Keep a lead, or change the one of that address; what is left out stays. Give one idempotency key for each intent. */
export function useKeepLead() {
  const { id } = useOrganization();
  return useRefreshed((args: Arguments<"upsert_lead">) => rpc("upsert_lead", { ...args, organization_id: id }));
}

/** Note that a lead agreed to something, or does so no longer. */
export function useRecordConsent() {
  return useRefreshed((args: Arguments<"record_consent">) => rpc("record_consent", args));
}

/** Forget a person: here at once, at the tools as soon as workers have been there. */
export function useDeleteLead() {
  return useRefreshed((leadId: string) => rpc("delete_lead", { lead_id: leadId }));
}
