/** Starts the dashboard: where the hub is, in which language, and then the pages. */
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { queryClient } from "@/app/queries";
import { router } from "@/app/router";
import { configQuery } from "@/lib/config";
import { startI18n } from "@/lib/i18n";
import { connect, keepsSession } from "@/lib/supabase";
import "./styles.css";

async function start(root: HTMLElement): Promise<void> {
  try {
    const texts = startI18n();
    const page = router.load(); // its code and texts are fetched while the hub is asked
    connect(await queryClient.fetchQuery(configQuery));
    // Whoever is signed in sees the page at once, and no sign of waiting before it, which React would keep for a while.
    await Promise.all([texts, keepsSession() && page]);
    createRoot(root).render(<App />);
  } catch (reason) {
    // No texts are there yet, perhaps.
    root.textContent = `Wasl cannot start: ${reason instanceof Error ? reason.message : String(reason)}`;
  }
}

const root = document.getElementById("root");
if (root) void start(root);
