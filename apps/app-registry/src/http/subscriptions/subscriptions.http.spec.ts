import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { feeUsageId, subscriptionSource } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import { RenewingSubscriptions } from '../../flows/renewing-subscriptions.ts';
import { WhenWalletChargedSettleFee } from '../../policies/when-wallet-charged-settle-fee.ts';
import { DueSubscriptions } from '../../projections/due-subscriptions.ts';
import { type Caller, runAppRegistry, type RunningAppRegistry } from '../../testing/run-app-registry.ts';

const dayMs = 24 * 60 * 60 * 1000;
let registry: RunningAppRegistry;
let developer: Caller;
let path: string;
beforeAll(async () => {
  registry = await runAppRegistry();
  developer = registry.party('developer');
  const { body } = await registry.post(developer, '/v1/apps', {
    slug: `fees-${randomUUID().slice(0, 8)}`,
    name: 'Fees',
  });
  path = `/v1/apps/${String(body['appId'])}`;
  await publish(path, 1, [
    { id: 'monthly', name: 'Monthly', monthlyFee: '31000', prices: [] },
    { id: 'trial', name: 'Trial', monthlyFee: '31000', trialDays: 10, prices: [] },
    { id: 'team', name: 'Team', monthlyFee: '31000', seatFee: '62000', prices: [] },
    { id: 'free', name: 'Free', prices: [] },
  ]);
}, 120_000);
afterAll(() => registry.close(), 60_000);

async function publish(at: string, version: number, plans: readonly object[]): Promise<void> {
  await registry.post(developer, `${at}/versions`, {
    endpoint: 'https://app.example.com',
    description: 'Answers questions.',
    meters: [],
    plans,
    scopes: ['wallet:balances:read'],
    dataUse: ['balances, to warn'],
    revenueShare: { operatorBps: 1000 },
  });
  for (const step of ['submit', 'approve', 'publish'])
    await registry.post(step === 'approve' ? registry.operator : developer, `${at}/versions/${version}/${step}`);
}

const subscribe = async (who: Caller, planId: string, more: object = {}) =>
  (await registry.post(who, `${path}/subscriptions`, { planId, ...more })).body as Record<string, string>;
const get = async (who: Caller, subscriptionId: string | undefined) =>
  (await registry.get(who, `/v1/subscriptions/${subscriptionId}`)).body;
/** Whether a use is the last fee of a subscription. */
const isFee = async (subscriptionId: string, from: string) =>
  (await registry.instance(DueSubscriptions).feesOf([feeUsageId(subscriptionId, from)])).length === 1;

describe('a subscription with a fee', () => {
  it('owes it from its start, and each month, once', async () => {
    const who = registry.party('subscriber');
    const { subscriptionId, from } = await subscribe(who, 'monthly');
    expect(await isFee(subscriptionId!, from!)).toBe(true);
    const renewing = registry.instance(RenewingSubscriptions);
    await renewing.renewDue();
    expect(await isFee(subscriptionId!, from!)).toBe(true);
  });

  it('owes it from the end of its trial on', async () => {
    const who = registry.party('subscriber');
    const { subscriptionId, trialUntil } = await subscribe(who, 'trial');
    await registry.instance(RenewingSubscriptions).renewDue();
    expect(await isFee(subscriptionId!, trialUntil!)).toBe(false);
    expect(await registry.instance(DueSubscriptions).dueAt(Date.now() + 11 * dayMs, '', 1000)).toContainEqual(
      expect.objectContaining({
        subscriptionId,
        fee: {
          from: Date.parse(trialUntil!),
          terms: { version: 1, monthlyFee: 31_000n, seatFee: 0n, operatorBps: 1000 },
        },
      }),
    );
  });

  it('owes it from the month on in which its plan has one, by a version that came later', async () => {
    const slug = `later-${randomUUID().slice(0, 8)}`;
    const { body } = await registry.post(developer, '/v1/apps', { slug, name: 'Later' });
    const at = `/v1/apps/${String(body['appId'])}`;
    await publish(at, 1, [{ id: 'p', name: 'P', prices: [] }]);
    const who = registry.party('subscriber');
    const { subscriptionId, from } = (await registry.post(who, `${at}/subscriptions`, { planId: 'p' })).body;
    await publish(at, 2, [{ id: 'p', name: 'P', monthlyFee: '700', prices: [] }]);
    const dueOf = async (days: number) => {
      const due = await registry.instance(DueSubscriptions).dueAt(Date.now() + days * dayMs, '', 1000);
      return due.find((each) => each.subscriptionId === subscriptionId)?.fee;
    };
    expect(await dueOf(27)).toBeUndefined();
    const fee = await dueOf(100);
    expect(fee).toMatchObject({ terms: { version: 2, monthlyFee: 700n } });
    // Of the first month that began after the notice of 30 days.
    const daysAfter = (fee!.from - Date.parse(from as string)) / dayMs;
    expect(daysAfter >= 28 && daysAfter <= 62 && Number.isInteger(daysAfter)).toBe(true);
  });

  it('is not due without a fee, and not after its end', async () => {
    const who = registry.party('subscriber');
    const { subscriptionId } = await subscribe(who, 'trial');
    await registry.call(who, 'DELETE', `/v1/subscriptions/${subscriptionId}`);
    const due = await registry.instance(DueSubscriptions).dueAt(Date.now() + 100 * dayMs, '', 1000);
    expect(due.filter((each) => each.subscriptionId === subscriptionId)).toEqual([]);
  });
});

