import { createContext, useContext } from "react";
import type { Noun } from "./noun";

const NounContext = createContext<Noun | null>(null);

export const NounProvider = NounContext.Provider;

/** What kind of record the page is about. */
export function useNoun(): Noun {
  const noun = useContext(NounContext);
  if (!noun) throw new Error("no NounProvider around this");
  return noun;
}
