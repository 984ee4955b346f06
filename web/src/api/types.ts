import type { components } from "./generated/schema";

type Schemas = components["schemas"];

export type Contact = Schemas["Contact"];
export type Company = Schemas["Company"];
export type CrmEvent = Schemas["Event"];
export type TimelineItem = Schemas["TimelineItem"];
export type Operation = Schemas["Operation"];
export type Me = Schemas["Me"];
export type Import = Schemas["Import"];
export type ImportRow = Schemas["ImportRow"];
export type SearchItem = Schemas["SearchItem"];
export type Tag = Schemas["Tag"];
export type Member = Schemas["Member"];
export type Role = Me["workspaces"][number]["role"];
