import { lazy, type ReactNode, Suspense } from "react";

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface ToastOptions {
  title: ReactNode;
  /** What was kept, what to do. */
  description?: ReactNode;
  tone?: "plain" | "danger";
  action?: ToastAction | undefined;
  /** 0 stays until it is closed. */
  timeoutMs?: number;
  /** A later toast of the same id takes the place of the earlier. */
  id?: string;
}

const viewport = () => import("./toast-viewport");
const ToastViewport = lazy(viewport);

/** Callable from anywhere, also outside React. */
export function toast(options: ToastOptions): void {
  void viewport().then(({ show }) => show(options));
}

export function Toaster() {
  return (
    <Suspense>
      <ToastViewport />
    </Suspense>
  );
}
