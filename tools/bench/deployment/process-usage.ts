import { readFileSync } from 'node:fs';

/** Linux counts CPU time in ticks of this length. */
const TICKS_A_SECOND = 100;

/** What a process has used since it started. */
export interface ProcessUsage {
  /** The CPU time of all its threads, in user and kernel mode. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** Reads what a running process has used. Linux only. */
export function usageOf(pid: number): ProcessUsage {
  return {
    cpuSeconds: cpuSeconds(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    peakMegabytes: peakMegabytes(readFileSync(`/proc/${pid}/status`, 'utf8')),
  };
}

/** Returns how long ago a running process started, to a hundredth of a second. Linux only. */
export function secondsSinceStart(pid: number): number {
  const [sinceBoot = ''] = readFileSync('/proc/uptime', 'utf8').split(' ');
  return Number(sinceBoot) - startedAt(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** Returns when the process started, in seconds since the boot, from the text of `/proc/<pid>/stat`. */
export function startedAt(stat: string): number {
  return Number(columns(stat)[19]) / TICKS_A_SECOND;
}

/** Returns the CPU time in the text of `/proc/<pid>/stat`. */
export function cpuSeconds(stat: string): number {
  const afterName = columns(stat);
  const [user, system] = [Number(afterName[11]), Number(afterName[12])];
  return (user + system) / TICKS_A_SECOND;
}

/** Returns the columns after the second, which is the program's name in parentheses. It may contain spaces and parentheses. */
function columns(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Returns the highest resident memory in the text of `/proc/<pid>/status`. */
export function peakMegabytes(status: string): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error('the status of the process has no VmHWM: is this Linux?');
  return Number(kilobytes) / 1_024;
}
