import type { QueryClient } from "@tanstack/react-query";
import { t } from "@lingui/core/macro";
import { isProblem } from "@/api/problem";
import { toastDone, toastFailed } from "@/app/feedback";
import { conflictsOf, inversePatch, mergePatch, withoutMember } from "@/lib/merge-patch";
import { askConflicts } from "./conflict-dialog";
import { recordKeys, recordQuery, shownRecord, writeRecord } from "./queries";
import { type CrmRecord, type RecordPatch, valueAt } from "./record";
import type { Changed, Source } from "./source";

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
 * Changes a record. Shown at once, taken back when it is refused; answers the refusal, or null when all is well.
 *
 * `before` is the record as the user saw it when the edit began. Where somebody else changed other members meanwhile,
 * both changes stand; where the same member, the user picks.
 */
export async function saveRecord(
  queryClient: QueryClient,
  source: Source,
  before: CrmRecord,
  patch: RecordPatch,
): Promise<unknown> {
  try {
    const saved = await saveQuietly(queryClient, source, before, patch);
    if (saved) toastDone(queryClient, t`Saved`, saved.operationId);
    return null;
  } catch (error) {
    toastFailed(error);
    return error;
  }
}

/** The same without a word; throws the refusal. Null when there was nothing left to save. */
export async function saveQuietly(
  queryClient: QueryClient,
  source: Source,
  before: CrmRecord,
  patch: RecordPatch,
): Promise<Changed<CrmRecord> | null> {
  showPatch(queryClient, source, before.id, patch);
  try {
    return await inTurn(before.id, () => send(queryClient, source, before, withoutShown(patch)));
  } catch (error) {
    showPatch(queryClient, source, before.id, inversePatch(before, patch) as RecordPatch);
    throw error;
  }
}

/** `company_name` stands in a patch so that it is shown at once; the server derives it from `company_id`. */
function withoutShown(patch: RecordPatch): RecordPatch {
  const sent = { ...patch };
  delete sent.company_name;
  return sent;
}

function showPatch(queryClient: QueryClient, source: Source, id: string, patch: RecordPatch): void {
  void queryClient.cancelQueries({ queryKey: recordKeys.record(source, id) });
  const shown = shownRecord(queryClient, source, id);
  if (shown) writeRecord(queryClient, source, withName(mergePatch(shown, patch)));
}

/** A person's name is made of two members; a company's is its own. */
function withName(record: CrmRecord): CrmRecord {
  const name = ["first_name", "last_name"]
    .map((part) => valueAt(record, part))
    .filter(Boolean)
    .join(" ");
  return name ? { ...record, name } : record;
}

function ownVersion(id: string, version: number): number {
  const next = ownSteps.get(`${id}@${version}`);
  return next === undefined ? version : ownVersion(id, next);
}

async function send(
  queryClient: QueryClient,
  source: Source,
  before: CrmRecord,
  patch: RecordPatch,
): Promise<Changed<CrmRecord> | null> {
  const version = ownVersion(before.id, before.version);
  try {
    const saved = await source.patch(before.id, version, patch);
    if (saved.value.version === version + 1) ownSteps.set(`${before.id}@${version}`, saved.value.version);
    writeRecord(queryClient, source, saved.value);
    return saved;
  } catch (error) {
    if (!isProblem(error, 412)) throw error;
    return sendOntoLatest(queryClient, source, before, patch);
  }
}

/** Somebody was faster: both changes stand unless they meet in one member. */
async function sendOntoLatest(
  queryClient: QueryClient,
  source: Source,
  before: CrmRecord,
  patch: RecordPatch,
): Promise<Changed<CrmRecord> | null> {
  const latest = await queryClient.fetchQuery({ ...recordQuery(source, before.id), staleTime: 0 });
  const conflicts = conflictsOf(before, latest, patch);
  const theirs = conflicts.length > 0 ? await askConflicts(conflicts) : [];
  const rest = theirs.reduce<RecordPatch>((left, path) => withoutMember(left, path), patch);
  writeRecord(queryClient, source, withName(mergePatch(latest, rest)));
  if (Object.keys(rest).length === 0) return null;
  // From here on what the user saw is the latest, conflicts included.
  return send(queryClient, source, latest, rest);
}
