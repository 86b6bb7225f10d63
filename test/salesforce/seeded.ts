import fc from 'fast-check';

/** Runs a property. A failure prints its seed; `FC_SEED=<seed> npx vitest run <file>` repeats it. */
export function holds<T>(file: string, property: fc.IProperty<T>): void {
  const given = process.env.FC_SEED;
  const result = fc.check(property, given === undefined ? {} : { seed: Number(given) });
  if (!result.failed) return;
  throw new Error(`${fc.defaultReportMessage(result)}\nrepeat: FC_SEED=${result.seed} npx vitest run ${file}`);
}

/** How long fast-check may look for a smaller failing case. */
const SHRINKING_MS = 60_000;

/**
 * Runs a slow property this many times, or FC_RUNS times. A failure is shrunk for a minute, and prints the command that
 * repeats the shrunk case.
 *
 * @param show what a failure prints about the case
 */
export async function holdsInTime<T>(
  file: string,
  numRuns: number,
  arbitrary: fc.Arbitrary<T>,
  { check, show }: { readonly check: (value: T) => Promise<void>; readonly show: (value: T) => string },
): Promise<void> {
  const { FC_SEED, FC_PATH, FC_RUNS } = process.env;
  let deadline = Number.POSITIVE_INFINITY;
  const property = fc.asyncProperty(arbitrary, async (value) => {
    if (Date.now() > deadline) return;
    try {
      await check(value);
    } catch (error) {
      deadline = Math.min(deadline, Date.now() + SHRINKING_MS);
      throw error;
    }
  });
  const result = await fc.check(property, {
    numRuns: FC_RUNS === undefined ? numRuns : Number(FC_RUNS),
    ...(FC_SEED === undefined ? {} : { seed: Number(FC_SEED) }),
    ...(FC_PATH === undefined ? {} : { path: FC_PATH }),
  });
  if (!result.failed) return;
  const [value] = result.counterexample ?? [];
  const error = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  throw new Error(
    [
      `after ${result.numRuns} runs and ${result.numShrinks} shrinks: ${error}`,
      ...(value === undefined ? [] : [show(value)]),
      `repeat: FC_SEED=${result.seed} FC_PATH=${result.counterexamplePath} npx vitest run ${file}`,
      `or from the start: FC_SEED=${result.seed} npx vitest run ${file}`,
    ].join('\n'),
  );
}
