import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ChargedUse,
  type EventOf,
  FeesCollected,
  instantOf,
  type Posting,
  WalletCharged,
  walletIdOf,
} from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import { newId } from '@tokengrid/service';
import { type Caller, runSettlement, type RunningSettlement } from '../testing/run-settlement.ts';

let settlement: RunningSettlement;
let developer: Caller;
let provider: Caller;
beforeAll(async () => {
  settlement = await runSettlement();
  [developer, provider] = await Promise.all([
    settlement.organization('developer'),
    settlement.organization('provider'),
  ]);
}, 180_000);
afterAll(() => settlement.close(), 60_000);

const payer = newId('sub');
/** Lane of the payer's wallet: postings have to name it. Neighbours have two. */
const lane = laneOf(walletIdOf(payer), 2);
const daysAgo = (days: number) => instantOf(Date.now() - days * 86_400_000).slice(0, 10);
const intoEscrow = (tokens: bigint): Posting[] => [
  { account: `wallet:${walletIdOf(payer)}:available`, asset: 'AIT', amount: -tokens },
  { account: `lane:${lane}:escrow`, asset: 'AIT', amount: tokens },
];

/** A use of a day that paid 1,000 µAIT. */
const usedOn = (day: string): ChargedUse => ({
  ...{ usageId: newId('usg'), chargeId: newId('chg'), source: 'spec', eventId: newId('evt') },
  ...{ time: `${day}T10:00:00.000Z`, app: 'translate', plan: 'basic', model: 'qwen', units: { input_tokens: '10' } },
  ...{ tokens: 1000n, priceVersion: 'app:translate:basic@1,model:qwen@1', lines: [], operatorBps: 1000 },
  lots: [{ lotId: newId('lot'), tokens: 1000n }],
  shares: [
    { role: 'operator', partyId: 'operator', tokens: 100n },
    { role: 'provider', partyId: provider.partyId, tokens: 500n },
    { role: 'developer', partyId: developer.partyId, tokens: 400n },
  ],
});

type Charged = EventOf<typeof WalletCharged>['data'];

/** Lets the payer's wallet charge or give back. */
const say = (moved: Partial<Charged>, tokens: bigint) =>
  settlement.wallet.say(
    walletIdOf(payer),
    WalletCharged({
      ...{ walletId: walletIdOf(payer), partyId: payer, ratedBy: 'metering/1/1', tokens: 0n, givenBack: 0n },
      ...{ uses: [], refused: [], refunded: [], lotTerms: [], day: daysAgo(0), timeZone: 'UTC' },
      ...{ ...moved, postings: intoEscrow(tokens) },
    }),
  );

const accrualsOf = async (query: string) =>
  (await settlement.get(settlement.operator, `/v1/accruals?limit=1000&${query}`)).body.data!;

describe('a refund after its day was closed', () => {
  const [day, next] = [daysAgo(3), daysAgo(2)];

  it('is late in the next open day, where the operator advances what others do not have', async () => {
    const used = usedOn(day);
    await say({ uses: [used], tokens: 1000n }, 1000n);
    await settlement.until(async () => (await accrualsOf(`period=${day}`)).length === 3);
    await settlement.closeDay(day);
    await settlement.closed(day);
    const { lots, shares, ...use } = used;
    const back = shares.map((share) => ({ ...share, tokens: -share.tokens }));
    const refund = { ...use, number: 1, units: { input_tokens: '-10' }, shares: back, returned: [{ day, lots }] };
    await say({ refunded: [refund], givenBack: 1000n }, -1000n);
    await settlement.until(async () => (await accrualsOf(`period=${next}`)).length === 6);
    const late = { period: next, lateFor: day, uses: 0, units: { input_tokens: '-10' } };
    const advance = { period: next, priceVersion: 'tokengrid:advance', uses: 0, units: {} };
    expect(await accrualsOf(`period=${next}&party=${provider.partyId}`)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...late, role: 'provider', tokens: '-500' }),
        expect.objectContaining({ ...advance, role: 'provider', tokens: '500' }),
      ]),
    );
    const sums = (await accrualsOf(`period=${next}`)).map(({ tokens }) => BigInt(tokens as string));
    expect(sums.reduce((a, b) => a + b, 0n)).toBe(-1000n);
  });

  it("is borne by the operator's statement, whose fees fill the escrow up, to the last µAIT", async () => {
    await settlement.closeDay(next);
    expect(await settlement.closed(next)).toMatchObject({ tokens: '-1000', uses: 0 });
    const { data } = (await settlement.get(settlement.operator, `/v1/statements?period=${next}`)).body;
    expect(Object.fromEntries(data!.map(({ partyId, tokens }) => [partyId, tokens]))).toEqual({
      ...{ operator: '-1000', [provider.partyId]: '0', [developer.partyId]: '0' },
    });
    const { statementId } = data!.find(({ partyId }) => partyId === 'operator') as { statementId: string };
    const of = { statementId, partyId: 'operator', period: next, timeZone: 'UTC', tokens: -1000n };
    await settlement.wallet.say(walletIdOf(payer), FeesCollected({ ...of, postings: intoEscrow(1000n) }));
    const reconciled = await settlement.until(async () => {
      const { body } = await settlement.get(settlement.operator, `/v1/reconciliation?period=${next}`);
      return (body['pending'] as { payments: number }).payments === 0 && body;
    });
    expect(reconciled).toMatchObject({
      lanes: [{ charged: '-1000', accrued: '-1000', statements: '-1000', released: '-1000', difference: '0' }],
      ...{ breaks: [], balanced: true },
    });
  });
});
