/** What the organization processes personal data for, as its register says. */
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "@/app/organization";
import { dataOf, supabase } from "@/lib/supabase";

const FRESH_MS = 60_000;

/** The purposes that are still pursued, by their keys. */
export function usePurposes() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["purposes", id],
    queryFn: ({ signal }) =>
      dataOf(
        supabase()
          .from("processing_purposes")
          .select("key, title, lawful_basis")
          .eq("organization_id", id)
          .eq("active", true)
          .order("key")
          .abortSignal(signal),
      ),
    staleTime: FRESH_MS,
  });
}
