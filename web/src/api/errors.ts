import { t } from "@lingui/core/macro";
import { isProblem, type Problem } from "./problem";

export interface Explanation {
  /** What happened. */
  title: string;
  /** What was kept, and what to do. */
  description: string;
}

/** A failure in the words of the person who met it; never a code, an id or a trace. */
export function explain(error: unknown): Explanation {
  if (!isProblem(error)) {
    return { title: t`This page made a mistake`, description: t`Nothing was lost. Reload the page to go on.` };
  }
  if (error.status >= 500 || error.status === 0) return explainOutage(error);
  return explainRefusal(error);
}

function explainOutage(problem: Problem): Explanation {
  if (problem.outcomeUnknown) {
    return {
      title: t`The answer got lost`,
      description: t`It may have been saved. Look before you do it again.`,
    };
  }
  switch (problem.status) {
    case 0:
      return {
        title: t`The server can't be reached`,
        description: t`What you typed is kept here. Try again when you are back online.`,
      };
    case 502:
    case 503:
      return {
        title: t`A part of the system is down`,
        description: t`Nothing was changed. It usually comes back within a minute; then try again.`,
      };
    case 504:
      return { title: t`This took too long`, description: t`What you typed is kept. Try again in a moment.` };
    default:
      return {
        title: t`The server failed at this`,
        description: t`Nothing was changed. Try again; if it happens twice, tell whoever runs the server.`,
      };
  }
}

function explainRefusal(problem: Problem): Explanation {
  const { detail, retryAfterS } = problem;
  switch (problem.status) {
    case 401:
      return { title: t`You are signed out`, description: t`What you typed is kept. Sign in again to go on.` };
    case 403:
      return { title: t`Your role does not allow this`, description: detail || t`An admin of this workspace can.` };
    case 404:
      return { title: t`This is no longer here`, description: t`Somebody may have removed it for good.` };
    case 408:
      return { title: t`The connection was too slow`, description: t`What you typed is kept. Try again.` };
    case 409:
      return { title: t`This can't be done now`, description: detail };
    case 412:
      return {
        title: t`Somebody else changed this meanwhile`,
        description: t`Your change is kept. Look at theirs, then save again.`,
      };
    case 413:
      return { title: t`This is too large`, description: detail };
    case 422:
      return {
        title: t`This can't be saved as it is`,
        description: problem.fields.map((field) => field.detail).join(" ") || detail,
      };
    case 429:
      return {
        title: t`Too much at once`,
        description: retryAfterS === null ? t`Wait a moment, then try again.` : t`Try again in ${retryAfterS} s.`,
      };
    default:
      return { title: t`The server did not accept this`, description: detail };
  }
}
