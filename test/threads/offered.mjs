// A thread of the tests. It runs the last build, because a thread cannot run TypeScript.
import { serveCalls } from '../../dist/src/threads/serve.js';

class OddError extends Error {
  name = 'OddError';
  /** @param {string} message @param {number} level */
  constructor(message, level) {
    super(message, { cause: new RangeError('the cause') });
    this.level = level;
  }
}

serveCalls({
  add: (one, other) => one + other,
  later: (value, ms) => new Promise((resolve) => setTimeout(resolve, ms, value)),
  fail(kind) {
    if (kind === 'odd') throw new OddError('something odd', 3);
    if (kind === 'range') throw new RangeError('too high');
    throw kind;
  },
  exit: () => process.exit(7),
  crash() {
    setImmediate(() => {
      throw new Error('outside of every call');
    });
    return new Promise(() => {});
  },
});
