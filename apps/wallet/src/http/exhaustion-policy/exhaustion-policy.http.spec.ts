import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { derivedId, UsageRated } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import { use as rated } from '../../decisions/examples.fixture.ts';
import { ChargingRatedUses } from '../../flows/charging-rated-uses.ts';
import { type Caller, runWallet, type RunningWallet } from '../../testing/run-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
}, 120_000);
afterAll(() => wallet.close(), 60_000);

let uses = 0;

/**
 * Delivers a use as metering rates it, as often as `deliveries`; returns the types of the charge's
 * events.
 */
async function use(party: Caller, tokens: bigint, deliveries = 1) {
  const eventId = String(++uses);
  const chargeId = derivedId('chg', eventId);
  const event = {
    ...UsageRated({
      partyId: party.partyId,
      uses: [{ ...rated(tokens, { usageId: derivedId('usg', eventId), eventId, chargeId }), reportedBy: 'operator' }],
    }),
    ...{
      id: `metering/0/${eventId}`,
      service: 'metering',
      lane: 0,
      sequence: uses,
      streamId: 's',
      revision: 1,
      time: 0,
    },
    ...{ commandId: randomUUID(), causationId: 'spec', correlationId: 'spec', actor: 'spec' },
  };
  const policy = wallet.instance(ChargingRatedUses);
  const outcomes = await Promise.all(
    Array.from({ length: deliveries }, () => policy.charge(event, new Reaction('charge', event))),
  );
  const [first] = outcomes.flat().map((outcome) => outcome!.events.map(({ type, data }) => ({ type, data })));
  return { chargeId, events: first! };
}

const pathOf = ({ walletId }: Caller) => `/v1/wallets/${walletId}/exhaustion-policy`;
const decide = (party: Caller, body: object) => wallet.call(party, 'PUT', pathOf(party), body);

describe('when tokens run out', () => {
  it('a use stops by default, and while there is no price', async () => {
    const party = await wallet.party();
    const policy = { walletId: party.walletId, action: 'stop', monthlyCap: null };
    expect(await wallet.get(party, pathOf(party))).toMatchObject({ status: 200, body: { ...policy, spent: '0' } });
    expect((await use(party, 5n)).events).toMatchObject([
      { type: 'WalletCharged', data: { refused: [{ code: 'WALLET.INSUFFICIENT_TOKENS' }] } },
    ]);
    await decide(party, { action: 'bill' });
    expect((await use(party, 5n)).events).toMatchObject([
      { type: 'WalletCharged', data: { refused: [{ code: 'WALLET.NO_TOKEN_PRICE' }] } },
    ]);
  });

  it('goes on to the bill up to the cap, once for each use however often it is told', async () => {
    await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
    const party = await wallet.party();
    await wallet.buy(party, '400000');
    const policy = { walletId: party.walletId, action: 'bill', monthlyCap: '150' };
    expect(await decide(party, { action: 'bill', monthlyCap: '150' })).toEqual({ status: 200, body: policy });
    const { chargeId, events } = await use(party, 1_000_000n, 3);
    expect(events).toMatchObject([
      { type: 'TokensPurchased', data: { tokens: 600_000n, automatic: true, price: { amount: 120n } } },
      { type: 'CapacityUsed' },
      { type: 'WalletCharged', data: { uses: [{ chargeId, tokens: 1_000_000n }] } },
    ]);
    expect(await wallet.availableOf(party)).toBe('0');
    const purchase = await wallet.get(party, `/v1/purchases/${derivedId('pur', chargeId)}`);
    expect(purchase.body).toMatchObject({ tokens: '600000', method: 'carrier-bill', status: 'completed' });
    const receipt = await wallet.get(party, `/v1/receipts/${derivedId('pur', chargeId)}`);
    expect(receipt).toMatchObject({ status: 200, body: { receipt: { tokens: '600000', automatic: true } } });
    expect((await use(party, 155_000n)).events).toMatchObject([
      {
        data: {
          refused: [{ code: 'WALLET.LIMIT_EXCEEDED', limit: 'exhaustion-monthly', available: 30n, required: 31n }],
        },
      },
    ]);
    expect((await use(party, 150_000n)).events).toHaveLength(3);
    expect((await wallet.get(party, pathOf(party))).body).toMatchObject({ ...policy, spent: '150' });
  });

  it('asks other lanes for capacity, and stops where there is none', async () => {
    const party = await wallet.party();
    await decide(party, { action: 'bill' });
    const outstanding = (await wallet.get(wallet.operator, '/v1/capacity')).body['outstanding'] as string;
    await wallet.put('/v1/capacity', { tokens: String(BigInt(outstanding) + 100n) });
    expect((await use(party, 100n)).events).toHaveLength(3);
    expect((await use(party, 1n)).events).toMatchObject([
      {
        type: 'WalletCharged',
        data: { refused: [{ code: 'WALLET.ISSUANCE_EXHAUSTED', available: 0n, required: 1n }] },
      },
    ]);
  });

  it('is the owner’s to decide, with the right to', async () => {
    const [party, other, poor] = [
      await wallet.party(),
      await wallet.party(),
      await wallet.party(['wallet:balances:read']),
    ];
    expect(await wallet.call(other, 'PUT', pathOf(party), { action: 'bill' })).toMatchObject({ status: 404 });
    expect(await decide(poor, { action: 'bill' })).toMatchObject({ status: 403 });
    expect(await decide(party, { action: 'stop', monthlyCap: '5' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/monthlyCap' }] },
    });
    expect(await wallet.put(pathOf(party), { action: 'bill' })).toMatchObject({ status: 200 });
  });
});
