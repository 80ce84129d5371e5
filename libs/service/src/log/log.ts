import type { DestinationStream, Logger } from 'pino';
import { destination, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { plainError } from './plain-error.ts';

/** How a service logs. */
export interface LogSettings {
  readonly service: string;
  readonly instance: string;
  readonly level: string;
  readonly format: 'pretty' | 'json';
}

/** What must not be in a log: keys, secrets, and what a person could be known by. Nothing logs them; this is the second lock. */
const redacted = ['authorization', 'secret', 'apiKey', 'password', 'email', 'msisdn'].flatMap((name) => [
  name,
  `*.${name}`,
]);

/**
 * The log of a service: on a terminal lines to read, elsewhere one JSON object per line, written while the
 * service does other things: lines that come meanwhile go in one write.
 */
export function openLog({ service, instance, level, format }: LogSettings, to?: DestinationStream): Logger {
  const options = {
    level,
    base: { service, instance },
    redact: { paths: redacted, censor: '[redacted]' },
    timestamp: timestamps(),
    serializers: { err: (error: unknown) => plainError(error) },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, format === 'pretty' ? prettyLines(to) : (to ?? standardOutput()));
}

/**
 * Standard output, by way of bytes. As text, each line would be appended to those that wait, and all of them measured again: quadratic,
 * and ten times what it costs to make the line where many are logged at once (sonic-boom 4.2, `write`).
 */
function standardOutput(): DestinationStream {
  const output = destination({ sync: false, contentMode: 'buffer' });
  const writeBytes = output.write.bind(output) as unknown as (bytes: Buffer) => boolean;
  output.write = (line) => writeBytes(Buffer.from(line));
  return output;
}

/** The time of a line as pino wants it, made once for all lines of a millisecond. */
function timestamps(): () => string {
  let last = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== last) {
      last = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}

function prettyLines(to: DestinationStream = process.stdout): DestinationStream {
  const format = prettyFactory({
    colorize: to === process.stdout && process.stdout.isTTY,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'service,instance,ledger',
  });
  return { write: (line) => to.write(format(line)) };
}
