import { describe, expect, it } from '@jest/globals';
import type { ServedUse } from '@tokengrid/contracts';
import type { Command } from '@tokengrid/event-store';
import type { ServeUses } from '../decisions/slices/serve-uses.ts';
import type { Edges } from '../streams/edges.ts';
import { SliceReports } from './slice-reports.ts';

const slice = { sliceId: 'slc_1', partyId: 'sub_1', gatewayId: 'gateway-1', epoch: 1 };
const use = (eventId: string, key?: string) =>
  ({ eventId, time: '2026-01-31T08:00:00.000Z', units: {}, ...(key && { key }) }) as ServedUse;

/** Actor of the command that uses go into, of which all but the first join while it waits. */
async function actorOf(...uses: readonly ServedUse[]): Promise<string> {
  const command = Promise.withResolvers<Command<ServeUses>>();
  const stored = Promise.withResolvers<undefined>();
  const handle = (_decide: unknown, waiting: Command<ServeUses>) => {
    command.resolve(waiting);
    return stored.promise;
  };
  const keeping = { everyMs: 0, now: () => 0, keep: () => Promise.resolve(), reported: () => 0, failed: () => 0 };
  const reports = new SliceReports(slice, { handle } as unknown as Pick<Edges, 'handle'>, keeping);
  const added = uses.map((each) => reports.add(each));
  const waiting = await command.promise;
  waiting.taken?.();
  const { actor } = waiting;
  stored.resolve(undefined);
  await Promise.all(added);
  return actor;
}

describe('the actor of a report of uses', () => {
  it('is the key that all uses have, also of those that join while it waits', async () => {
    expect(await actorOf(use('a', 'key_1'))).toBe('sub_1//key_1');
    expect(await actorOf(use('a', 'key_1'), use('b', 'key_1'))).toBe('sub_1//key_1');
  });

  it('is the process, on behalf of the payer, if they have several, or none', async () => {
    expect(await actorOf(use('a', 'key_1'), use('b', 'key_2'))).toBe('system/slices//sub_1');
    expect(await actorOf(use('a'))).toBe('system/slices//sub_1');
  });
});
