import { useSyncExternalStore } from "react";
import { signedIn } from "@/api/session";
import { chosenWorkspace } from "@/api/workspace";

export interface Favourite {
  id: string;
  name: string;
}

const listeners = new Set<() => void>();
let cached: { key: string; raw: string | null; value: Favourite[] } | null = null;

const keyNow = () => `crm.favourites.${signedIn()?.id ?? ""}.${chosenWorkspace() ?? "first"}`;

function read(): Favourite[] {
  const key = keyNow();
  const raw = localStorage.getItem(key);
  if (cached?.key !== key || cached.raw !== raw)
    cached = { key, raw, value: raw ? (JSON.parse(raw) as Favourite[]) : [] };
  return cached.value;
}

function write(next: Favourite[]): void {
  localStorage.setItem(keyNow(), JSON.stringify(next));
  for (const listener of listeners) listener();
}

function toggle(favourite: Favourite): void {
  const without = read().filter(({ id }) => id !== favourite.id);
  write(without.length < read().length ? without : [...without, favourite]);
}

function rename({ id, name }: Favourite): void {
  if (read().some((favourite) => favourite.id === id && favourite.name !== name)) {
    write(read().map((favourite) => (favourite.id === id ? { id, name } : favourite)));
  }
}

/** Kept in this browser, per user and workspace. */
export function useFavourites() {
  const favourites = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, read);
  return {
    favourites,
    isFavourite: (id: string) => favourites.some((favourite) => favourite.id === id),
    toggle,
    rename,
  };
}
