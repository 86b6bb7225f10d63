import { problemText } from '../sentences/problems.ts';
import type { Status } from './assess.ts';

/** Returns the status for programs. It has the problems as lines, as codes and as values. */
export function statusJson(status: Status): object {
  const { problems } = status;
  const codes = problems.map(({ code }) => code);
  return { ...status, problems: problems.map(problemText), codes, problemFacts: problems };
}
