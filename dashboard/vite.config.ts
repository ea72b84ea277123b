import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `make dashboard` sets it: the hub that the development server passes the API on to.
const hub = process.env["WASL_HUB_URL"] ?? "http://127.0.0.1:54321";
const passedOn = ["/rest", "/auth", "/functions", "/storage", "/sandbox", "/config.json"];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    host: "127.0.0.1",
    // The reference and the catalogue of events are made from documents of the repository.
    fs: { allow: [".", "../docs"] },
    proxy: Object.fromEntries(passedOn.map((path) => [path, hub])),
  },
  build: {
    target: "es2023",
    manifest: "manifest.json",
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    rolldownOptions: {
      output: {
        // Each file costs a request. What always comes first is two files, of which one changes only with a library.
        codeSplitting: {
          groups: [
            { name: "libraries", tags: ["$initial"], test: /node_modules/, priority: 2 },
            { name: "shell", tags: ["$initial"], priority: 1 },
          ],
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    env: { TZ: "UTC" },
    // One process that keeps what it has loaded: on a small machine a new one for each file takes most of the time.
    isolate: false,
    fileParallelism: false,
    restoreMocks: true,
  },
});
