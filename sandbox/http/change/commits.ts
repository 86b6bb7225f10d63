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

/** Thrown to take back what was only tried. */
class Rehearsed extends Error {}

/**
 * Changes to the org, those that are committed late among them: their rows bear the stamp of the moment at which they were
 * made, and are there only once the org's clock has passed their delay.
 */
export class Commits {
  readonly #org: Org;
  readonly #deletions: Deletions = new Map();
  #open: Open[] = [];

  constructor(org: Org) {
    this.#org = org;
  }

  /** Makes the changes, or notes them for later; says what changed at once. Throws `ChangeError`. */
  make({ changes, visibleAfterSeconds }: ChangeRequest): Changed[] {
    if (visibleAfterSeconds === 0) return applyChanges(this.#org, this.#deletions, changes);
    this.#rehearse(changes);
    const stampedAt = this.#org.now();
    const visibleAt = new Date(stampedAt.getTime() + visibleAfterSeconds * 1000);
    this.#open.push({ changes, stampedAt, visibleAt });
    return [];
  }

  /** Commits what is due. Called before anything is answered. A change that can no longer be made goes to stderr. */
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
        process.stderr.write(`sandbox: a change that was to become visible now cannot be made. ${error.message}\n`);
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
