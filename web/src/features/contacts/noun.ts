import { msg, plural } from "@lingui/core/macro";
import { Users } from "lucide-react";
import { paths } from "@/app/paths";
import type { Noun } from "@/features/records/noun";
import { CONTACT_FIELDS } from "./fields";
import { CONTACTS } from "./source";

export const PEOPLE: Noun = {
  source: CONTACTS,
  icon: Users,
  fields: CONTACT_FIELDS,
  firstColumns: ["name", "emails", "phones", "company_id", "title", "tags", "last_activity_at"],
  subtitle: ["title", "company_id"],
  groups: [
    { title: msg`Reach`, keys: ["emails", "phones", "links"] },
    { title: msg`Work`, keys: ["company_id", "title", "tags", "owner_id"] },
    {
      title: msg`Person`,
      keys: [
        "birthday",
        "address.street",
        "address.postal_code",
        "address.city",
        "address.region",
        "address.country",
        "description",
      ],
    },
  ],
  listPath: paths.people,
  recordPath: paths.person,
  createOverlay: "create-contact",
  words: {
    one: msg`Person`,
    many: msg`People`,
    all: msg`All people`,
    create: msg`New person`,
    next: msg`Next person`,
    previous: msg`Previous person`,
    noName: msg`No name`,
    findBy: msg`Find by name, e-mail, company`,
    noneYet: msg`No people yet`,
    beginWith: msg`Make the first, or bring them along from a spreadsheet.`,
    noneMatches: msg`Nobody matches`,
    trashHint: msg`People whom you delete can be brought back from here.`,
    inTrash: msg`This person is in the trash.`,
    count: (count) => plural(count, { one: "# person", other: "# people" }),
    changed: (count) => plural(count, { one: "# person changed", other: "# people changed" }),
  },
};
