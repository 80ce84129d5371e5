import { describe, expect, it } from '@jest/globals';
import type { WalletEvent } from '@tokengrid/contracts';
import { type Command, type Outcome, StoreUnavailable } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { openMarket } from '../decisions/state/market-policies.ts';
import { FactNeeded, type Facts } from '../decisions/state/facts.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';
import { type ChargedUses } from '../projections/charged-uses.ts';
import { type MarketPolicyInForce } from '../projections/market-policy-in-force.ts';
import { type PurchaseDirectory } from '../projections/purchase-directory.ts';
import { type TokenPrices } from '../projections/token-prices.ts';
import { Deciding, mostLookUps } from './deciding.ts';
import { type Issuing } from './issuing.ts';

type Data = Parameters<Deciding['handle']>[2]['data'] & { readonly tokens: bigint };

const price = { priceVersion: 1, currency: 'CNY', buy: 100n, sellBack: 90n };
const known = { at: 0, posted: 1, withdrawn: 0, since: [] };
const purchase = { walletId: 'wal_1', known: { asOf: 2, purchase: { purchaseId: 'pur_1' } } };
const contradiction = { ...purchase, known: { ...purchase.known, isResolved: false } };

const usesSoFar = new Map();
const periodsSoFar = new Map();

const facts: { readonly [Fact in keyof Facts]: readonly [Facts[Fact], object] } = {
  capacity: [{ lane: 0, lacking: 5n }, { capacityLeft: 3n }],
  price: [{ time: 1 }, { posted: price }],
  marketTerms: [{ time: 1 }, { market: { posted: price, policy: openMarket } }],
  postedPrices: [{ time: 1 }, { known }],
  uses: [{ lane: 0, usageIds: 'usg_1' }, { usesSoFar }],
  periods: [{ lane: 0, periods: 'sbn_1 2026' }, { periodsSoFar }],
  purchase: [{ purchaseId: 'pur_1' }, { known: purchase.known }],
  contradiction: [{ noticeId: 'msg_1' }, { known: contradiction.known }],
};

const deciding = new Deciding(
  { inForceAt: () => Promise.resolve(price), known: () => Promise.resolve(known) } as never as TokenPrices,
  { now: () => Promise.resolve(openMarket) } as never as MarketPolicyInForce,
  {
    mustKnow: () => Promise.resolve(purchase),
    mustKnowContradiction: () => Promise.resolve(contradiction),
  } as never as PurchaseDirectory,
  { capacityFor: () => () => Promise.resolve({ capacityLeft: 3n }) } as never as Issuing,
  { soFar: () => Promise.resolve(usesSoFar) } as never as ChargedUses,
  { soFar: () => Promise.resolve(periodsSoFar) },
);

/** A decision that names each missing fact in turn, before it is made. */
function lane(...missed: readonly Error[]) {
  const asked: Data[] = [];
  const streams = {
    handle: <D>(_decide: Decide<object, D, WalletEvent, WalletLane>, { id, data }: Command<D>) => {
      asked.push(data as never);
      const error = missed[asked.length - 1];
      const outcome: Outcome<WalletEvent> = { commandId: id, events: [], repeated: false, published: true };
      return error ? Promise.reject(error) : Promise.resolve(outcome);
    },
  };
  const command = { id: 'c', streamId: 'wal_1', correlationId: 'c', actor: 'spec', data: { tokens: 7n } as Data };
  return { asked, answer: deciding.handle(streams, () => [], command) };
}

const needed = <Fact extends keyof Facts>(fact: Fact) => new FactNeeded(fact, facts[fact][0]);

describe('a decision that misses a fact', () => {
  it.each(Object.keys(facts) as (keyof Facts)[])('is made again with what it needs: %s', async (fact) => {
    const { asked, answer } = lane(needed(fact));
    await expect(answer).resolves.toMatchObject({ commandId: 'c' });
    expect(asked).toEqual([{ tokens: 7n }, { tokens: 7n, ...facts[fact][1] }]);
  });

  it('keeps the facts that were looked up for it before', async () => {
    const { asked, answer } = lane(needed('price'), needed('capacity'));
    await answer;
    expect(asked.at(-1)).toEqual({ tokens: 7n, posted: price, capacityLeft: 3n });
  });

  it('is given up, undecided, where the fact changes each time', async () => {
    const { asked, answer } = lane(...Array.from({ length: mostLookUps + 1 }, () => needed('price')));
    await expect(answer).rejects.toThrow(StoreUnavailable);
    expect(asked).toHaveLength(mostLookUps + 1);
  });

  it('fails with any other error at once', async () => {
    const broken = new Error('broken');
    const { asked, answer } = lane(needed('price'), broken);
    await expect(answer).rejects.toBe(broken);
    expect(asked).toHaveLength(2);
  });

  it('is in its queue when the call returns', () => {
    expect(lane().asked).toHaveLength(1);
  });
});
