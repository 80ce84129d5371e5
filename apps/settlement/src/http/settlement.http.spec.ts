import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EarningsReceived,
  EscrowRefused,
  EscrowReleased,
  FeesCollected,
  instantOf,
  type ChargedUse,
  type Posting,
  WalletCharged,
  walletIdOf,
} from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import { newId } from '@tokengrid/service';
import { readModelsBothWays } from '@tokengrid/service/testing';
import { DataSource } from 'typeorm';
import { definition } from '../service.definition.ts';
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
const priceVersion = 'app:translate:basic@1,model:qwen@1';
const dayMs = 86_400_000;
const today = () => instantOf(Date.now()).slice(0, 10);
const daysAgo = (days: number) => instantOf(Date.now() - days * dayMs).slice(0, 10);
const escrowPostings = (lane: number, tokens: bigint): Posting[] => [
  { account: `wallet:${walletIdOf(payer)}:available`, asset: 'AIT', amount: -tokens },
  { account: `lane:${lane}:escrow`, asset: 'AIT', amount: tokens },
];

interface Use {
  readonly day: string;
  readonly tokens: bigint;
  readonly cost?: bigint;
}

/**
 * A charged use; 10 % are the operator's, `cost` is the provider's, the rest is the developer's.
 */
function chargedUse({ day, tokens, cost = tokens / 2n }: Use): ChargedUse {
  const fee = tokens / 10n;
  const units = { input_tokens: '10' };
  return {
    ...{ usageId: newId('usg'), chargeId: newId('chg'), source: 'spec', eventId: newId('evt') },
    ...{ time: `${day}T10:00:00.000Z`, app: 'translate', plan: 'basic', model: 'qwen', units, tokens },
    ...{ priceVersion, lines: [], operatorBps: 1000, lots: [{ lotId: newId('lot'), tokens }] },
    shares: [
      { role: 'operator', partyId: 'operator', tokens: fee },
      { role: 'provider', partyId: provider.partyId, tokens: cost },
      { role: 'developer', partyId: developer.partyId, tokens: tokens - fee - cost },
    ],
  };
}

/**
 * Lets the wallet charge uses in one event.
 * @param moved what its postings move into escrow, if not the price of the uses
 */
async function charge(uses: readonly ChargedUse[], moved?: bigint, partyId = payer) {
  const walletId = walletIdOf(partyId);
  const tokens = uses.reduce((sum, use) => sum + use.tokens, 0n);
  const lane = walletLaneOf(partyId);
  const postings = escrowPostings(lane, moved ?? tokens);
  const charged = await settlement.wallet.say(
    walletId,
    WalletCharged({
      ...{ walletId, partyId, ratedBy: 'metering/1/1', tokens, uses: [...uses], refused: [], postings },
      ...{ givenBack: 0n, refunded: [], lotTerms: [] },
      ...{ day: today(), timeZone: 'UTC' },
    }),
  );
  expect(charged.lane).toBe(lane);
  return charged;
}

/** Lane of a party's wallet: postings have to name it. Neighbours have two. */
const walletLaneOf = (partyId: string) => laneOf(walletIdOf(partyId), 2);

const paymentOf = (statementId: string, partyId: string, period: string, tokens: bigint) => ({
  statementId,
  partyId,
  period,
  timeZone: 'UTC',
  tokens,
});

/** Lets the wallet charge a use, and waits for its accrual. */
async function use(what: Use) {
  const before = await usesOf(developer.partyId);
  const used = chargedUse(what);
  await charge([used]);
  await settlement.until(async () => (await usesOf(developer.partyId)) > before);
  return used;
}

const accrualsOf = async (query: string) =>
  (await settlement.get(settlement.operator, `/v1/accruals?limit=1000&${query}`)).body.data!;
const usesOf = async (party: string) =>
  (await accrualsOf(`party=${party}`)).reduce((sum, { uses }) => sum + Number(uses), 0);
const reconciliationOf = async (period: string) =>
  (await settlement.get(settlement.operator, `/v1/reconciliation?period=${period}`)).body as {
    lanes: Record<string, unknown>[];
    breaks: Record<string, unknown>[];
    pending: { charges: number; payments: number };
    balanced: boolean;
  };

