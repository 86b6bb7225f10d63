import { describe, expect, it } from 'vitest';
import {
  cpuSeconds,
  peakMegabytes,
  secondsSinceStart,
  startedAt,
  usageOf,
} from '../../tools/bench/deployment/process-usage.ts';

describe('the usage of a process', () => {
  it('is read from the text of /proc for any name of the program', () => {
    const numbers = '1 42 42 0 -1 4194304 900 0 3 0 1250 75 9 9 20 0 11 0 4242 999 888';
    for (const name of ['node', 'a (strange) name', ') R 1 2 3']) {
      expect(cpuSeconds(`42 (${name}) S ${numbers}\n`), name).toBe(13.25);
      expect(startedAt(`42 (${name}) S ${numbers}\n`), name).toBe(42.42);
    }
  });

  it('has the highest memory, not the present one', () => {
    expect(peakMegabytes('Name:\tnode\nVmPeak:\t  900 kB\nVmHWM:\t  524288 kB\nVmRSS:\t    1024 kB\n')).toBe(512);
    expect(() => peakMegabytes('Name:\tnode\n')).toThrow('no VmHWM');
  });

  it.runIf(process.platform === 'linux')('has the time since the start', () => {
    expect(Math.abs(secondsSinceStart(process.pid) - process.uptime())).toBeLessThan(1);
  });

  it.runIf(process.platform === 'linux')('grows with the work of this process', () => {
    const before = usageOf(process.pid);
    const kept: Buffer[] = [];
    while (usageOf(process.pid).cpuSeconds - before.cpuSeconds < 0.02) kept.push(Buffer.alloc(100_000, 1));
    expect(before.cpuSeconds).toBeGreaterThan(0);
    expect(usageOf(process.pid).peakMegabytes).toBeGreaterThanOrEqual(before.peakMegabytes);
  });
});
