/** Starts the dashboard: where the hub is, in which language, and then the pages. */
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { queryClient } from "@/app/queries";
import { router } from "@/app/router";
import { fetchEntrance } from "@/app/session_gate";
import { configQuery } from "@/lib/config";
import { startI18n } from "@/lib/i18n";
import { connect, keepsSession } from "@/lib/supabase";
import "./styles.css";

async function start(root: HTMLElement): Promise<void> {
  try {
    const texts = startI18n();
    // Code and texts are fetched while the hub is asked, and nothing is shown before they are there: a sign of waiting
    // that React has once shown, it keeps for a while.
    const first = [router.load(), keepsSession() || fetchEntrance()];
    connect(await queryClient.query(configQuery));
    await Promise.all([texts, ...first]);
    createRoot(root).render(<App />);
  } catch (reason) {
    // No texts are there yet, perhaps.
    root.textContent = `Wasl cannot start: ${reason instanceof Error ? reason.message : String(reason)}`;
  }
}

const root = document.getElementById("root");
if (root) void start(root);