/** Lets the wallet pay a statement out of the one lane that owes it. */
async function pay(statement: Record<string, unknown>) {
  const { statementId, partyId, period, tokens } = statement as Record<string, string>;
  const payment = paymentOf(statementId!, partyId!, period!, BigInt(tokens!));
  const lane = walletLaneOf(payer);
  const postings = escrowPostings(lane, -payment.tokens);
  // The stream is the payer's wallet's, because its lane is known.
  const stream = walletIdOf(payer);
  if (partyId === 'operator') return settlement.wallet.say(stream, FeesCollected({ ...payment, postings }));
  const walletId = walletIdOf(partyId!);
  await settlement.wallet.say(stream, EscrowReleased({ ...payment, toWalletId: walletId, postings }));
  const terms = { priority: 50, expiresAt: null, transferable: true, source: 'earnings' as const };
  const lot = { lotId: statementId!, tokens: payment.tokens, ...terms };
  return settlement.wallet.say(walletId, EarningsReceived({ ...payment, walletId, fromLane: lane, lot, postings }));
}

describe('a period', () => {
  const period = daysAgo(3);

  it('accrues what is charged, as sums of those who earn of it', async () => {
    await use({ day: period, tokens: 1000n });
    const sumsOf = (...tokens: [role: string, party: string, tokens: string][]) =>
      tokens.map(([role, party, tokens]) => expect.objectContaining({ role, party, tokens, period }));
    expect(new Set(await accrualsOf(`period=${period}`))).toEqual(
      new Set(
        sumsOf(
          ['operator', 'operator', '100'],
          ['provider', provider.partyId, '500'],
          ['developer', developer.partyId, '400'],
        ),
      ),
    );
    await use({ day: period, tokens: 10n });
    expect(await accrualsOf(`period=${period}&party=${provider.partyId}`)).toEqual([
      {
        ...{ party: provider.partyId, role: 'provider', period, app: 'translate', plan: 'basic', model: 'qwen' },
        ...{ priceVersion, tokens: '505', uses: 2, units: { input_tokens: '20' } },
      },
    ]);
    const view = await settlement.get(settlement.operator, `/v1/periods/${period}`);
    expect(view).toEqual({ status: 200, body: { period, status: 'open', uses: 2, tokens: '1010' } });
  });

  it('closes once, however often and under whichever key it is asked to', async () => {
    await use({ day: period, tokens: 2000n, cost: 100n });
    const closing = { status: 200, body: { period, status: 'closing' } };
    expect(await settlement.closeDay(period, {}, 'close it')).toEqual(closing);
    expect(await settlement.closeDay(period)).toEqual(closing);
    const body = await settlement.closed(period);
    expect(body).toMatchObject({ uses: 3, tokens: '3010', statements: 3, lanes: 3, lanesCounted: 3, early: false });
    expect(await settlement.closeDay(period, {}, 'close it')).toEqual(closing);
    expect(await settlement.closeDay(period, { early: true })).toEqual(closing);
    expect((await settlement.get(settlement.operator, `/v1/statements?period=${period}`)).body.data).toHaveLength(3);
  });

  it('makes a statement per party, which is paid when the wallet says so', async () => {
    const { body } = await settlement.get(settlement.operator, `/v1/statements?period=${period}`);
    const brief = body.data!.map(({ partyId, tokens, status, paid }) => [partyId, tokens, status, paid]);
    expect(Object.fromEntries(brief.map(([party, ...rest]) => [party, rest]))).toEqual({
      operator: ['301', 'due', '0'],
      [provider.partyId]: ['605', 'due', '0'],
      [developer.partyId]: ['2104', 'due', '0'],
    });
    for (const statement of body.data!) await pay(statement);
    await settlement.until(async () => {
      const { data } = (await settlement.get(settlement.operator, `/v1/statements?period=${period}`)).body;
      return data!.every(({ status, paid, tokens }) => status === 'paid' && paid === tokens);
    });
    const lines = [{ role: 'provider', tokens: '605', uses: 3 }];
    const own = await settlement.get(provider, '/v1/statements');
    expect(own.body.data).toEqual([expect.objectContaining({ lines, tokens: '605', paid: '605', status: 'paid' })]);
  });

  it('reconciles with the wallet’s escrow to the last µAIT', async () => {
    await settlement.until(async () => (await reconciliationOf(period)).pending.payments === 0);
    const sums = {
      charged: '3010',
      accrued: '3010',
      statements: '3010',
      released: '3010',
      pending: '0',
      difference: '0',
    };
    expect(await reconciliationOf(period)).toEqual({
      period,
      lanes: [{ walletLane: walletLaneOf(payer), ...sums }],
      pending: { charges: 0, payments: 0 },
      breaks: [],
      balanced: true,
    });
  });

  it('gives later usage to the next day, and says so', async () => {
    await use({ day: period, tokens: 10n });
    const late = { period: daysAgo(2), lateFor: period };
    expect(await accrualsOf(`period=${daysAgo(2)}`)).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining(late)),
    );
    expect((await settlement.closed(period))['uses']).toBe(3);
  });

  it('is refused while it runs, unless early on purpose, and before it begins', async () => {
    expect(await settlement.closeDay(today())).toMatchObject({
      status: 409,
      body: { code: 'SETTLEMENT.PERIOD_STILL_RUNNING' },
    });
    expect(await settlement.closeDay(daysAgo(-2), { early: true })).toMatchObject({
      status: 409,
      body: { code: 'SETTLEMENT.PERIOD_NOT_BEGUN' },
    });
    const day = today();
    expect(await settlement.closeDay(day, { early: true })).toMatchObject({ status: 200 });
    expect(await settlement.closed(day)).toMatchObject({ early: true, uses: 0, tokens: '0', statements: 0 });
  });
});

