import { useParams, useSearch } from "@tanstack/react-router";
import { NounProvider } from "@/features/records/noun-context";
import { RecordPage } from "@/features/records/record-page";
import { COMPANIES } from "./noun";

export function CompanyPage() {
  const { id } = useParams({ from: "/inside/companies/$id" });
  const search = useSearch({ from: "/inside/companies/$id" });
  return (
    <NounProvider value={COMPANIES}>
      <RecordPage id={id} search={search} />
    </NounProvider>
  );
}
