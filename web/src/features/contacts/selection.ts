import { useState } from "react";

/** Ids picked in a list; a range when Shift is held. */
export function useSelection(idAt: (index: number) => string | undefined) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [anchor, setAnchor] = useState<number | null>(null);

  function toggle(index: number, range: boolean): void {
    const id = idAt(index);
    if (!id) return;
    const next = new Set(ids);
    if (range && anchor !== null) {
      for (let at = Math.min(anchor, index); at <= Math.max(anchor, index); at += 1) {
        const between = idAt(at);
        if (between) next.add(between);
      }
    } else if (!next.delete(id)) next.add(id);
    setAnchor(index);
    setIds(next);
  }

  return {
    ids,
    toggle,
    select: (all: Iterable<string>) => setIds(new Set(all)),
    clear: () => {
      setIds(new Set());
      setAnchor(null);
    },
  };
}

export type Selection = ReturnType<typeof useSelection>;
