import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventOf, UsageCorrected, UsageRated } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import { NotYet, type Recorded } from '@tokengrid/kernel';
import { newId } from '@tokengrid/service';
import { readModelsBothWays } from '@tokengrid/service/testing';
import { use } from '../../decisions/examples.fixture.ts';
import { grantTokens } from '../../decisions/grants/grant-tokens.ts';
import { Collecting } from '../../flows/collecting.ts';
import { ChargingCorrections } from '../../flows/charging-corrections.ts';
import { ChargingRatedUses } from '../../flows/charging-rated-uses.ts';
import { WhenUsageRatedOrUsageCorrectedChargeWallet } from '../../policies/when-usage-rated-or-usage-corrected-charge-wallet.ts';
import { definition } from '../../service.definition.ts';
import { type Caller, runWallet, type RunningWallet, someCommand } from '../../testing/run-wallet.ts';
import { Wallets } from '../../streams/wallets.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

let sequence = 0;
let uses = 0;
type Rated = Recorded<EventOf<typeof UsageRated>>;
type Corrected = Recorded<EventOf<typeof UsageCorrected>>;

/** A month of a subscription, as metering counts its uses. */
const month = () => ({
  ...{ subscriptionId: newId('sbn'), from: '2026-01-01T00:00:00.000Z', until: '2026-02-01T00:00:00.000Z' },
  change: { counted: [], takenBack: [], lines: 0n },
});
function counted(counts: ReturnType<typeof month>, tokens: bigint) {
  const number = String(++uses).padStart(26, '0');
  const of = { chargeId: `chg_${number}`, usageId: `usg_${number}`, eventId: number };
  return { ...use(tokens, of), reportedBy: 'operator', counted: counts };
}
const rated = ({ partyId }: Caller, ...all: readonly ReturnType<typeof counted>[]) =>
  ({
    ...{ type: 'UsageRated', id: `metering/0/${++sequence}`, lane: 0, sequence },
    data: { partyId, uses: all },
  }) as unknown as Rated;
const reaction = (of: number) =>
  new Reaction('spec', {
    service: 'metering',
    lane: 0,
    sequence: of,
    type: 'spec',
    correlationId: 'spec',
    actor: 'spec',
  });
const deliver = (event: Rated) => wallet.instance(ChargingRatedUses).charge(event, reaction(event.sequence));
const rate = (party: Caller, ...all: readonly ReturnType<typeof counted>[]) => deliver(rated(party, ...all));
const correctionOf = ({ usageId }: ReturnType<typeof counted>) => `chg_${usageId.slice(-20)}000001`;
/** The first correction of a use, by a difference. */
function corrected(party: Caller, use: ReturnType<typeof counted>, tokens: bigint) {
  const one = { ...use, tokens, chargeId: correctionOf(use), number: 1, after: 0, was: use.tokens };
  const shares = [{ role: 'operator', partyId: 'operator', tokens }];
  const lines = [{ of: 'app:translate:team', kind: 'period', meter: 'requests', before: '1', after: '0', tokens }];
  const said = { ...one, shares, lines, correctedBy: 'operator', reason: 'spec', replacement: {} };
  const data = { partyId: party.partyId, corrections: [said] };
  return { ...rated(party), type: 'UsageCorrected', data } as unknown as Corrected;
}
const deliverCorrected = (event: Corrected) =>
  wallet.instance(ChargingCorrections).charge(event, reaction(event.sequence));
const collect = ({ walletId }: Caller) => wallet.instance(Collecting).collect(walletId, reaction(++sequence));

