import { useParams, useSearch } from "@tanstack/react-router";
import { NounProvider } from "@/features/records/noun-context";
import { RecordPage } from "@/features/records/record-page";
import { PEOPLE } from "./noun";

export function ContactPage() {
  const { id } = useParams({ from: "/inside/people/$id" });
  const search = useSearch({ from: "/inside/people/$id" });
  return (
    <NounProvider value={PEOPLE}>
      <RecordPage id={id} search={search} />
    </NounProvider>
  );
}
