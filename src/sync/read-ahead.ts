/** How far a reading may run ahead of its consumer. */
export interface Room<Item> {
  /** The total size of the items that wait. */
  readonly most: number;
  readonly sizeOf: (item: Item) => number;
}

/**
 * Yields the items, and reads further ones while the consumer works on one. It reads on until `most` or more is
 * waiting. An error comes after the items before it. If the consumer stops early, what was read is dropped.
 *
 * @param stop ends a read that is under way, if the consumer stops early
 */
export async function* readAhead<Item>(
  items: AsyncIterable<Item>,
  { most, sizeOf }: Room<Item>,
  stop: () => void,
): AsyncGenerator<Item, void, undefined> {
  const waiting: Item[] = [];
  let size = 0;
  let isOver = false;
  let isStopped = false;
  const [reader, consumer] = [new Sleeper(), new Sleeper()];
  const read = async (): Promise<void> => {
    for await (const item of items) {
      if (isStopped) return;
      waiting.push(item);
      size += sizeOf(item);
      consumer.wake();
      while (size >= most && !isStopped) await reader.sleep();
    }
  };
  const reading = read().finally(() => {
    isOver = true;
    consumer.wake();
  });
  // Thrown below, after the items before it.
  reading.catch(() => {});
  try {
    for (;;) {
      const item = waiting.shift();
      if (item !== undefined) {
        size -= sizeOf(item);
        reader.wake();
        yield item;
      } else if (isOver) {
        await reading;
        return;
      } else await consumer.sleep();
    }
  } finally {
    isStopped = true;
    reader.wake();
    if (!isOver) stop();
    await reading.catch(() => {});
  }
}

/** Sleeps until it is woken. It sleeps in one place at a time. */
class Sleeper {
  #wake = (): void => {};

  sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake();
  }
}
