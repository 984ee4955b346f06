import { Toast as Base } from "@base-ui/react/toast";
import { CircleAlert, X } from "lucide-react";
import { useEffect } from "react";
import { useLingui } from "@lingui/react/macro";
import { IconButton } from "./button";
import type { ToastAction, ToastOptions } from "./toast";

interface Data {
  tone: "plain" | "danger";
  action?: ToastAction | undefined;
}

const manager = Base.createToastManager<Data>();

/** What was said before the viewport was there to show it. */
const waiting: ToastOptions[] = [];
let isListening = false;

export function show(options: ToastOptions): void {
  if (isListening) add(options);
  else waiting.push(options);
}

function add({ title, description, tone = "plain", action, timeoutMs, id }: ToastOptions): void {
  manager.add({
    ...(id && { id }),
    title,
    description,
    // Undo and errors stay longer than news.
    timeout: timeoutMs ?? (action || tone === "danger" ? 10_000 : 4_000),
    priority: tone === "danger" ? "high" : "low",
    data: { tone, action },
  });
}

export default function ToastViewport() {
  return (
    <>
      <Base.Provider toastManager={manager} limit={3}>
        <Base.Portal>
          <Base.Viewport className="fixed inset-x-3 bottom-[calc(var(--spacing-tabbar)+env(safe-area-inset-bottom)+0.75rem)] z-50 mx-auto flex max-w-sm flex-col-reverse gap-2 outline-none wide:bottom-4 wide:mx-auto wide:w-fit wide:max-w-md wide:min-w-80">
            <Toasts />
          </Base.Viewport>
        </Base.Portal>
      </Base.Provider>
      <Listening />
    </>
  );
}

/** Behind the provider, so that its effect runs when the provider has subscribed. */
function Listening() {
  useEffect(() => {
    isListening = true;
    waiting.splice(0).forEach(add);
    return () => {
      isListening = false;
    };
  }, []);
  return null;
}

function Toasts() {
  const { t } = useLingui();
  const { toasts, close } = Base.useToastManager<Data>();
  return toasts.map((item) => {
    const { tone = "plain", action } = item.data ?? {};
    return (
      <Base.Root
        key={item.id}
        toast={item}
        swipeDirection={["down", "right", "left"]}
        className="w-full popup transition-[opacity,translate] duration-160 data-ending-style:translate-y-2 data-limited:hidden data-starting-style:translate-y-2"
      >
        <Base.Content className="flex items-center gap-2 py-1.5 ps-3 pe-1.5">
          {tone === "danger" && <CircleAlert aria-hidden className="size-4 shrink-0 text-danger-text" />}
          <div className="min-w-0 flex-1 py-1">
            <Base.Title className="text-base font-medium" render={<div />} />
            {item.description && <Base.Description className="text-sm text-ink-muted" render={<div />} />}
          </div>
          {action && (
            <Base.Action
              onClick={() => {
                close(item.id);
                action.run();
              }}
              className="h-control-sm shrink-0 rounded-md px-2 font-medium text-accent-text hover:bg-hover active:bg-press"
            >
              {action.label}
            </Base.Action>
          )}
          <Base.Close render={<IconButton icon={X} label={t`Close`} size="sm" />} />
        </Base.Content>
      </Base.Root>
    );
  });
}
