import type { QueryClient } from "@tanstack/react-query";
import { t } from "@lingui/core/macro";
import { api, ifMatch, operationOf } from "@/api/client";
import { isProblem } from "@/api/problem";
import type { Contact } from "@/api/types";
import { toastDone, toastFailed } from "@/app/feedback";
import { conflictsOf, inversePatch, mergePatch, withoutMember } from "@/lib/merge-patch";
import { askConflicts } from "./conflict-dialog";
import { contactKeys, contactQuery, shownContact, writeContact } from "./queries";

export type ContactPatch = Partial<Omit<Contact, "id" | "version">>;

const turns = new Map<string, Promise<unknown>>();
/** Our own saves, "id@version before" -> version after: a second edit made before the first was answered still fits. */
const ownSteps = new Map<string, number>();

/** One change of a record after the other, so that quick edits don't meet each other's versions. */
function inTurn<T>(id: string, act: () => Promise<T>): Promise<T> {
  const turn = (turns.get(id) ?? Promise.resolve()).then(act, act);
  turns.set(id, turn);
  const end = () => void (turns.get(id) === turn && turns.delete(id));
  turn.then(end, end);
  return turn;
}

/**
 * Changes a person. Shown at once, taken back when it is refused; answers the refusal, or null when all is well.
 *
 * `before` is the record as the user saw it when the edit began. Where somebody else changed other members meanwhile,
 * both changes stand; where the same member, the user picks.
 */
export async function saveContact(
  queryClient: QueryClient,
  before: Contact,
  patch: ContactPatch,
  done = t`Saved`,
): Promise<unknown> {
  showPatch(queryClient, before.id, patch);
  try {
    const saved = await inTurn(before.id, () => send(queryClient, before, withoutShown(patch)));
    if (saved) toastDone(queryClient, done, saved.operationId);
    return null;
  } catch (error) {
    showPatch(queryClient, before.id, inversePatch(before, patch));
    toastFailed(error);
    return error;
  }
}

/** `company_name` stands in a patch so that it is shown at once; the server derives it from `company_id`. */
function withoutShown(patch: ContactPatch): object {
  const sent = { ...patch };
  delete sent.company_name;
  return sent;
}

function showPatch(queryClient: QueryClient, id: string, patch: object): void {
  void queryClient.cancelQueries({ queryKey: contactKeys.record(id) });
  const shown = shownContact(queryClient, id);
  if (shown) writeContact(queryClient, withName(mergePatch(shown, patch)));
}

function withName(contact: Contact): Contact {
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(" ");
  return name ? { ...contact, name } : contact;
}

interface Saved {
  contact: Contact;
  operationId: string | null;
}

async function patchAt(id: string, version: number, patch: object): Promise<Saved> {
  const { data, response } = await api.PATCH("/api/v1/contacts/{contact_id}", {
    params: { path: { contact_id: id }, header: ifMatch(version) },
    body: patch,
  });
  return { contact: data!, operationId: operationOf(response) };
}

function ownVersion(id: string, version: number): number {
  const next = ownSteps.get(`${id}@${version}`);
  return next === undefined ? version : ownVersion(id, next);
}

/** Null when there was nothing left to save. */
async function send(queryClient: QueryClient, before: Contact, patch: object): Promise<Saved | null> {
  const version = ownVersion(before.id, before.version);
  try {
    const saved = await patchAt(before.id, version, patch);
    if (saved.contact.version === version + 1) ownSteps.set(`${before.id}@${version}`, saved.contact.version);
    writeContact(queryClient, saved.contact);
    return saved;
  } catch (error) {
    if (!isProblem(error, 412)) throw error;
    return sendOntoLatest(queryClient, before, patch);
  }
}

/** Somebody was faster: both changes stand unless they meet in one member. */
async function sendOntoLatest(queryClient: QueryClient, before: Contact, patch: object): Promise<Saved | null> {
  const latest = await queryClient.fetchQuery({ ...contactQuery(before.id), staleTime: 0 });
  const conflicts = conflictsOf(before, latest, patch);
  const theirs = conflicts.length > 0 ? await askConflicts(conflicts) : [];
  const rest = theirs.reduce<object>((left, path) => withoutMember(left, path), patch);
  writeContact(queryClient, withName(mergePatch(latest, rest)));
  if (Object.keys(rest).length === 0) return null;
  // From here on what the user saw is the latest, conflicts included.
  return send(queryClient, latest, rest);
}
