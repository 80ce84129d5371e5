import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mail } from '../mail/mail-gateway.ts';

/** The outbox of a spec, which reads mails as their receivers do. */
export class Mailbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'tokengrid-mails-'));

  /** Mails to an address, the oldest first. */
  to(address: string): readonly Mail[] {
    return this.all().filter(({ to }) => to === address);
  }

  all(): readonly Mail[] {
    const names = readdirSync(this.folder).filter((name) => name.endsWith('.json'));
    return names.toSorted().map((name) => JSON.parse(readFileSync(join(this.folder, name), 'utf8')) as Mail);
  }

  /** What a pattern finds in the last mail to an address. */
  inLastMail(address: string, pattern: RegExp): string {
    const found = pattern.exec(this.to(address).at(-1)?.text ?? '')?.[0];
    if (found === undefined) throw new Error(`no ${pattern} in a mail to ${address}`);
    return found;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
