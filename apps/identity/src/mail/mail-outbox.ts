import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@tokengrid/service';
import { type Mail, MailGateway } from './mail-gateway.ts';

/**
 * Stand-in for a mail gateway: a folder that a developer, or a spec, reads. Without a folder no
 * mail is sent.
 */
export class MailOutbox extends MailGateway {
  constructor(private readonly folder: string | undefined) {
    super();
  }

  get isSetUp(): boolean {
    return this.folder !== undefined;
  }

  async send(mail: Mail): Promise<void> {
    if (this.folder === undefined) throw new Error('no mail gateway is set up');
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, `${newId('mail')}.json`);
    // A reader finds whole mails only.
    await writeFile(`${path}.part`, `${JSON.stringify(mail, undefined, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.part`, path);
  }
}
