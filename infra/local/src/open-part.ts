import { join } from 'node:path';
import { homePaths } from './home.ts';
import { LogFile } from './log-file.ts';
import { Part } from './part.ts';
import type { PartDefinition } from './part.ts';
import type { ProcessRecord } from './process-identity.ts';

export interface PartOptions {
  readonly home?: string;
  /** Receives messages for the user; none by default. */
  readonly say?: (message: string) => void;
  /** Called whenever the part's process is replaced or gone. */
  readonly changed?: () => void;
  /** Receives each line of output, beside the log file. */
  readonly line?: (line: string) => void;
}

/** One running part, to use and to break. */
export interface PartHandle {
  readonly name: string;
  /** Pids of the processes themselves (the postmaster, the JVMs, node); empty while it is down. */
  pids(): number[];
  records(): ProcessRecord[];
  /** Starts it again after `stop` or `kill`, on the same port. Resolves when it is ready. */
  start(): Promise<void>;
  /** Stops it gracefully and closes its log. */
  stop(): Promise<void>;
  /**
   * Ends it with a signal, SIGKILL by default, and leaves it down until `start`. Resolves when it
   * is gone.
   */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** A part that logs to `logs/<name>.log` of its home. */
export function openPart(home: string, options: PartOptions, definition: PartDefinition): PartHandle {
  const log = new LogFile(join(homePaths(home).logs, `${definition.name}.log`));
  const part = new Part(definition, {
    say: (message) => options.say?.(message),
    changed: () => options.changed?.(),
    line: (line) => {
      log.writeLine(line);
      options.line?.(line);
    },
  });
  return {
    name: part.name,
    pids: () => (part.record ? [part.record.pid] : []),
    records: () => (part.record ? [part.record] : []),
    start: () => part.start(),
    kill: (signal) => part.kill(signal),
    stop: async () => {
      await part.stop();
      await log.close();
    },
  };
}
