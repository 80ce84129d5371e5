import { type EventScan, scanned } from './event-scan.ts';
import { type Usage, usageIn } from './usage.ts';

type Json = Readonly<Record<string, unknown>>;

/** An event with more bytes than this is not the end of a stream. */
const mostBytesOfEnd = 32;
const lineFeed = 10;
const dataField = 'data:';
/**
 * An event of a provider's stream. Its JSON is parsed only where it holds usage or an error, or
 * where it is converted.
 */
export class ReadEvent {
  readonly kind: 'data' | 'end' | 'error' | 'comment';
  readonly usage: Usage | undefined;
  private readonly scan: EventScan;
  private parsed: Json | undefined | null;

  constructor(readonly bytes: Buffer) {
    this.scan = scanned(bytes);
    this.kind = this.kindOf();
    this.usage = this.kind === 'data' && this.scan.hasUsage ? usageIn(this.json?.['usage']) : undefined;
  }

  /** True for a chunk that has usage and nothing else. */
  get hasUsageAlone(): boolean {
    if (this.usage === undefined) return false;
    const choices = this.json!['choices'];
    return Array.isArray(choices) && choices.length === 0;
  }

  /** Text of its lines `data`; undefined if it has none. */
  get data(): string | undefined {
    const lines = this.bytes
      .toString()
      .split(/\r?\n/)
      .flatMap((line) => (line.startsWith('data:') ? [line.slice(line[5] === ' ' ? 6 : 5)] : []));
    return lines.length === 0 ? undefined : lines.join('\n');
  }

  /** Its data, if that is a JSON object. */
  get json(): Json | undefined {
    if (this.parsed === undefined) this.parsed = objectIn(this.data) ?? null;
    return this.parsed ?? undefined;
  }

  /** Bytes that a model wrote in it. */
  get writtenBytes(): number {
    return this.scan.writtenBytes;
  }

  private kindOf(): ReadEvent['kind'] {
    const { bytes } = this;
    if (bytes.length <= mostBytesOfEnd && this.data?.trim() === '[DONE]') return 'end';
    if (!hasData(bytes)) return 'comment';
    if (this.scan.hasError && this.json?.['error']) return 'error';
    return 'data';
  }
}

function hasData(bytes: Buffer): boolean {
  let line = 0;
  do {
    if (bytes.toString('latin1', line, line + dataField.length) === dataField) return true;
    line = bytes.indexOf(lineFeed, line) + 1;
  } while (line > 0 && line < bytes.length);
  return false;
}

function objectIn(data: string | undefined): Json | undefined {
  if (data === undefined) return undefined;
  try {
    const value = JSON.parse(data) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
