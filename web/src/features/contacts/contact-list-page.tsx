import { useSearch } from "@tanstack/react-router";
import { ListPage } from "@/features/records/list-page";
import { NounProvider } from "@/features/records/noun-context";
import { PEOPLE } from "./noun";

export function ContactListPage() {
  const search = useSearch({ from: "/inside/people" });
  return (
    <NounProvider value={PEOPLE}>
      <ListPage search={search} />
    </NounProvider>
  );
}
