import { createWriteStream, fstatSync, mkdirSync, openSync, renameSync } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { dirname } from 'node:path';

/** Maximum size of a part's log before it becomes `<name>.log.1`: 20 MiB, so 40 MiB a part. */
const maximumLogBytes = 20 * 1024 * 1024;

/** An append-only log of bounded size, opened by its first line. */
export class LogFile {
  private stream: WriteStream | undefined;
  private bytes = 0;
  /** Settles when the replaced streams have written everything. */
  private closed: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly maximumBytes = maximumLogBytes,
  ) {}

  /** Appends one line; the line break is added. */
  writeLine(line: string): void {
    this.stream ??= this.open();
    if (this.bytes >= this.maximumBytes) {
      this.letGo();
      renameSync(this.path, `${this.path}.1`);
      this.stream = this.open();
    }
    this.bytes += Buffer.byteLength(line) + 1;
    this.stream.write(`${line}\n`);
  }

  /** Resolves when everything is written. A later line reopens it. */
  async close(): Promise<void> {
    this.letGo();
    await this.closed;
  }

  private open(): WriteStream {
    mkdirSync(dirname(this.path), { recursive: true });
    // Opened now: a stream that opens by itself, later, might find the file already moved aside.
    const fd = openSync(this.path, 'a', 0o600);
    this.bytes = fstatSync(fd).size;
    // Losing log lines (a full disk) must not take the stack down.
    return createWriteStream(this.path, { fd }).on('error', () => undefined);
  }

  private letGo(): void {
    const stream = this.stream;
    this.stream = undefined;
    if (!stream || stream.destroyed) return;
    const closed = new Promise<void>((resolve) => stream.once('close', resolve).end());
    this.closed = Promise.all([this.closed, closed]).then(() => undefined);
  }
}
