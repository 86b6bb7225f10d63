import type { SearchEngine } from '../../../src/index/port/search-engine.ts';
import { MemoryEngine, type MemoryEngineOptions } from './engine.ts';

const engines = new Map<string, MemoryEngine>();

/**
 * Returns this process's engine of that name: all openers of an index use the same one. Makes it if there is none.
 *
 * @param options for a new engine
 */
export function memoryEngineOf(name: string, options: MemoryEngineOptions = {}): SearchEngine {
  const engine = engines.get(name) ?? new MemoryEngine(options);
  engines.set(name, engine);
  return engine;
}

/** Deletes the engine of that name with its content. */
export function dropMemoryEngine(name: string): void {
  engines.delete(name);
}
