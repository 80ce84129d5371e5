import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { instantOf, walletCatalogue } from '@tokengrid/contracts';
import { type Ground, openGround, type RunningWallet, startWallet } from '../testing/run-wallet.ts';

const hour = 3_600_000;

let ground: Ground;
let wallet: RunningWallet;
beforeAll(async () => {
  ground = await openGround();
  wallet = await startWallet(ground);
}, 60_000);
afterEach(() => void jest.restoreAllMocks());
afterAll(async () => {
  await wallet.close();
  await ground.close();
}, 60_000);

/** Steps the clock of this process, like an operator's slip or a broken time server. */
function stepClock(byMs: number): void {
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + byMs);
}

async function untilReady(expected: number): Promise<readonly string[]> {
  for (;;) {
    const answer = await fetch(`${wallet.url}/health/ready`);
    const { reasons } = (await answer.json()) as { readonly reasons: readonly string[] };
    if (answer.status === expected) return reasons;
  }
}

/** All published events: type and time. */
async function told(): Promise<readonly (readonly [string, number])[]> {
  const { topic } = walletCatalogue;
  const lanes = (await ground.log.partitionsOf(topic))!;
  return Array.from({ length: lanes }, (_, lane) => ground.log.records(topic, lane))
    .flat()
    .map(({ headers }) => [String(headers['ce_type']), Date.parse(String(headers['ce_time']))]);
}

describe('a process whose clock steps while it runs', () => {
  it.each([
    ['an hour ahead', hour, '3600.0 s ahead of'],
    ['an hour behind', -hour, '3600.0 s behind'],
    ['three seconds ahead', 3000, '3.0 s ahead of'],
  ])(
    '%s expires nothing, takes nothing and says so, and another one that starts does no more; both go on once it is right',
    async (_, byMs, said) => {
      const party = await wallet.party();
      const ends = { tokens: '100', expiresAt: instantOf(Date.now() + hour / 2) };
      expect(await wallet.grant(party, ends)).toMatchObject({ status: 201 });
      const hold = { tokens: '20', expiresInSeconds: 1800, reason: 'a use' };
      expect(await wallet.post(party, 'holds', hold)).toMatchObject({ status: 201 });
      const before = await told();
      const startedAt = Date.now();

      stepClock(byMs);
      expect(await untilReady(503)).toEqual([expect.stringContaining(`is ${said} the database's`)]);
      const refused = await wallet.post(party, 'holds', hold);
      expect(refused).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
      expect(refused.body['detail']).toContain(`is ${said} the database's`);
      // It looks for due wallets by the database's clock, as soon as it starts.
      const another = await startWallet(ground);
      expect((await fetch(`${another.url}/health/ready`)).status).toBe(503);
      await another.close();
      expect(await wallet.availableOf(party)).toBe('80');
      expect(await told()).toEqual(before);

      jest.restoreAllMocks();
      await untilReady(200);
      expect(await wallet.post(party, 'holds', hold)).toMatchObject({ status: 201 });
      for (const [type, time] of (await told()).slice(before.length)) {
        expect([type, Math.abs(time - startedAt) < hour / 4]).toEqual([type, true]);
      }
      expect(await wallet.availableOf(party)).toBe('60');
    },
    60_000,
  );
});
