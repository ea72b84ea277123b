/** Starts the dashboard: where the hub is, in which language, and then the pages. */
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { loadConfig } from "@/lib/config";
import { startI18n } from "@/lib/i18n";
import { connect } from "@/lib/supabase";
import "./styles.css";

async function start(root: HTMLElement): Promise<void> {
  try {
    const [config] = await Promise.all([loadConfig(), startI18n()]);
    connect(config);
    createRoot(root).render(<App />);
  } catch (reason) {
    // No texts are there yet, perhaps.
    root.textContent = `Wasl cannot start: ${reason instanceof Error ? reason.message : String(reason)}`;
  }
}

const root = document.getElementById("root");
if (root) void start(root);
