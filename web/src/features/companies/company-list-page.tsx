import { useSearch } from "@tanstack/react-router";
import { ListPage } from "@/features/records/list-page";
import { NounProvider } from "@/features/records/noun-context";
import { COMPANIES } from "./noun";

export function CompanyListPage() {
  const search = useSearch({ from: "/inside/companies" });
  return (
    <NounProvider value={COMPANIES}>
      <ListPage search={search} />
    </NounProvider>
  );
}
