import { type ComponentType, lazy, Suspense } from "react";
import type { EditorProps } from "./field-editor";

let loaded: ComponentType<EditorProps> | null = null;

async function load() {
  const { FieldEditor } = await import("./field-editor");
  loaded = FieldEditor;
  return { default: FieldEditor };
}

const FieldEditor = lazy(load);

/** Fetches the editors once the page is painted, so that the first edit opens at once. */
export function prefetchEditor(): void {
  void load();
}

/** The same editor in table, panel, page and bulk edit. Once it is here it opens at once: no typed letter is lost. */
export function LazyEditor(props: EditorProps) {
  const Ready = loaded;
  if (Ready) return <Ready {...props} />;
  return (
    <Suspense>
      <FieldEditor {...props} />
    </Suspense>
  );
}
