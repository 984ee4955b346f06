import type { LucideIcon } from "lucide-react";
import type { MessageDescriptor } from "@lingui/core";
import type { Overlay } from "@/app/overlays";
import type { paths } from "@/app/paths";
import type { RecordField } from "./record";
import type { Source } from "./source";

/** How a kind of record is shown: all that tells the list of people from the list of companies. */
export interface Noun {
  source: Source;
  icon: LucideIcon;
  fields: readonly RecordField[];
  /** Keys of the columns that a list begins with; the first is pinned. */
  firstColumns: readonly string[];
  /** Keys of fields that say in a line who or what this is. */
  subtitle: readonly string[];
  /** The groups of fields on a record's page. */
  groups: readonly { title: MessageDescriptor; keys: readonly string[] }[];
  listPath: typeof paths.people | typeof paths.companies;
  recordPath: typeof paths.person | typeof paths.company;
  createOverlay: Overlay;
  words: NounWords;
}

export interface NounWords {
  one: MessageDescriptor;
  many: MessageDescriptor;
  all: MessageDescriptor;
  create: MessageDescriptor;
  next: MessageDescriptor;
  previous: MessageDescriptor;
  noName: MessageDescriptor;
  findBy: MessageDescriptor;
  noneYet: MessageDescriptor;
  beginWith: MessageDescriptor;
  noneMatches: MessageDescriptor;
  trashHint: MessageDescriptor;
  inTrash: MessageDescriptor;
  /** "1,234 people" */
  count: (count: number) => string;
  changed: (count: number) => string;
}