describe("the wallet's answer to a fee", () => {
  /** Types of the events to which an answer of the wallet leads. */
  const answered = async (sequence: number, data: object): Promise<readonly string[]> => {
    const event = { service: 'wallet', lane: 0, sequence, type: 'WalletCharged', correlationId: 'spec', actor: 'spec' };
    const policy = registry.instance(WhenWalletChargedSettleFee);
    const outcomes = await policy.settleFees({ data } as never, new Reaction('spec', event));
    return outcomes.flatMap(({ events }) => events.map(({ type }) => type));
  };
  const paid = (usageId: string) => ({ uses: [{ usageId, source: subscriptionSource }], refused: [] });
  const refused = (usageId: string) => ({ uses: [], refused: [{ usageId, code: 'WALLET.INSUFFICIENT_TOKENS' }] });
  const feeOf = async (who: Caller) => {
    const { subscriptionId, from } = await subscribe(who, 'monthly');
    return { subscriptionId, usageId: feeUsageId(subscriptionId!, from!) };
  };

  it('leads to no event where it pays at once', async () => {
    const { usageId } = await feeOf(registry.party('subscriber'));
    expect(await answered(1, paid(usageId))).toEqual([]);
  });

  it('is taken after an earlier one that is read together with it', async () => {
    const who = registry.party('subscriber');
    const { subscriptionId, usageId } = await feeOf(who);
    const events = await Promise.all([answered(2, refused(usageId)), answered(3, paid(usageId))]);
    expect(events).toEqual([['SubscriptionUnpaid'], ['SubscriptionPaid']]);
    expect(await get(who, subscriptionId)).toMatchObject({ status: 'active' });
  });
});

describe('a subscription to a plan with seats', () => {
  const setSeats = (who: Caller, subscriptionId: string | undefined, seats: unknown) =>
    registry.call(who, 'PUT', `/v1/subscriptions/${subscriptionId}/seats`, { seats });

  it('has one by default, and as many as are set, each for a fee', async () => {
    const who = registry.party('subscriber');
    const { subscriptionId } = await subscribe(who, 'team');
    expect(await get(who, subscriptionId)).toMatchObject({ seats: 1 });
    const more = await setSeats(who, subscriptionId, 3);
    expect(more).toMatchObject({ status: 200, body: { subscriptionId, seats: 3, credit: '0' } });
    // Two seats, less the moment since the start.
    expect(BigInt(more.body['fee'] as string)).toBeGreaterThan(123_000n);
    expect(BigInt(more.body['fee'] as string)).toBeLessThanOrEqual(124_000n);
    expect(await isFee(subscriptionId!, more.body['from'] as string)).toBe(true);
    const fewer = await setSeats(who, subscriptionId, 2);
    expect(fewer).toMatchObject({ status: 200, body: { seats: 2, fee: '0' } });
    const credit = fewer.body['credit'];
    expect(await get(who, subscriptionId)).toMatchObject({ seats: 2, credit });
    const next = await registry.call(who, 'PUT', `/v1/subscriptions/${subscriptionId}`, { planId: 'team', seats: 4 });
    expect(next).toMatchObject({ status: 409, body: { code: 'APP_REGISTRY.PLAN_UNCHANGED' } });
  });

  it('takes them with it, or leaves them, when the plan is changed', async () => {
    const who = registry.party('subscriber');
    const { subscriptionId } = await subscribe(who, 'team', { seats: 5 });
    const changed = await registry.call(who, 'PUT', `/v1/subscriptions/${subscriptionId}`, { planId: 'monthly' });
    expect(changed).toMatchObject({ status: 201, body: { planId: 'monthly' } });
    const free = await get(who, changed.body['subscriptionId'] as string);
    expect(free).not.toHaveProperty('seats');
    expect(BigInt(free['credit'] as string)).toBeGreaterThan(300_000n);
  });

  it('is refused where there are none, and no number of them', async () => {
    const who = registry.party('subscriber');
    const none = { status: 409, body: { code: 'APP_REGISTRY.PLAN_WITHOUT_SEATS' } };
    expect(await registry.post(who, `${path}/subscriptions`, { planId: 'free', seats: 2 })).toMatchObject(none);
    const { subscriptionId } = await subscribe(who, 'monthly');
    expect(await setSeats(who, subscriptionId, 2)).toMatchObject(none);
    expect(await setSeats(registry.party('subscriber'), subscriptionId, 2)).toMatchObject({ status: 404 });
    for (const seats of [0, -1, 1.5, '2', 100_001]) {
      expect(await setSeats(who, subscriptionId, seats)).toMatchObject({
        ...{ status: 400, body: { errors: [{ pointer: '/seats' }] } },
      });
    }
  });
});

