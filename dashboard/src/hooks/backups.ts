/** What is known of backups: those by the clock, as the leader notes them, and what was restored. */
import { useQuery } from "@tanstack/react-query";
import { z } from "zod/mini";
import { useOrganization } from "@/app/organization";
import { every, FIGURES_MS } from "@/lib/live";
import { rpc } from "@/lib/supabase";

const schema = z.object({
  plan: z.nullable(
    z.object({ schedule: z.string(), newest_at: z.nullable(z.string()), due_at: z.string(), seen_at: z.string() }),
  ),
  runs: z.array(
    z.object({
      id: z.string(),
      began_at: z.string(),
      finished_at: z.string(),
      backup_id: z.nullable(z.string()),
      data_bytes: z.nullable(z.number()),
    }),
  ),
  restores: z.array(
    z.object({
      id: z.string(),
      whole_hub: z.boolean(),
      backup_id: z.string(),
      taken_at: z.string(),
      restored_at: z.string(),
      resumed_at: z.nullable(z.string()),
    }),
  ),
});
export type BackupStatus = z.infer<typeof schema>;
export type BackupPlan = NonNullable<BackupStatus["plan"]>;

export function useBackupStatus() {
  const { id } = useOrganization();
  return useQuery({
    queryKey: ["backups", id],
    queryFn: async ({ signal }) => schema.parse(await rpc("backup_status", { organization_id: id }, signal)),
    refetchInterval: every(FIGURES_MS),
  });
}

const LATE_MS = 3 * 3_600_000;
/** The leader looks every minute. */
const SILENT_MS = 15 * 60_000;

/** How it stands with backups by the clock. */
export type BackupState = "unset" | "silent" | "late" | "waiting" | "fine";

/** `silent`: no leader has looked for a while, so nothing that is noted can be relied on. */
export function backupState(plan: BackupPlan | null, now: Date): BackupState {
  if (plan === null) return "unset";
  if (now.getTime() - new Date(plan.seen_at).getTime() > SILENT_MS) return "silent";
  if (now.getTime() - new Date(plan.due_at).getTime() > LATE_MS) return "late";
  return plan.newest_at === null ? "waiting" : "fine";
}
