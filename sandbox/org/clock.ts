/** The org's clock: real time, moved by tests and by the time that queries take. */
export class Clock {
  #aheadBy = 0;
  #speed = 1;
  #since = Date.now();

  now(): Date {
    return new Date(Date.now() + this.#aheadBy + this.#gained());
  }

  /** Time passes at once. */
  pass(milliseconds: number): void {
    this.#aheadBy += milliseconds;
  }

  /** From now on this many seconds pass in one second of real time. */
  run(speed: number): void {
    this.#aheadBy += this.#gained();
    this.#since = Date.now();
    this.#speed = speed;
  }

  #gained(): number {
    return (Date.now() - this.#since) * (this.#speed - 1);
  }
}
