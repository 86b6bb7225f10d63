import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { nobodyFindsLine } from '../../src/sentences/earlier-texts.ts';

const FOLDER = join(packageRoot(), 'test', 'stored', 'c516d8e13763');
// What a take-over reported comes in part from the present code.
const moments = readdirSync(FOLDER).filter((file) => /^(?!.*(?:take-over|later)).*\.json$/.test(file));

/** What the runs of a release reported as coverage gaps, and whether `status` said then that nobody finds anything. */
function told(moment: string) {
  const { runs, status } = JSON.parse(readFileSync(join(FOLDER, moment), 'utf8'));
  const closed: string[] = runs.flatMap(({ memo }: { memo: { closed?: string[] } }) => memo.closed ?? []);
  const problems: string[] = status?.json?.problems ?? [];
  return { closed, problems };
}

describe('the line that says that nobody finds anything', () => {
  it('is found if the release failed because of it', () => {
    const { closed, problems } = told('without-view-setup.json');
    expect(nobodyFindsLine(closed)).toBe(problems[0]);
    expect(problems[0]).toMatch(/^View Setup and Configuration is missing /);
  });

  it.each(moments.filter((moment) => moment !== 'without-view-setup.json'))('is not found in %s', (moment) => {
    expect(nobodyFindsLine(told(moment).closed)).toBeNull();
  });

  it('is found among other lines, but not in a missing role hierarchy', () => {
    const line = 'View Setup is missing: this closes every object and field to everybody: nobody finds anything';
    const roles = 'this closes what reaches a user through the role hierarchy: nobody finds what those below them own';
    expect(nobodyFindsLine([roles, line])).toBe(line);
    expect(nobodyFindsLine([roles])).toBeNull();
  });
});