describe('a use that makes its month cheaper', () => {
  it('gives back of what the month was charged, once, with a receipt of its own', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '1000');
    const counts = month();
    await rate(party, counted(counts, 300n), counted(counts, 250n));
    const cheaper = counted(counts, -400n);
    const event = rated(party, cheaper);
    await Promise.all([deliver(event), deliver(event), deliver(event)]);
    expect(await wallet.availableOf(party)).toBe('850');
    const { data } = (await wallet.get(party, `/v1/wallets/${party.walletId}/entries?order=oldest-first`)).body;
    expect((data as object[]).at(-1)).toMatchObject({ type: 'refund', tokens: '400', reference: event.id });
    expect(await wallet.receiptFaults(party, cheaper.chargeId)).toEqual([]);
    await rate(party, counted(counts, -150n));
    expect(await wallet.availableOf(party)).toBe('1000');
  });

  it('gives back what burnt last: what can be sent before what cannot, by whatever ids', async () => {
    const party = await wallet.party();
    const grant = (of: 'a' | 'b', tokens: bigint, transferable: boolean) => {
      const grantId = `grt_${of}${party.walletId.slice(5)}`;
      const data = { grantId, tokens, source: 'promotion' as const, transferable, expiresAt: undefined };
      return wallet.instance(Wallets).handle(grantTokens, someCommand(party.walletId, data));
    };
    await grant('a', 100n, true);
    await grant('b', 40n, false);
    const counts = month();
    await rate(party, counted(counts, 100n));
    const [outcome] = [await rate(party, counted(counts, -50n))].flat();
    const [charged] = outcome!.events.filter((event) => event.type === 'WalletCharged');
    const [lot] = charged!.data.refunded[0]!.returned.flatMap(({ lots }) => lots);
    expect(lot).toMatchObject({ lotId: `grt_a${party.walletId.slice(5)}`, tokens: 50n });
  });

  it('lowers what waits of the month first; the rest of that is charged as tokens come', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '100');
    const counts = month();
    const [paid, waits, ends] = [counted(counts, 90n), counted(counts, 80n), counted(counts, 60n)];
    await rate(party, paid, waits, ends);
    await rate(party, counted(counts, -100n));
    expect(await wallet.availableOf(party)).toBe('10');
    await wallet.buy(party, '30');
    await collect(party);
    expect(await wallet.availableOf(party)).toBe('0');
    expect(await wallet.receiptFaults(party, waits.chargeId)).toEqual([]);
    expect(await wallet.receiptFaults(party, ends.chargeId)).toEqual([]);
    await wallet.buy(party, '500');
    await collect(party);
    expect(await wallet.availableOf(party)).toBe('500');
    await rate(party, counted(counts, -130n));
    expect(await wallet.availableOf(party)).toBe('630');
  });

  it('gives back in each wallet that paid for the month, and nowhere more than it paid', async () => {
    const [family, child] = [await wallet.party(), await wallet.party()];
    for (const party of [family, child]) await wallet.buy(party, '1000');
    const counts = month();
    await rate(child, counted(counts, 300n));
    await wallet.call(wallet.operator, 'PUT', `/v1/wallets/${family.walletId}/members/${child.partyId}`, {});
    await rate(child, counted(counts, 200n));
    const event = rated(child, counted(counts, -450n));
    await Promise.all([deliver(event), deliver(event)]);
    await deliver(event);
    await rate(child, counted(counts, 5n));
    expect([await wallet.availableOf(family), await wallet.availableOf(child)]).toEqual(['995', '950']);
  });

  it('may be a correction: of a use that was free, or of one that waits', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '100');
    const counts = month();
    const [paid, waits, free] = [counted(counts, 90n), counted(counts, 80n), counted(counts, 0n)];
    await rate(party, paid, waits, free);
    const correct = (use: ReturnType<typeof counted>, tokens: bigint) => {
      const event = corrected(party, use, tokens);
      return Promise.all([deliverCorrected(event), deliverCorrected(event)]).then(() => deliverCorrected(event));
    };
    await correct(free, -100n);
    expect(await wallet.availableOf(party)).toBe('30');
    await correct(waits, -50n);
    expect(await wallet.availableOf(party)).toBe('80');
    expect(await wallet.receiptFaults(party, correctionOf(free))).toEqual([]);
    await correct(paid, -20n);
    expect(await wallet.availableOf(party)).toBe('100');
  });

  it('waits until what it gives back of is charged', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '1000');
    const counts = month();
    const event = rated(party, counted(counts, -200n));
    await expect(deliver(event)).rejects.toThrow(NotYet);
    await rate(party, counted(counts, 500n));
    await deliver(event);
    await deliver(event);
    expect(await wallet.availableOf(party)).toBe('700');
  });

  it('gives back what a correction left, whatever came between its deliveries', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '1000');
    const counts = month();
    const event = corrected(party, counted(counts, 0n), -200n);
    await expect(deliverCorrected(event)).rejects.toThrow(NotYet);
    await rate(party, counted(counts, 500n));
    for (let delivery = 0; delivery < 2; delivery++) await deliverCorrected(event);
    expect(await wallet.availableOf(party)).toBe('700');
  });

  it('settles all that is read at once, though the last of it is charged before the first', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '1000');
    const counts = month();
    const first = counted(counts, 100n);
    await rate(party, first);
    const cheaper = corrected(party, first, -30n);
    const dearer = corrected(party, counted(counts, 0n), 60n);
    const last = rated(party, counted(counts, -110n));
    const policy = wallet.instance(WhenUsageRatedOrUsageCorrectedChargeWallet);
    // The last one takes all that is charged, and waits for the rest; so does the first one.
    await expect(policy.chargeWallet(last, reaction(last.sequence))).rejects.toThrow(NotYet);
    await expect(policy.chargeWallet(cheaper, reaction(cheaper.sequence))).rejects.toThrow(NotYet);
    const read = [cheaper, dearer, last] as const;
    const deliverAll = () =>
      Promise.allSettled(read.map((event) => policy.chargeWallet(event, reaction(event.sequence))));
    await deliverAll();
    expect((await deliverAll()).map(({ status }) => status)).toEqual(read.map(() => 'fulfilled'));
    expect(await wallet.availableOf(party)).toBe('980');
  });

  it('gives nothing back of another month, or of another subscription', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '1000');
    const counts = month();
    await rate(party, counted(counts, 500n));
    await expect(rate(party, counted(month(), -1n))).rejects.toThrow(NotYet);
    const next = { ...counts, from: counts.until, until: '2026-03-01T00:00:00.000Z' };
    await expect(rate(party, counted(next, -1n))).rejects.toThrow(NotYet);
    expect(await wallet.availableOf(party)).toBe('500');
  });
});

it('months that were charged are in the tables as the events alone make them', async () => {
  const party = await wallet.party();
  await wallet.buy(party, '100');
  const counts = month();
  await rate(party, counted(counts, 90n), counted(counts, 80n));
  await rate(party, counted(counts, -10n), counted(counts, 5n), counted(counts, -100n));
  const { written, rebuilt } = await readModelsBothWays(wallet, definition);
  expect(rebuilt).toEqual(written);
});
