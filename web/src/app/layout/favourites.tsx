import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ListFilter } from "lucide-react";
import { favouritesQuery } from "@/api/favourites";
import type { Favourite } from "@/api/types";
import { viewsQuery } from "@/features/records/lookups";
import { Avatar } from "@/ui/avatar";
import { paths } from "../paths";

/** Records and views that one keeps at hand. */
export function Favourites() {
  const { t } = useLingui();
  const { data = [] } = useQuery(favouritesQuery);
  if (data.length === 0) return null;
  return (
    <section aria-labelledby="favourites" className="mt-4 flex min-h-0 flex-col gap-0.5 overflow-y-auto">
      <h2 id="favourites" className="px-2 pb-1 text-sm text-ink-faint">
        {t`Favourites`}
      </h2>
      {data.map((favourite) => (
        <FavouriteLink key={favourite.id} favourite={favourite} />
      ))}
    </section>
  );
}

const ROW =
  "flex h-control-sm shrink-0 items-center gap-2 rounded-md px-2 text-ink-muted hover:bg-hover hover:text-ink aria-[current=page]:bg-press";

function FavouriteLink({ favourite: { kind, record_id, title } }: { favourite: Favourite }) {
  const name = (
    <span className="truncate">
      <bdi>{title}</bdi>
    </span>
  );
  if (kind === "view") return <ViewLink id={record_id}>{name}</ViewLink>;
  return (
    <Link to={kind === "company" ? paths.company : paths.person} params={{ id: record_id }} className={ROW}>
      <Avatar name={title} size="xs" square={kind === "company"} />
      {name}
    </Link>
  );
}

function ViewLink({ id, children }: { id: string; children: React.ReactNode }) {
  const { data } = useQuery(viewsQuery);
  const kind = data?.find((view) => view.id === id)?.kind;
  return (
    <Link
      to={kind === "company" ? paths.companies : paths.people}
      search={{ view: id }}
      activeOptions={{ includeSearch: true }}
      className={ROW}
    >
      <ListFilter aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
      {children}
    </Link>
  );
}
