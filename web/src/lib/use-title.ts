import { useEffect } from "react";

/** The product's name is no text to translate. */
const PRODUCT = "Mini-CRM";

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${PRODUCT}`;
  }, [title]);
}
