import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The server's policy forbids inline scripts, inline styles and `data:` fonts, so nothing is inlined. Paths are relative:
// the console also works behind a proxy that puts it into a folder.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: "es2022", cssTarget: ["chrome123", "firefox120", "safari17.5"], sourcemap: false },
  server: { proxy: { "/api": process.env["SIGHTLINE_URL"] ?? "http://127.0.0.1:8480" } },
});
