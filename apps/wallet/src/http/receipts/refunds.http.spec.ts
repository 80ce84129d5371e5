import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Correction, EventOf, UsageCorrected, UsageRated } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import { NotYet, type Recorded } from '@tokengrid/kernel';
import { readModelsBothWays } from '@tokengrid/service/testing';
import { use } from '../../decisions/examples.fixture.ts';
import { Collecting } from '../../flows/collecting.ts';
import { ChargingCorrections } from '../../flows/charging-corrections.ts';
import { ChargingRatedUses } from '../../flows/charging-rated-uses.ts';
import { definition } from '../../service.definition.ts';
import { type Caller, runWallet, type RunningWallet } from '../../testing/run-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

let sequence = 0;
const reaction = (of = ++sequence) =>
  new Reaction('spec', {
    service: 'metering',
    lane: 0,
    sequence: of,
    type: 'spec',
    correlationId: 'spec',
    actor: 'spec',
  });
/** An event of metering. */
const said = <Data>(type: string, data: Data) =>
  ({ type, id: `metering/0/${++sequence}`, lane: 0, sequence, data }) as unknown;

const numbered = (number: number) => String(number).padStart(26, '0');
let uses = 0;
function newUse(tokens: bigint) {
  const number = numbered(++uses);
  return use(tokens, { chargeId: `chg_${number}`, usageId: `usg_${number}`, eventId: number });
}
type Use = ReturnType<typeof use>;

/** Lets metering rate uses. */
function rate({ partyId }: Caller, ...rated: readonly Use[]) {
  const all = rated.map((each) => ({ ...each, reportedBy: 'operator' }));
  const event = said('UsageRated', { partyId, uses: all }) as Recorded<EventOf<typeof UsageRated>>;
  return wallet.instance(ChargingRatedUses).charge(event, reaction());
}

/** Lets metering correct a use by a difference. */
function correction({ partyId }: Caller, of: Use, number: number, tokens: bigint, was = of.tokens, after = number - 1) {
  const charge: Correction = {
    ...{ ...of, ...use(tokens, { usageId: of.usageId, eventId: of.eventId }), reportedBy: 'operator' },
    ...{ chargeId: `chg_${of.usageId.slice(-20)}${String(number).padStart(6, '0')}`, number, after, was },
    ...{ correctedBy: 'operator', reason: 'counted twice', replacement: {} },
  };
  return said('UsageCorrected', { partyId, corrections: [charge] }) as Recorded<EventOf<typeof UsageCorrected>>;
}
const correct = (event: Recorded<EventOf<typeof UsageCorrected>>) =>
  wallet.instance(ChargingCorrections).charge(event, reaction(event.sequence));
const collect = ({ walletId }: Caller) => wallet.instance(Collecting).collect(walletId, reaction());

const entriesOf = async (party: Caller) =>
  (await wallet.get(party, `/v1/wallets/${party.walletId}/entries?order=oldest-first`)).body['data'] as {
    type: string;
    tokens: string;
    reference: string;
    usesLink: string;
  }[];

describe('a correction', () => {
  it('gives back what a use costs less: in the balance, the statement and a receipt of its own', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '1000');
    const used = newUse(700n);
    await rate(party, used);
    const event = correction(party, used, 1, -450n);
    await correct(event);
    expect(await wallet.availableOf(party)).toBe('750');
    const [, charge, refund] = await entriesOf(party);
    expect(charge).toMatchObject({ type: 'charge', tokens: '-700' });
    expect(refund).toMatchObject({ type: 'refund', tokens: '450', reference: event.id });
    const { data } = (await wallet.get(party, refund!.usesLink)).body;
    const { chargeId } = event.data.corrections[0]!;
    expect(data).toMatchObject([{ chargeId, tokens: '-450', correction: 1 }]);
    expect(await wallet.receiptFaults(party, chargeId)).toEqual([]);
    expect(await wallet.receiptFaults(party, used.chargeId)).toEqual([]);
  });

  it('counts once, however often and wherever it is delivered', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '1000');
    const used = newUse(700n);
    await rate(party, used);
    const event = correction(party, used, 1, -450n);
    await Promise.all([correct(event), correct(event), correct(event)]);
    // Told by another event, too, as of a metering that was restored.
    await correct(correction(party, used, 1, -450n));
    expect(await wallet.availableOf(party)).toBe('750');
    await Promise.all([
      correct(correction(party, used, 2, 200n, 250n)),
      correct(correction(party, used, 2, 200n, 250n)),
    ]);
    expect(await wallet.availableOf(party)).toBe('550');
  });

  it('waits until what it corrects is charged', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '1000');
    const used = newUse(700n);
    const [first, second] = [correction(party, used, 1, -450n), correction(party, used, 2, -50n, 250n)];
    await expect(correct(first)).rejects.toThrow(NotYet);
    await rate(party, used);
    await expect(correct(second)).rejects.toThrow(NotYet);
    await correct(first);
    await correct(second);
    expect(await wallet.availableOf(party)).toBe('800');
  });

  it('of a use that was free is charged as a new one, and then corrected further', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '1000');
    const used = newUse(0n);
    const event = correction(party, used, 1, 300n, 0n);
    await correct(event);
    await correct(event);
    expect(await wallet.availableOf(party)).toBe('700');
    await correct(correction(party, used, 2, -300n, 300n));
    expect(await wallet.availableOf(party)).toBe('1000');
  });
});

describe('what a wallet did not cover', () => {
  it('is charged once tokens are there, the oldest first, each if it is covered', async () => {
    const party = await wallet.party();
    const [first, large, last] = [newUse(100n), newUse(5000n), newUse(60n)];
    await rate(party, first);
    await rate(party, large, last);
    expect(await collect(party)).toEqual([]);
    await wallet.buy(party, '150');
    await collect(party);
    expect(await wallet.availableOf(party)).toBe('50');
    await wallet.buy(party, '10');
    await collect(party);
    await collect(party);
    expect(await wallet.availableOf(party)).toBe('0');
    const charges = (await entriesOf(party)).filter(({ type }) => type === 'charge');
    expect(charges.map(({ tokens }) => tokens)).toEqual(['-100', '-60']);
    expect(await wallet.receiptFaults(party, last.chargeId)).toEqual([]);
    await wallet.buy(party, '5000');
    await collect(party);
    expect(await wallet.availableOf(party)).toBe('0');
  });

  it('is lowered by a correction, voided by another, and then asked for no more', async () => {
    const party = await wallet.party();
    const [lowered, voided] = [newUse(100n), newUse(80n)];
    await rate(party, lowered, voided);
    await correct(correction(party, lowered, 1, -70n));
    await correct(correction(party, voided, 1, -80n));
    await wallet.buy(party, '500');
    await collect(party);
    expect(await wallet.availableOf(party)).toBe('470');
    await correct(correction(party, lowered, 2, -30n, 30n));
    expect(await wallet.availableOf(party)).toBe('500');
  });
});

it('what is charged, refunded and waits is in the tables as the events alone make them', async () => {
  const party = await wallet.party();
  const [waits, lowered] = [newUse(100n), newUse(80n)];
  await rate(party, waits, lowered);
  await correct(correction(party, lowered, 1, -30n));
  const { written, rebuilt } = await readModelsBothWays(wallet, definition);
  expect(rebuilt).toEqual(written);
});
