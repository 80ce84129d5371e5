import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { dirname } from 'node:path';

/** How large a part's log may grow before it becomes `<name>.log.1` and a new one begins: 20 MiB, so 40 MiB a part. */
export const maximumLogBytes = 20 * 1024 * 1024;

/** An append-only log of bounded size, opened by its first line. */
export class LogFile {
  #stream: WriteStream | undefined;
  #bytes = 0;

  constructor(
    private readonly path: string,
    private readonly maximumBytes = maximumLogBytes,
  ) {}

  /** Appends one line; the line break is added. */
  writeLine(line: string): void {
    this.#stream ??= this.#open();
    if (this.#bytes >= this.maximumBytes) this.#stream = this.#rotate(this.#stream);
    this.#bytes += Buffer.byteLength(line) + 1;
    this.#stream.write(`${line}\n`);
  }

  /** Resolves when all is written. A later line opens it again. */
  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream && !stream.destroyed) await new Promise<void>((resolve) => stream.once('close', resolve).end());
  }

  #open(): WriteStream {
    mkdirSync(dirname(this.path), { recursive: true });
    this.#bytes = existsSync(this.path) ? statSync(this.path).size : 0;
    // Losing log lines (a full disk) must not take the stack down.
    return createWriteStream(this.path, { flags: 'a' }).on('error', () => undefined);
  }

  #rotate(full: WriteStream): WriteStream {
    full.end();
    renameSync(this.path, `${this.path}.1`);
    return this.#open();
  }
}
