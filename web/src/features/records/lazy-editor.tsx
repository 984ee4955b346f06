import { lazy, Suspense } from "react";
import type { EditorProps } from "./field-editor";

const load = () => import("./field-editor");
const FieldEditor = lazy(() => load().then((module) => ({ default: module.FieldEditor })));

/** Fetches the editors once the page is painted, so that the first edit opens at once. */
export function prefetchEditor(): void {
  void load();
}

/** The same editor in table, panel, page and bulk edit. */
export function LazyEditor(props: EditorProps) {
  return (
    <Suspense>
      <FieldEditor {...props} />
    </Suspense>
  );
}
