import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { activateLanguage } from "@/lib/i18n";
import "@/ui/theme.css";
import { Providers } from "./providers";

// A page of an earlier build asks for a file that the new build no longer has.
addEventListener("vite:preloadError", (event) => {
  const reloadedAt = Number(sessionStorage.getItem("crm.reloaded") ?? 0);
  if (Date.now() - reloadedAt < 60_000) return;
  event.preventDefault();
  sessionStorage.setItem("crm.reloaded", String(Date.now()));
  location.reload();
});

// Only in secure contexts, and not while developing: there it would serve yesterday's code.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js"));
}

const direction = await activateLanguage();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Providers direction={direction} />
  </StrictMode>,
);
