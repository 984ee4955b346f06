import { msg, plural } from "@lingui/core/macro";
import { Building2 } from "lucide-react";
import { paths } from "@/app/paths";
import type { Noun } from "@/features/records/noun";
import { COMPANY_FIELDS } from "./fields";
import { COMPANIES as SOURCE } from "./source";

export const COMPANIES: Noun = {
  source: SOURCE,
  icon: Building2,
  fields: COMPANY_FIELDS,
  firstColumns: ["name", "domain", "industry", "size", "phone", "address.city", "tags", "updated_at"],
  subtitle: ["industry", "domain"],
  groups: [
    { title: msg`Reach`, keys: ["domain", "phone", "links"] },
    { title: msg`Work`, keys: ["industry", "size", "tags", "owner_id"] },
    {
      title: msg`Company`,
      keys: [
        "address.street",
        "address.postal_code",
        "address.city",
        "address.region",
        "address.country",
        "description",
      ],
    },
  ],
  listPath: paths.companies,
  recordPath: paths.company,
  createOverlay: "create-company",
  words: {
    one: msg`Company`,
    many: msg`Companies`,
    all: msg`All companies`,
    create: msg`New company`,
    next: msg`Next company`,
    previous: msg`Previous company`,
    noName: msg`No name`,
    findBy: msg`Find by name or domain`,
    noneYet: msg`No companies yet`,
    beginWith: msg`Companies also come along with people whom you import.`,
    noneMatches: msg`No company matches`,
    trashHint: msg`Companies that you delete can be brought back from here.`,
    inTrash: msg`This company is in the trash.`,
    count: (count) => plural(count, { one: "# company", other: "# companies" }),
    changed: (count) => plural(count, { one: "# company changed", other: "# companies changed" }),
  },
};
