import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { favouritesQuery } from "@/api/favourites";
import { Avatar } from "@/ui/avatar";
import { paths } from "../paths";

/** People whom one keeps at hand. */
export function Favourites() {
  const { t } = useLingui();
  const { data = [] } = useQuery(favouritesQuery);
  const people = data.filter(({ kind }) => kind === "contact");
  if (people.length === 0) return null;
  return (
    <section aria-labelledby="favourites" className="mt-4 flex min-h-0 flex-col gap-0.5 overflow-y-auto">
      <h2 id="favourites" className="px-2 pb-1 text-sm text-ink-faint">
        {t`Favourites`}
      </h2>
      {people.map(({ record_id, title }) => (
        <Link
          key={record_id}
          to={paths.person}
          params={{ id: record_id }}
          className="flex h-control-sm shrink-0 items-center gap-2 rounded-md px-2 text-ink-muted hover:bg-hover hover:text-ink aria-[current=page]:bg-press"
        >
          <Avatar name={title} size="xs" />
          <span className="truncate">
            <bdi>{title}</bdi>
          </span>
        </Link>
      ))}
    </section>
  );
}
