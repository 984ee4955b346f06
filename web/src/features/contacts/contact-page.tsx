import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { Page } from "@/app/layout/page";
import { paths } from "@/app/paths";
import { ConflictDialog } from "./conflict-dialog";
import { ContactRecord } from "./contact-record";
import { contactQuery } from "./queries";

export function ContactPage() {
  const { t } = useLingui();
  const { id } = useParams({ from: "/inside/people/$id" });
  const { data } = useQuery(contactQuery(id));
  return (
    <Page
      title={data?.name || t`Person`}
      icon={Users}
      fixed
      actions={
        <Link to={paths.people} className="text-accent-text underline-offset-2 hover:underline">
          {t`All people`}
        </Link>
      }
    >
      <ContactRecord key={id} id={id} />
      <ConflictDialog />
    </Page>
  );
}
