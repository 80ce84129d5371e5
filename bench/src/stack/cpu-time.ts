import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc, the same on every Linux. */
const ticksPerSecond = 100;

/** Processes to measure separately; each with all that it has forked. */
export type ProcessGroups = Readonly<Record<string, readonly number[]>>;

/** CPU microseconds by group. */
export type CpuTime = Readonly<Record<string, number>>;

/**
 * CPU time of groups of processes, and of this one, which is the load; `undefined` without /proc.
 */
export function cpuTimeOf(groups: ProcessGroups): CpuTime | undefined {
  const all = statuses();
  if (all === undefined) return undefined;
  const timeOf = (pids: readonly number[]) => {
    const ours = all.filter(({ pid, parent }) => pids.includes(pid) || pids.includes(parent));
    return ours.reduce((sum, { ticks }) => sum + ticks, 0) * (1e6 / ticksPerSecond);
  };
  const { user, system } = process.cpuUsage();
  return {
    ...Object.fromEntries(Object.entries(groups).map(([name, pids]) => [name, timeOf(pids)])),
    load: user + system,
  };
}

interface Status {
  readonly pid: number;
  readonly parent: number;
  /** Ticks of its own, and of its ended children. */
  readonly ticks: number;
}

function statuses(): readonly Status[] | undefined {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(statusOf);
  } catch {
    return undefined;
  }
}

/**
 * Fields of `/proc/<pid>/stat` behind the command's name: state, parent …, and at 11 to 14 the
 * ticks in user and kernel mode.
 */
function statusOf(pid: string): Status[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return [{ pid: Number(pid), parent: fields[1]!, ticks: fields.slice(11, 15).reduce((a, b) => a + b, 0) }];
  } catch {
    // It ended meanwhile.
    return [];
  }
}
