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

const direction = await activateLanguage();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Providers direction={direction} />
  </StrictMode>,
);
