/** The org's clock: real time, moved by tests and by the time that queries take. */
export class Clock {
  #aheadBy = 0;
  #speed = 1;
  #since = Date.now();

  now(): Date {
    return new Date(Date.now() + this.#aheadBy + this.#gained());
  }

  /** Moves the clock ahead. */
  pass(milliseconds: number): void {
    this.#aheadBy += milliseconds;
  }

  /** Sets how many seconds of the clock pass in a real second from now on. */
  run(speed: number): void {
    this.#aheadBy += this.#gained();
    this.#since = Date.now();
    this.#speed = speed;
  }

  #gained(): number {
    return (Date.now() - this.#since) * (this.#speed - 1);
  }
}
