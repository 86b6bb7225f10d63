const HOUR_MS = 3_600_000;

/** Counts the API calls of the last 24 hours on the org's clock, by the hour. */
export class ApiUsage {
  readonly max: number;
  readonly #now: () => Date;
  readonly #callsByHour = new Map<number, number>();

  constructor(max: number, now: () => Date) {
    this.max = max;
    this.#now = now;
  }

  add(calls: number): void {
    const hour = this.#hour();
    this.#callsByHour.set(hour, (this.#callsByHour.get(hour) ?? 0) + calls);
  }

  used(): number {
    const first = this.#hour() - 23;
    let sum = 0;
    for (const [hour, calls] of this.#callsByHour)
      if (hour >= first) sum += calls;
      else this.#callsByHour.delete(hour);
    return sum;
  }

  /** Returns the value of the Sforce-Limit-Info header. */
  info(): string {
    return `api-usage=${this.used()}/${this.max}`;
  }

  #hour(): number {
    return Math.floor(this.#now().getTime() / HOUR_MS);
  }
}
