import { expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../chaos/eventually.ts';
import { registerSubscriber } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

/** A database beside identity's own. */
function besideIdentity(grid: Tokengrid): string {
  const url = new URL(grid.stack.run.postgres['identity']!);
  url.pathname = '/identity_beside';
  return url.href;
}

/** Persons whose keys are gone: their data in the log can't be read any more. */
export function lostKeys(grid: () => Tokengrid): void {
  it('names whom it cannot read, their keys being lost or destroyed on request, and nobody else', async () => {
    const register = async () => (await registerSubscriber(grid())).partyId;
    const [kept, erased, lost] = [await register(), await register(), await register()];
    const erasing = `/v1/parties/${erased}/personal-data`;
    expect((await grid().at('identity').delete(erasing, grid().operatorKey)).status).toBe(204);
    const keyStore = new pg.Pool({ connectionString: grid().stack.run.postgres['identity-keys']! });
    try {
      const destroyed = 'select from person_keys where person_id = $1 and wrapped_key is null';
      await eventually('the key is destroyed', async () => (await keyStore.query(destroyed, [erased])).rowCount === 1);
      await keyStore.query('delete from person_keys where person_id = $1', [lost]);
    } finally {
      await keyStore.end();
    }
    const { exitCode, stdout } = await grid().tokengrid('restore', 'identity', '--into', besideIdentity(grid()));
    expect(stdout).toMatch(new RegExp(`^Erased on request, unreadable for ever: ${erased}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^The key store has no key of: ${lost}\\.`, 'm'));
    expect(stdout).not.toContain(kept);
    expect(exitCode).toBe(1);
  });
}
