import { useCallback, useEffect, useMemo, useRef, useState } from "react";

export interface Picked {
  ids: ReadonlySet<string>;
  /** Everything that the list would show, loaded or not; then no ids are named. */
  all: boolean;
  /** Row from which Shift spans. */
  anchor: number | null;
}

export const NOTHING_PICKED: Picked = { ids: new Set(), all: false, anchor: null };

type IdAt = (index: number) => string | undefined;

/** One row more or less; with `range`, all from the anchor to it. */
export function pickRow(picked: Picked, index: number, range: boolean, idAt: IdAt): Picked {
  const id = idAt(index);
  if (!id) return picked;
  const ids = new Set(picked.ids);
  if (range && picked.anchor !== null) {
    for (let at = Math.min(picked.anchor, index); at <= Math.max(picked.anchor, index); at += 1) {
      const between = idAt(at);
      if (between) ids.add(between);
    }
    return { ids, all: false, anchor: picked.anchor };
  }
  if (!ids.delete(id)) ids.add(id);
  return { ids, all: false, anchor: index };
}

export interface Selection extends Picked {
  has: (id: string) => boolean;
  toggle: (index: number, range: boolean) => void;
  /** The rows that are loaded. */
  pickLoaded: (ids: Iterable<string>) => void;
  /** Everything the list would show, also what is not loaded. */
  pickAll: () => void;
  clear: () => void;
}

/** What is picked in one list; another list begins with nothing. The functions stay the same while the list does. */
export function useSelection(list: string, idAt: IdAt): Selection {
  const [state, setState] = useState({ list, picked: NOTHING_PICKED });
  const picked = state.list === list ? state.picked : NOTHING_PICKED;
  const latestIdAt = useRef(idAt);
  useEffect(() => {
    latestIdAt.current = idAt;
  });
  const change = useCallback(
    (next: (before: Picked) => Picked) =>
      setState((before) => ({ list, picked: next(before.list === list ? before.picked : NOTHING_PICKED) })),
    [list],
  );
  const acts = useMemo(
    () => ({
      toggle: (index: number, range: boolean) =>
        change((before) => pickRow(before, index, range, (at) => latestIdAt.current(at))),
      pickLoaded: (ids: Iterable<string>) => change(() => ({ ids: new Set(ids), all: false, anchor: null })),
      pickAll: () => change(() => ({ ids: new Set<string>(), all: true, anchor: null })),
      clear: () => change(() => NOTHING_PICKED),
    }),
    [change],
  );
  return useMemo(() => ({ ...picked, ...acts, has: (id: string) => picked.all || picked.ids.has(id) }), [picked, acts]);
}
