import { ServerProblem } from '../lib/problem.ts';
import type { Words } from '../lib/words.ts';
import type { sharedWords } from './shared-words.ts';

type SharedTexts = typeof sharedWords extends Words<infer W> ? Words<W>['en'] : never;

/** What went wrong and what to do, in the interface's language where we know it better than the server's own words. */
export function problemText(error: unknown, t: SharedTexts): string {
  if (!(error instanceof ServerProblem)) return t.serverFault;
  switch (error.status) {
    case 0:
      return t.unreachable;
    case 403:
      return t.notAllowed;
    case 404:
      return t.gone;
    case 409:
      return t.conflict;
    case 413:
      return t.tooLarge;
    case 415:
      return t.unsupported;
    case 412:
      return t.changedMeanwhile;
    case 429:
      return t.tooMany;
    default: {
      if (error.status >= 500)
        return error.requestId ? `${t.serverFault} ${t.requestId(error.requestId)}` : t.serverFault;
      const fields = error.errors.map((one) => `${one.path}: ${one.message}`).join(' · ');
      return fields ? `${error.message} ${fields}` : error.message;
    }
  }
}
