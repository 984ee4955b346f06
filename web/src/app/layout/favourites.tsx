import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useFavourites } from "@/lib/favourites";
import { Avatar } from "@/ui/avatar";
import { paths } from "../paths";

/** People whom one keeps at hand. */
export function Favourites() {
  const { t } = useLingui();
  const { favourites } = useFavourites();
  if (favourites.length === 0) return null;
  return (
    <section aria-labelledby="favourites" className="mt-4 flex min-h-0 flex-col gap-0.5 overflow-y-auto">
      <h2 id="favourites" className="px-2 pb-1 text-sm text-ink-faint">{t`Favourites`}</h2>
      {favourites.map(({ id, name }) => (
        <Link
          key={id}
          to={paths.person}
          params={{ id }}
          className="flex h-control-sm shrink-0 items-center gap-2 rounded-md px-2 text-ink-muted hover:bg-hover hover:text-ink aria-[current=page]:bg-press"
        >
          <Avatar name={name} size="xs" />
          <span className="truncate">{name}</span>
        </Link>
      ))}
    </section>
  );
}
