import { useLingui } from "@lingui/react/macro";
import { Dialog } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";
import { useAllActions } from "./actions";

/** The shortcuts that work where one is: the same registry as the palette's. */
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const sections = Map.groupBy(
    useAllActions().filter((action) => action.keys),
    (action) => action.section,
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t`Keyboard shortcuts`} size="lg">
      <div className="gap-8 wide:columns-2">
        {[...sections].map(([section, actions]) => (
          <section key={section} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 text-sm text-ink-faint">{section}</h3>
            <dl>
              {actions.map((action) => (
                <div key={action.id} className="flex items-center justify-between gap-4 py-1">
                  <dt>{action.label}</dt>
                  <dd>
                    <span className="sr-only">{action.keys}</span>
                    <Kbd keys={action.keys ?? ""} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
