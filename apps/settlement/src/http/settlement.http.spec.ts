import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  EarningsReceived,
  EscrowRefused,
  EscrowReleased,
  FeesCollected,
  instantOf,
  type Posting,
  type Share,
  UsageBilled,
  WalletCharged,
  walletIdOf,
} from '@tokengrid/contracts';
import { digestOf, rebuildProjections } from '@tokengrid/event-store';
import { newId, poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { definition } from '../service.definition.ts';
import { type Caller, runSettlement, type RunningSettlement } from '../testing/run-settlement.ts';

// Waits have their own time limits; a busy machine is no failure.
jest.setTimeout(60_000);

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
 * Lets the wallet charge a use; 10 % are the operator's, `cost` is the provider's, the rest is the
 * developer's.
 */
async function charge({ day, tokens, cost = tokens / 2n }: Use) {
  const ids = { usageId: newId('usg'), chargeId: newId('chg') };
  const walletId = walletIdOf(payer);
  // Only the event store knows the lane of the wallet's stream; the posting has to name the same
  // one.
  const lane = await laneOfWallet();
  const postings = escrowPostings(lane, tokens);
  const use = {
    ...{ source: 'spec', eventId: ids.usageId, app: 'translate', model: 'qwen', units: { input_tokens: '1' } },
    ...{ priceVersion: 'model:qwen@1', time: `${day}T10:00:00.000Z` },
  };
  const charged = await settlement.wallet.say(
    walletId,
    WalletCharged({ walletId, ...ids, tokens, use, day, timeZone: 'UTC', lots: [], postings }),
  );
  expect(charged.lane).toBe(lane);
  return { ...ids, day, tokens, cost, charged };
}

let walletLane: number | undefined;
async function laneOfWallet(): Promise<number> {
  if (walletLane === undefined) {
    const earlier = await settlement.wallet.say(
      walletIdOf(payer),
      FeesCollected({ ...paymentOf(newId('stm'), 'operator', '2000-01-01', 1n), postings: escrowPostings(0, -1n) }),
    );
    walletLane = earlier.lane;
  }
  return walletLane;
}

const paymentOf = (statementId: string, partyId: string, period: string, tokens: bigint) => ({
  statementId,
  partyId,
  period,
  timeZone: 'UTC',
  tokens,
});

/** Lets metering bill a use that the wallet has charged. */
async function bill({ usageId, chargeId, day, tokens, cost, charged }: Awaited<ReturnType<typeof charge>>) {
  const fee = tokens / 10n;
  const shares: Share[] = [
    { role: 'operator', partyId: 'operator', tokens: fee },
    { role: 'provider', partyId: provider.partyId, tokens: cost },
    { role: 'developer', partyId: developer.partyId, tokens: tokens - fee - cost },
  ];
  const time = `${day}T10:00:00.000Z`;
  const paid = { walletLane: charged.lane, chargedBy: charged.id };
  await settlement.metering.say(
    usageId,
    UsageBilled({ usageId, chargeId, partyId: payer, time, app: 'translate', model: 'qwen', tokens, shares, ...paid }),
  );
}

async function use(what: Use) {
  const charged = await charge(what);
  await bill(charged);
  await settlement.until(async () => (await accrualsOf(charged.usageId)).length > 0);
  return charged;
}

const accrualsOf = async (usageId: string) =>
  (await settlement.get(settlement.operator, '/v1/accruals?limit=1000')).body.data!.filter(
    (accrual) => accrual['usageId'] === usageId,
  );
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
  const lane = await laneOfWallet();
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

  it('accrues what is billed, to those who earn of it', async () => {
    const { usageId, chargeId } = await use({ day: period, tokens: 1000n });
    expect(await accrualsOf(usageId)).toEqual(
      ['developer', 'operator', 'provider'].map((role) => ({
        ...{ usageId, chargeId, role, gross: '1000', period, time: `${period}T10:00:00.000Z` },
        party: { developer: developer.partyId, operator: 'operator', provider: provider.partyId }[role],
        tokens: { developer: '400', operator: '100', provider: '500' }[role],
      })),
    );
    const view = await settlement.get(settlement.operator, `/v1/periods/${period}`);
    expect(view).toEqual({ status: 200, body: { period, status: 'open', uses: 1, tokens: '1000' } });
  });

  it('closes once, however often and under whichever key it is asked to', async () => {
    await use({ day: period, tokens: 2000n, cost: 100n });
    const closing = { status: 200, body: { period, status: 'closing' } };
    expect(await settlement.closeDay(period, {}, 'close it')).toEqual(closing);
    expect(await settlement.closeDay(period)).toEqual(closing);
    const body = await settlement.closed(period);
    expect(body).toMatchObject({ uses: 2, tokens: '3000', statements: 3, lanes: 3, lanesCounted: 3, early: false });
    expect(await settlement.closeDay(period, {}, 'close it')).toEqual(closing);
    expect(await settlement.closeDay(period, { early: true })).toEqual(closing);
    expect((await settlement.get(settlement.operator, `/v1/statements?period=${period}`)).body.data).toHaveLength(3);
  });

  it('makes a statement per party, which is paid when the wallet says so', async () => {
    const { body } = await settlement.get(settlement.operator, `/v1/statements?period=${period}`);
    const brief = body.data!.map(({ partyId, tokens, status, paid }) => [partyId, tokens, status, paid]);
    expect(Object.fromEntries(brief.map(([party, ...rest]) => [party, rest]))).toEqual({
      operator: ['300', 'due', '0'],
      [provider.partyId]: ['600', 'due', '0'],
      [developer.partyId]: ['2100', 'due', '0'],
    });
    for (const statement of body.data!) await pay(statement);
    await settlement.until(async () => {
      const { data } = (await settlement.get(settlement.operator, `/v1/statements?period=${period}`)).body;
      return data!.every(({ status, paid, tokens }) => status === 'paid' && paid === tokens);
    });
    const lines = [{ role: 'provider', tokens: '600', uses: 2 }];
    const own = await settlement.get(provider, '/v1/statements');
    expect(own.body.data).toEqual([
      expect.objectContaining({ lines, carriedIn: '0', carriedOut: '0', status: 'paid' }),
    ]);
  });

  it('reconciles with the wallet’s escrow to the last µAIT', async () => {
    await settlement.until(async () => (await reconciliationOf(period)).pending.payments === 0);
    const sums = {
      charged: '3000',
      accrued: '3000',
      statements: '3000',
      released: '3000',
      pending: '0',
      difference: '0',
    };
    expect(await reconciliationOf(period)).toEqual({
      period,
      lanes: [{ walletLane: await laneOfWallet(), ...sums }],
      pending: { charges: 0, payments: 0 },
      breaks: [],
      balanced: true,
    });
  });

  it('gives later usage to the next day, and says so', async () => {
    const { usageId } = await use({ day: period, tokens: 10n });
    const late = { period: daysAgo(2), lateFor: period };
    expect(await accrualsOf(usageId)).toEqual(Array.from({ length: 3 }, () => expect.objectContaining(late)));
    expect((await settlement.closed(period))['uses']).toBe(2);
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

describe('an app that sells below its cost', () => {
  it('leaves its developer owing, which the operator advances and gets back from what the developer earns next', async () => {
    const [first, second] = [daysAgo(10), daysAgo(9)];
    await use({ day: first, tokens: 1000n, cost: 950n });
    await settlement.closeDay(first);
    await settlement.closed(first);
    const statements = async (period: string) => {
      const { data } = (await settlement.get(settlement.operator, `/v1/statements?period=${period}`)).body;
      return Object.fromEntries(
        data!.map((row) => [row['partyId'], [row['carriedIn'], row['tokens'], row['carriedOut']]]),
      );
    };
    expect(await statements(first)).toEqual({
      operator: ['0', '50', '50'],
      [provider.partyId]: ['0', '950', '0'],
      [developer.partyId]: ['0', '0', '-50'],
    });
    await use({ day: second, tokens: 1000n, cost: 0n });
    await settlement.closeDay(second);
    await settlement.closed(second);
    expect(await statements(second)).toEqual({
      operator: ['50', '150', '0'],
      [provider.partyId]: ['0', '0', '0'],
      [developer.partyId]: ['-50', '850', '0'],
    });
  });
});

describe('reconciliation', () => {
  const day = daysAgo(20);
  const breaksOf = async (period: string) => (await reconciliationOf(period)).breaks;

  it('takes what is under way for pending, not broken', async () => {
    const charged = await charge({ day, tokens: 77n });
    await settlement.until(async () => (await reconciliationOf(today())).pending.charges === 1);
    expect(await reconciliationOf(today())).toMatchObject({
      balanced: true,
      lanes: [expect.objectContaining({ charged: '77', accrued: '0', pending: '77', difference: '0' })],
    });
    await bill(charged);
    await settlement.until(async () => (await accrualsOf(charged.usageId)).length > 0);
    expect(await reconciliationOf(today())).toMatchObject({ pending: { charges: 0 }, balanced: true });
  });

  it('names what does not fit, down to the events', async () => {
    const wrong = await charge({ day, tokens: 500n });
    await bill({ ...wrong, tokens: 501n });
    const unheard = {
      ...wrong.charged,
      id: `wallet/${wrong.charged.lane}/1`,
    };
    const invented = { ...wrong, usageId: newId('usg'), charged: unheard };
    await bill(invented);
    await settlement.until(async () => (await accrualsOf(invented.usageId)).length > 0);
    expect(await settlement.until(async () => (await breaksOf(day)).length === 2 && breaksOf(day))).toEqual(
      [
        {
          ...{ kind: 'amount-differs', walletLane: wrong.charged.lane, expected: '501', found: '500' },
          ...{ usageId: wrong.usageId, events: [expect.stringMatching(/^settlement\//), wrong.charged.id] },
        },
        {
          ...{ kind: 'accrual-without-charge', walletLane: wrong.charged.lane, expected: '500' },
          ...{ usageId: invented.usageId, events: [expect.stringMatching(/^settlement\//)] },
        },
      ].sort((a, b) => (a.usageId < b.usageId ? -1 : 1)),
    );
    expect(await reconciliationOf(day)).toMatchObject({ balanced: false });
  });

  it('names payments that nobody stated, and payments that the wallet refused', async () => {
    const period = daysAgo(30);
    const payment = paymentOf(newId('stm'), provider.partyId, period, 5n);
    const lane = await laneOfWallet();
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
    const pool = poolOf(settlement.instance(DataSource));
    const { catalogue, projections } = definition;
    const before = await digestOf(
      pool,
      projections.flatMap(({ tables }) => tables),
    );
    const { digests } = await rebuildProjections({ pool, catalogue, projections });
    expect(digests).toEqual(before);
    await use({ day: daysAgo(40), tokens: 5n });
  });
});
