import { describe, expect, it } from '@jest/globals';
import { decodeData, encodeData, type EventOf, WalletCharged } from '@tokengrid/contracts';
import fc from 'fast-check';
import { chargedAtAGlance } from './charged-at-a-glance.ts';
import { walletAnswers } from './wallet-answers.projection.ts';

type Charged = EventOf<typeof WalletCharged>['data'];

const [suffix, time] = ['01jzx3k9v8e7f9q2m4n6p8r0t2', '2026-01-31T08:15:30.250Z'];
const tricky = ['/apps/one', '],"refused":[],"refunded":[],"lotTerms":[', '"number":', '\\"number":', 'é"ü'];

/** A use whose texts look like what is searched for. */
const use = fc
  .record({ n: fc.integer({ min: 0, max: 9 }), source: fc.constantFrom(...tricky), isCorrection: fc.boolean() })
  .map(({ n, source, isCorrection }) => ({
    ...{ usageId: `usg_${suffix.slice(0, -1)}${n}`, chargeId: `chg_${suffix}`, source, eventId: source, time },
    ...{ model: 'qwen', units: { input_tokens: '2' }, tokens: 2n, priceVersion: 'model:qwen@1', operatorBps: 0 },
    lines: [{ of: 'model:qwen', meter: 'input_tokens', units: '2', unitPrice: '1', tokens: 2n }],
    shares: [{ role: 'provider' as const, partyId: `org_${suffix}`, tokens: 2n }],
    ...(isCorrection && { number: 1 }),
  }));
const lots = [{ lotId: `pur_${suffix}`, tokens: 2n }];

const charge: fc.Arbitrary<Charged> = fc
  .record({
    uses: fc.array(use, { maxLength: 3 }),
    others: fc.array(use, { maxLength: 1 }),
    refunds: fc.array(use, { maxLength: 1 }),
    isOfEvent: fc.boolean(),
  })
  .map(({ uses, others, refunds, isOfEvent }) => ({
    ...{ walletId: `wal_${suffix}`, partyId: `sub_${suffix}`, ...(isOfEvent && { ratedBy: 'metering/1/99' }) },
    ...{ tokens: 2n, givenBack: 0n, uses: uses.map((each) => ({ ...each, lots })) },
    refused: others.map((each) => ({ ...each, code: 'WALLET.FROZEN' as const })),
    refunded: refunds.map((each) => ({ ...each, returned: [{ day: '2026-01-31', lots }] })),
    ...{ lotTerms: [], day: '2026-01-31', timeZone: 'UTC', postings: [] },
  }));

function collected(data: object) {
  const batch = walletAnswers.begin();
  const collect = walletAnswers.on.WalletCharged;
  if (collect !== 'ignored') collect(batch, { type: 'WalletCharged', data, time: 1 } as never);
  return batch;
}

describe('a charge at a glance', () => {
  it('says the same as the decoded event, or nothing', () => {
    const seen = { glances: 0, decoded: 0 };
    fc.assert(
      fc.property(charge, (data) => {
        const value = encodeData(data);
        const glance = chargedAtAGlance({ version: 1, value });
        seen[glance ? 'glances' : 'decoded'] += 1;
        if (glance) expect(collected(glance)).toEqual(collected(decodeData(WalletCharged, 1, value)));
      }),
      { numRuns: 500, seed: 7 },
    );
    expect(seen.glances).toBeGreaterThan(20);
    expect(seen.decoded).toBeGreaterThan(20);
  });

  it('is not taken of a version that this release does not write', () => {
    const [data] = fc.sample(
      charge.filter(({ ratedBy }) => ratedBy !== undefined),
      { numRuns: 1, seed: 1 },
    );
    const plain = { ...data!, uses: [], refused: [], refunded: [] };
    const value = encodeData(plain);
    expect(chargedAtAGlance({ version: 1, value })).toBeDefined();
    expect(chargedAtAGlance({ version: 2, value })).toBeUndefined();
  });
});
