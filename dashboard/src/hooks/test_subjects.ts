/** What an operation can be tried on: a connection's latest payments, parcels, accounts and streams. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { dataOf, supabase } from "@/lib/supabase";

export type SubjectKind = "payment" | "shipment" | "account" | "stream";

export interface Subject {
  value: string;
  name: string;
  /** Its state in the hub's word, or nothing. */
  state: string | null;
  /** By which the provider knows a parcel. */
  trackingNumber?: string | null;
}

const MOST = 30;

/** Newest first. */
export function useSubjects(kind: SubjectKind | null, connectionId: string | null) {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["test subjects", id, kind, connectionId],
    queryFn: () => READ[kind ?? "payment"](id, connectionId ?? ""),
    enabled: kind !== null && connectionId !== null,
    staleTime: 0,
  });
}

const READ: Record<SubjectKind, (organizationId: string, connectionId: string) => Promise<Subject[]>> = {
  payment: async (organizationId, connectionId) => {
    const rows = await dataOf(
      supabase()
        .from("payments")
        .select("id, reference, amount, currency, status")
        .eq("organization_id", organizationId)
        .eq("connection_id", connectionId)
        .order("created_at", { ascending: false })
        .limit(MOST),
    );
    return rows.map(({ id, reference, amount, currency, status }) => ({
      value: id,
      name: `${reference} · ${currency} ${amount}`,
      state: status,
    }));
  },
  shipment: async (organizationId, connectionId) => {
    const rows = await dataOf(
      supabase()
        .from("shipments")
        .select("id, reference, tracking_number, status")
        .eq("organization_id", organizationId)
        .eq("connection_id", connectionId)
        .order("created_at", { ascending: false })
        .limit(MOST),
    );
    return rows.map(({ id, reference, tracking_number, status }) => ({
      value: id,
      name: [reference, tracking_number].filter(Boolean).join(" · "),
      state: status,
      trackingNumber: tracking_number,
    }));
  },
  account: async (organizationId, connectionId) => {
    const rows = await dataOf(
      supabase()
        .from("social_media_accounts")
        .select("id, name, enabled")
        .eq("organization_id", organizationId)
        .eq("connection_id", connectionId)
        .eq("enabled", true)
        .order("name"),
    );
    return rows.map(({ id, name }) => ({ value: id, name, state: null }));
  },
  stream: async (organizationId, connectionId) => {
    const rows = await dataOf(
      supabase()
        .from("sync_streams")
        .select("stream, status, enabled")
        .eq("organization_id", organizationId)
        .eq("connection_id", connectionId)
        .eq("enabled", true)
        .order("stream"),
    );
    return rows.map(({ stream, status }) => ({ value: stream, name: stream, state: status }));
  },
};
