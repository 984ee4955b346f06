import { i18n } from "@lingui/core";
import { messages as english } from "../locales/en.po";

/** Languages of the interface. The pseudo ones are for tests: `localStorage["crm.language"] = "en-XA"`, or "ar-XB" for the same from right to left. */
const CATALOGUES: Record<string, () => Promise<{ messages: typeof english }>> = {
  "en-XA": () => import("../locales/en-XA.po"),
  "ar-XB": () => import("../locales/en-XA.po"),
};

export type Direction = "ltr" | "rtl";

/** Loads the chosen language and sets `lang` and `dir`; answers the direction. */
export async function activateLanguage(): Promise<Direction> {
  const chosen = localStorage.getItem("crm.language") ?? "en";
  const load = CATALOGUES[chosen];
  const language = load ? chosen : "en";
  i18n.loadAndActivate({ locale: language, messages: load ? (await load()).messages : english });
  const direction: Direction = language.startsWith("ar") ? "rtl" : "ltr";
  document.documentElement.lang = language;
  document.documentElement.dir = direction;
  return direction;
}
