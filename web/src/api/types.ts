import type { components } from "./generated/schema";

type Schemas = components["schemas"];

export type Contact = Schemas["Contact"];
export type Company = Schemas["Company"];
export type CrmEvent = Schemas["Event"];
export type TimelineItem = Schemas["TimelineItem"];
export type Operation = Schemas["OperationItem"];
export type Me = Schemas["Me"];
export type Import = Schemas["ContactImport"];
export type ImportRow = Schemas["ImportRow"];
export type SearchItem = Schemas["SearchResult"]["items"][number];
export type Tag = Schemas["Tag"];
export type Member = Schemas["MemberShown"];
export type View = Schemas["View"];
export type Favourite = Schemas["Favourite"];
export type Device = Schemas["Device"];
export type Role = Schemas["Role"];
