import type { Org } from '../../org/types.ts';
import { applyChanges } from './apply.ts';
import type { Deletions } from './delete.ts';
import type { Changed } from './edit.ts';
import { type Change, ChangeError, type ChangeRequest } from './request.ts';

interface Open {
  readonly changes: readonly Change[];
  readonly stampedAt: Date;
  readonly visibleAt: Date;
}

/** Thrown to roll back a rehearsal. */
class Rehearsed extends Error {}

/**
 * Applies changes to the org, at once or late. Rows of a late change have the stamp of the time when it was requested,
 * and appear only when the org's clock has passed its delay.
 */
export class Commits {
  readonly #org: Org;
  readonly #deletions: Deletions = new Map();
  #open: Open[] = [];

  constructor(org: Org) {
    this.#org = org;
  }

  /** Makes the changes, or schedules them. Returns what changed at once. Throws `ChangeError`. */
  make({ changes, visibleAfterSeconds }: ChangeRequest): Changed[] {
    if (visibleAfterSeconds === 0) return applyChanges(this.#org, this.#deletions, changes);
    this.#rehearse(changes);
    const stampedAt = this.#org.now();
    const visibleAt = new Date(stampedAt.getTime() + visibleAfterSeconds * 1000);
    this.#open.push({ changes, stampedAt, visibleAt });
    return [];
  }

  /**
   * Applies the changes that are due. Called before each answer. A change that can no longer be made is reported on
   * stderr.
   */
  settle(): void {
    const now = this.#org.now();
    const due = this.#open.filter(({ visibleAt }) => visibleAt <= now);
    if (due.length === 0) return;
    this.#open = this.#open.filter(({ visibleAt }) => visibleAt > now);
    for (const { changes, stampedAt } of due) {
      try {
        this.#org.stamping(stampedAt, () => applyChanges(this.#org, this.#deletions, changes));
      } catch (error) {
        if (!(error instanceof ChangeError)) throw error;
        process.stderr.write(`sandbox: a late change that is now due cannot be made. ${error.message}\n`);
      }
    }
  }

  #rehearse(changes: readonly Change[]): void {
    try {
      this.#org.transaction(() => {
        applyChanges(this.#org, new Map(this.#deletions), changes);
        throw new Rehearsed();
      });
    } catch (error) {
      if (!(error instanceof Rehearsed)) throw error;
    }
  }
}
