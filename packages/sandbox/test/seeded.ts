import fc from 'fast-check';

/** Runs a property. A failure says its seed; `FC_SEED=<seed> npx vitest run <file>` repeats it. */
export function holds<T>(file: string, property: fc.IProperty<T>): void {
  const given = process.env.FC_SEED;
  const result = fc.check(property, given === undefined ? {} : { seed: Number(given) });
  if (!result.failed) return;
  throw new Error(`${fc.defaultReportMessage(result)}\nrepeat: FC_SEED=${result.seed} npx vitest run ${file}`);
}