describe('reconciliation', () => {
  const day = daysAgo(20);
  const breaksOf = async (period: string) => (await reconciliationOf(period)).breaks;

  it('counts a charge for the period of its uses, whenever it was made', async () => {
    await use({ day, tokens: 77n });
    await settlement.until(async () => (await reconciliationOf(day)).pending.charges === 0);
    expect(await reconciliationOf(day)).toMatchObject({
      balanced: true,
      lanes: [expect.objectContaining({ charged: '77', accrued: '77', pending: '0', difference: '0' })],
    });
    expect(await reconciliationOf(today())).toMatchObject({ lanes: [], pending: { charges: 0 }, balanced: true });
  });

  it('names what does not fit, down to the events', async () => {
    const wrong = await charge([chargedUse({ day, tokens: 500n })], 501n);
    expect(await settlement.until(async () => (await breaksOf(day)).length === 1 && breaksOf(day))).toEqual([
      {
        ...{ kind: 'amount-differs', walletLane: wrong.lane, expected: '500', found: '501' },
        events: [expect.stringMatching(/^settlement\//), wrong.id],
      },
    ]);
    expect(await reconciliationOf(day)).toMatchObject({
      balanced: false,
      lanes: [expect.objectContaining({ charged: '578', accrued: '577', difference: '1' })],
    });
  });

  it('names an accrual whose charge the wallet did not make', async () => {
    const period = daysAgo(22);
    const { lane, sequence } = await charge([chargedUse({ day: period, tokens: 9n })]);
    await settlement.until(async () => (await reconciliationOf(period)).lanes.length === 1);
    await use({ day: daysAgo(23), tokens: 1n });
    await settlement.until(async () => (await reconciliationOf(daysAgo(23))).pending.charges === 0);
    // As if the wallet had never stated it.
    const forget = "update escrow_movements set kind = 'none' where wallet_lane = $1 and sequence = $2";
    await settlement.instance(DataSource).query(forget, [lane, sequence]);
    expect(await breaksOf(period)).toEqual([
      {
        ...{ kind: 'accrual-without-charge', walletLane: lane, expected: '9' },
        events: [expect.stringMatching(/^settlement\//)],
      },
    ]);
  });

  it('names payments that nobody stated, and payments that the wallet refused', async () => {
    const period = daysAgo(30);
    const payment = paymentOf(newId('stm'), provider.partyId, period, 5n);
    const lane = walletLaneOf(payer);
    const stream = walletIdOf(payer);
    const postings = escrowPostings(lane, -5n);
    const refused = paymentOf(newId('stm'), provider.partyId, period, 6n);
    const toWalletId = walletIdOf(provider.partyId);
    const { id } = await settlement.wallet.say(stream, EscrowReleased({ ...payment, toWalletId, postings }));
    await settlement.wallet.say(stream, EscrowRefused({ ...refused, code: 'WALLET.ESCROW_SHORT' }));
    const breaks = await settlement.until(async () => (await breaksOf(period)).length === 2 && breaksOf(period));
    expect(breaks).toContainEqual({
      ...{ kind: 'released-without-statement', walletLane: lane, found: '5' },
      ...{ statementId: payment.statementId, events: [id] },
    });
    expect(breaks).toContainEqual(
      expect.objectContaining({ kind: 'escrow-refused', statementId: refused.statementId }),
    );
  });
});

describe('reading', () => {
  it('shows parties their own, and the operator all', async () => {
    const { body } = await settlement.get(developer, '/v1/accruals?limit=1000');
    expect(new Set(body.data!.map(({ party }) => party))).toEqual(new Set([developer.partyId]));
    for (const path of ['/v1/accruals', '/v1/statements']) {
      expect(await settlement.get(developer, `${path}?party=${provider.partyId}`)).toMatchObject({ status: 404 });
      expect((await settlement.get(settlement.operator, `${path}?party=${provider.partyId}`)).body.data).not.toEqual(
        [],
      );
    }
    for (const path of ['/v1/periods', `/v1/periods/${today()}`, `/v1/reconciliation?period=${today()}`]) {
      expect(await settlement.get(developer, path)).toMatchObject({ status: 403 });
    }
    expect(await settlement.call(developer, 'POST', `/v1/periods/${today()}/close`)).toMatchObject({ status: 403 });
  });

  it('pages through accruals, statements and periods', async () => {
    for (const path of ['accruals', 'statements', 'periods']) {
      const all = (await settlement.get(settlement.operator, `/v1/${path}?limit=1000`)).body.data!;
      const paged: unknown[] = [];
      for (let cursor: unknown = ''; cursor !== null;) {
        const query = `limit=2${cursor ? `&cursor=${cursor as string}` : ''}`;
        const { body } = await settlement.get(settlement.operator, `/v1/${path}?${query}`);
        paged.push(...body.data!);
        cursor = body['nextCursor'];
      }
      expect(paged).toEqual(all);
    }
  });

  it.each([
    ['/v1/reconciliation', '/period'],
    ['/v1/reconciliation?period=2026-02-30', '/period'],
    ['/v1/periods/tomorrow', '/day'],
    ['/v1/accruals?period=x', '/period'],
    ['/v1/statements?party=nobody', '/party'],
    ['/v1/statements?cursor=e30', '/cursor'],
  ])('refuses %s', async (path, pointer) => {
    expect(await settlement.get(settlement.operator, path)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT', errors: [{ pointer }] },
    });
  });

  it.each([[{ early: 'yes' }], [{ late: true }], [[]], ['early']])('refuses to close a day by %j', async (body) => {
    expect(await settlement.closeDay(today(), body)).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
  });
});

describe('read models', () => {
  it('can be rebuilt from the events alone: the same digests, while the service runs', async () => {
    const { written, rebuilt } = await readModelsBothWays(settlement, definition);
    expect(rebuilt).toEqual(written);
    await use({ day: daysAgo(40), tokens: 5n });
  });
});

/** Stops a wallet lane, and comes last. */
describe('a charge that cannot be accrued', () => {
  it('stops the accruals of its wallet lane, and is pending at first, then a break', async () => {
    const graceMs = 900_000;
    let elsewhere = newId('sub');
    while (walletLaneOf(elsewhere) === walletLaneOf(payer)) elsewhere = newId('sub');
    const faulty = chargedUse({ day: daysAgo(50), tokens: 33n });
    const { id, lane, time } = await charge([{ ...faulty, shares: faulty.shares.slice(1) }], 33n, elsewhere);
    const next = await charge([chargedUse({ day: daysAgo(50), tokens: 7n })], 7n, elsewhere);
    const inLane = async (period: string) => {
      const { lanes, ...rest } = await reconciliationOf(period);
      return { ...rest, lanes: lanes.filter(({ walletLane }) => walletLane === lane) };
    };
    await settlement.until(async () => (await reconciliationOf(today())).pending.charges === 2);
    const sums = { charged: '40', accrued: '0', difference: '0' };
    expect(await inLane(today())).toMatchObject({ breaks: [], lanes: [{ ...sums, pending: '40' }] });
    await use({ day: daysAgo(50), tokens: 5n });
    await settlement.instance(DataSource).query('update escrow_movements set moved_at = moved_at - $1', [graceMs]);
    const period = instantOf(time - graceMs).slice(0, 10);
    expect(await inLane(period)).toMatchObject({
      breaks: [
        { kind: 'charge-not-accrued', walletLane: lane, found: '33', events: [id] },
        { kind: 'charge-not-accrued', walletLane: lane, found: '7', events: [next.id] },
      ],
      lanes: [{ ...sums, pending: '0', difference: '40' }],
    });
  });
});
