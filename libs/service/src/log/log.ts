import { createRequire } from 'node:module';
import type { DestinationStream, Logger } from 'pino';
import { destination, pino } from 'pino';
import type { prettyFactory } from 'pino-pretty';
import { plainError } from './plain-error.ts';

/** Settings of a service's log. */
export interface LogSettings {
  readonly service: string;
  readonly instance: string;
  readonly level: string;
  readonly format: 'pretty' | 'json';
}

/**
 * Fields that are redacted from every log: keys, secrets and personal data. No code logs them; this
 * is the second lock.
 */
const redacted = ['authorization', 'secret', 'apiKey', 'password', 'email', 'msisdn'].flatMap((name) => [
  name,
  `*.${name}`,
]);

/**
 * Log of a service: readable lines on a terminal, else one JSON object per line. Lines are written
 * asynchronously; those that come during a write go together in the next.
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
  return pino(options, (format === 'pretty' && prettyLines(to)) || (to ?? standardOutput()));
}

/**
 * Standard output, written as bytes. As text, sonic-boom 4.2 would append each line to the waiting
 * ones and measure all of them again: quadratic, and ten times the cost of formatting when many
 * lines are logged at once.
 */
function standardOutput(): DestinationStream {
  const output = destination({ sync: false, contentMode: 'buffer' });
  const writeBytes = output.write.bind(output) as unknown as (bytes: Buffer) => boolean;
  output.write = (line) => writeBytes(Buffer.from(line));
  return output;
}

/** Timestamp of a line in pino's form, formatted once per millisecond. */
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

/** Readable lines; undefined in a production install, which has no pino-pretty. */
function prettyLines(to: DestinationStream = process.stdout): DestinationStream | undefined {
  const format = installedPretty()?.prettyFactory({
    colorize: to === process.stdout && process.stdout.isTTY,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'service,instance,ledger',
  });
  return format && { write: (line) => to.write(format(line)) };
}

function installedPretty(): { readonly prettyFactory: typeof prettyFactory } | undefined {
  try {
    return createRequire(import.meta.url)('pino-pretty') as { readonly prettyFactory: typeof prettyFactory };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