describe('subscriptions to an app', () => {
  it('are listed for its developer, who learns of seats and consent, and for nobody else', async () => {
    const who = registry.party('subscriber');
    const { subscriptionId } = await subscribe(who, 'team', {
      seats: 3,
      consent: { scopes: ['wallet:balances:read'] },
    });
    const list = (by: Caller, query = '') => registry.get(by, `${path}/subscriptions${query}`);
    const { body } = await list(developer, '?limit=1000');
    const listed = (body['data'] as { subscriptionId: string }[]).filter(
      (each) => each.subscriptionId === subscriptionId,
    );
    expect(listed).toMatchObject([
      {
        partyId: who.partyId,
        planId: 'team',
        seats: 3,
        status: 'active',
        consent: { scopes: ['wallet:balances:read'] },
      },
    ]);
    expect(listed[0]).not.toHaveProperty('credit');
    expect((await list(developer, '?limit=1')).body).toMatchObject({ nextCursor: expect.any(String) });
    for (const other of [who, registry.party('developer')]) expect(await list(other)).toMatchObject({ status: 404 });
  });
});

describe('a subscription', () => {
  it('ends with its month, if asked, and runs until then', async () => {
    const who = registry.party('subscriber');
    const { subscriptionId } = await subscribe(who, 'free');
    const end = (at: string) => registry.post(who, `/v1/subscriptions/${subscriptionId}/end`, { at });
    expect(await end('some-day')).toMatchObject({ status: 400 });
    expect(await end('period-end')).toMatchObject({ status: 204 });
    const ending = await get(who, subscriptionId);
    expect(ending).toMatchObject({ status: 'active' });
    expect(Date.parse(ending['until'] as string)).toBeGreaterThan(Date.now() + 27 * dayMs);
    expect(await end('now')).toMatchObject({ status: 204 });
    expect(await get(who, subscriptionId)).toMatchObject({ status: 'ended' });
  });

  it('changes its plan, and is another one then', async () => {
    const who = registry.party('subscriber');
    const { subscriptionId } = await subscribe(who, 'free');
    const change = (planId: string, by = who) =>
      registry.call(by, 'PUT', `/v1/subscriptions/${subscriptionId}`, { planId });
    expect(await change('monthly', registry.party('subscriber'))).toMatchObject({ status: 404 });
    expect(await change('gold')).toMatchObject({ status: 409, body: { code: 'APP_REGISTRY.PLAN_NOT_OFFERED' } });
    expect(await change('free')).toMatchObject({ status: 409, body: { code: 'APP_REGISTRY.PLAN_UNCHANGED' } });
    const next = await change('monthly');
    expect(next).toMatchObject({ status: 201, body: { planId: 'monthly', status: 'active' } });
    expect(await get(who, subscriptionId)).toMatchObject({ status: 'ended', planId: 'free' });
    expect(await get(who, next.body['subscriptionId'] as string)).toMatchObject({ planId: 'monthly' });
  });

  it('records what its party agrees to, of what the app asks for, and forgets it when withdrawn', async () => {
    const who = registry.party('subscriber');
    const agreed = { scopes: ['wallet:balances:read'], dataUse: [] };
    const { subscriptionId } = await subscribe(who, 'free', { consent: agreed });
    const at = `/v1/subscriptions/${subscriptionId}/consent`;
    expect(await get(who, subscriptionId)).toMatchObject({ consent: agreed });
    expect(await registry.call(who, 'PUT', at, { scopes: ['everything'] })).toMatchObject({
      ...{ status: 400, body: { errors: [{ pointer: '/scopes/0' }] } },
    });
    expect(await registry.call(who, 'DELETE', at)).toMatchObject({ status: 200, body: { scopes: [], dataUse: [] } });
    expect(await get(who, subscriptionId)).toMatchObject({ status: 'active', consent: { scopes: [], dataUse: [] } });
    const other = registry.party('subscriber');
    expect(
      await registry.post(other, `${path}/subscriptions`, { planId: 'free', consent: { scopes: ['x'] } }),
    ).toMatchObject({ status: 400, body: { errors: [{ pointer: '/consent/scopes/0' }] } });
  });
});
