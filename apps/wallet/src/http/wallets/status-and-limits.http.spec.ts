import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Reaction } from '@tokengrid/event-bus';
import { newId } from '@tokengrid/service';
import { use } from '../../decisions/examples.fixture.ts';
import { WhenPartySuspendedOrPartyReinstatedFreezeWalletOrUnfreezeWallet } from '../../policies/when-party-suspended-or-party-reinstated-freeze-wallet-or-unfreeze-wallet.ts';
import { ChargingRatedUses } from '../../flows/charging-rated-uses.ts';
import type { Caller, RunningWallet } from '../../testing/run-wallet.ts';
import { runWallet } from '../../testing/run-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

const hold = (tokens: string) => ({ tokens, expiresInSeconds: 600, reason: 'a use' });
const operate = (who: Caller, action: string, body?: unknown) =>
  wallet.call(wallet.operator, 'POST', `/v1/wallets/${who.walletId}/${action}`, body);
const limit = (who: Caller, body: unknown) => wallet.call(who, 'PUT', `/v1/wallets/${who.walletId}/limits`, body);
const setMember = (as: Caller, of: Caller, memberId: string, caps: object) =>
  wallet.call(as, 'PUT', `/v1/wallets/${of.walletId}/members/${memberId}`, caps);
const statusOf = async (who: Caller) => (await wallet.get(who, `/v1/wallets/${who.walletId}`)).body['status'];

async function funded(tokens: string): Promise<Caller> {
  const party = await wallet.party();
  expect(await wallet.buy(party, tokens)).toMatchObject({ status: 201 });
  return party;
}

let told = 0;
/** Delivers another service's event to its policy. */
function tell<Data>(type: string, data: Data) {
  const sequence = ++told;
  const id = `outside/0/${sequence}`;
  const event = {
    ...{ id, service: 'outside', lane: 0, sequence, streamId: 'outside', revision: sequence, time: Date.now() },
    ...{ commandId: id, causationId: id, correlationId: id, actor: 'spec', type, data },
  };
  return [event as never, new Reaction(`spec-${type}`, event as never)] as const;
}

describe('a frozen wallet', () => {
  it('lets nothing out, and in what comes, until it is unfrozen', async () => {
    const party = await funded('100');
    expect(await operate(party, 'freeze', { reason: 'a stolen phone' })).toEqual({
      status: 200,
      body: { walletId: party.walletId, status: 'frozen', reason: 'a stolen phone' },
    });
    const refused = { status: 409, body: { code: 'WALLET.FROZEN' } };
    expect(await wallet.post(party, 'holds', hold('1'))).toMatchObject(refused);
    expect(await wallet.buy(party, '1')).toMatchObject(refused);
    expect(await wallet.post(party, 'sales', { tokens: '1' })).toMatchObject(refused);
    expect(await wallet.grant(party, { tokens: '5' })).toMatchObject({ status: 201 });
    expect(await statusOf(party)).toBe('frozen');
    expect(await operate(party, 'unfreeze')).toMatchObject({ status: 200, body: { status: 'open' } });
    expect(await wallet.post(party, 'holds', hold('105'))).toMatchObject({ status: 201 });
  });

  it("is the operator's to freeze", async () => {
    const party = await wallet.party();
    expect(await wallet.post(party, 'freeze', {})).toMatchObject({ status: 403 });
    expect(await operate({ ...party, walletId: 'wal_nobody' }, 'freeze')).toMatchObject({ status: 404 });
  });

  it("follows the suspension of its party, beside the operator's own freeze", async () => {
    const party = await funded('10');
    const { partyId } = party;
    const following = wallet.instance(WhenPartySuspendedOrPartyReinstatedFreezeWalletOrUnfreezeWallet);
    await following.follow(...tell('PartySuspended', { partyId }));
    expect(await statusOf(party)).toBe('frozen');
    await operate(party, 'freeze');
    await following.follow(...tell('PartyReinstated', { partyId }));
    expect(await statusOf(party)).toBe('frozen');
    await operate(party, 'unfreeze');
    expect(await statusOf(party)).toBe('open');
  });

  it('was open at the time before', async () => {
    const party = await wallet.party();
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}`);
    expect(body['status']).toBe('open');
    const before = new Date(Date.now()).toISOString();
    while (Date.now() <= Date.parse(before));
    await operate(party, 'freeze');
    const path = `/v1/wallets/${party.walletId}?at=${before}`;
    expect(await wallet.get(party, path)).toMatchObject({ status: 200, body: { status: 'open' } });
  });
});

describe('a closed wallet', () => {
  it('was empty, and lets what is sent to it go back', async () => {
    const [party, sender] = [await funded('10'), await funded('10')];
    expect(await operate(party, 'close')).toMatchObject({
      status: 409,
      body: { code: 'WALLET.NOT_EMPTY', available: '10', held: '0' },
    });
    await wallet.post(party, 'sales', { tokens: '10' });
    expect(await operate(party, 'close')).toMatchObject({ status: 200, body: { status: 'closed' } });
    expect(await wallet.buy(party, '1')).toMatchObject({ status: 409, body: { code: 'WALLET.CLOSED' } });
    expect(await wallet.grant(party, { tokens: '1' })).toMatchObject({ status: 409, body: { code: 'WALLET.CLOSED' } });
    expect(await wallet.post(sender, 'transfers', { toWalletId: party.walletId, tokens: '4' })).toMatchObject({
      status: 201,
    });
  });
});

describe('a wallet that was closed', () => {
  it('is opened again by the operator', async () => {
    const party = await wallet.party();
    const notClosed = { status: 409, body: { code: 'WALLET.NOT_CLOSED' } };
    expect(await operate(party, 'reopen')).toMatchObject(notClosed);
    await operate(party, 'close');
    expect(await wallet.post(party, 'reopen', undefined)).toMatchObject({ status: 403 });
    expect(await operate(party, 'reopen')).toEqual({ status: 200, body: { walletId: party.walletId, status: 'open' } });
    expect([await statusOf(party), (await wallet.buy(party, '1')).status]).toEqual(['open', 201]);
    expect(await operate(party, 'reopen')).toMatchObject(notClosed);
  });

  it('is still frozen when it is opened again, where it was before', async () => {
    const party = await wallet.party();
    await operate(party, 'freeze', { reason: 'a stolen phone' });
    await operate(party, 'close');
    expect(await operate(party, 'reopen')).toMatchObject({ status: 200, body: { status: 'frozen' } });
    expect(await wallet.buy(party, '1')).toMatchObject({ status: 409, body: { code: 'WALLET.FROZEN' } });
  });
});

describe('limits', () => {
  it('hold for holds and transfers, and say what is left', async () => {
    const [party, other] = [await funded('1000'), await wallet.party()];
    expect(await limit(party, { daily: '100', monthly: '150', alertsAt: [25, 40] })).toEqual({
      status: 200,
      body: { walletId: party.walletId, daily: '100', monthly: '150', alertsAt: [25, 40] },
    });
    expect(await wallet.post(party, 'holds', hold('60'))).toMatchObject({ status: 201 });
    expect(await wallet.post(party, 'transfers', { toWalletId: other.walletId, tokens: '41' })).toMatchObject({
      status: 409,
      body: { code: 'WALLET.LIMIT_EXCEEDED', limit: 'daily', available: '40', required: '41' },
    });
    expect(await wallet.post(party, 'transfers', { toWalletId: other.walletId, tokens: '40' })).toMatchObject({
      status: 201,
    });
    expect(await wallet.get(party, `/v1/wallets/${party.walletId}/limits`)).toMatchObject({
      status: 200,
      body: {
        ...{ daily: '100', monthly: '150', alertsAt: [25, 40], spentToday: '40', spentThisMonth: '40', held: '60' },
        reached: [
          { window: 'day', percent: 25 },
          { window: 'day', percent: 40 },
          { window: 'month', percent: 25 },
        ],
      },
    });
    expect(await limit(party, {})).toMatchObject({ status: 200, body: { alertsAt: [] } });
    expect(await wallet.post(party, 'holds', hold('800'))).toMatchObject({ status: 201 });
  });

  it.each([
    ['a percentage above 100', { alertsAt: [101] }, '/alertsAt/0'],
    ['a float', { daily: '1.5' }, '/daily'],
    ['nothing a day', { daily: '0' }, '/daily'],
    ['what is not known', { weekly: '1' }, '/weekly'],
  ])('are not set with %s', async (_, body, pointer) => {
    const party = await wallet.party();
    const { status, body: problem } = await limit(party, body);
    expect([status, problem['code']]).toEqual([400, 'INVALID_ARGUMENT']);
    expect(problem['errors']).toContainEqual({ pointer, detail: expect.any(String) });
  });

  it("are nobody else's to set or see", async () => {
    const [party, other] = [await wallet.party(), await wallet.party()];
    expect(await limit({ ...other, walletId: party.walletId }, {})).toMatchObject({ status: 404 });
    expect(await wallet.get(other, `/v1/wallets/${party.walletId}/limits`)).toMatchObject({ status: 404 });
  });
});

describe('a shared wallet', () => {
  const spend = (as: Caller, of: Caller, tokens: string) =>
    wallet.call(as, 'POST', `/v1/wallets/${of.walletId}/holds`, hold(tokens));

  it('is spent from by members, each under a cap of its own', async () => {
    const [family, child, stranger] = [await funded('1000'), await wallet.party(), await wallet.party()];
    expect(await spend(child, family, '1')).toMatchObject({ status: 404 });
    expect(await setMember(family, family, child.partyId, { daily: '50' })).toMatchObject({ status: 403 });
    expect(await setMember(wallet.operator, family, child.partyId, { daily: '50' })).toEqual({
      status: 200,
      body: { walletId: family.walletId, memberId: child.partyId, daily: '50' },
    });
    const placed = await spend(child, family, '50');
    expect(placed).toMatchObject({ status: 201 });
    expect(await spend(child, family, '1')).toMatchObject({
      status: 409,
      body: { code: 'WALLET.LIMIT_EXCEEDED', limit: 'member-daily', available: '0', required: '1' },
    });
    expect(await spend(family, family, '500')).toMatchObject({ status: 201 });
    expect(await spend(stranger, family, '1')).toMatchObject({ status: 404 });
    expect(await wallet.get(child, `/v1/wallets/${family.walletId}`)).toMatchObject({ status: 200 });
    const capture = `/v1/holds/${placed.body['holdId'] as string}/captures`;
    expect(await wallet.call(stranger, 'POST', capture, { tokens: '1', final: false })).toMatchObject({ status: 404 });
    expect(await wallet.call(child, 'POST', capture, { tokens: '20', final: true })).toMatchObject({ status: 201 });
    const members = await wallet.get(family, `/v1/wallets/${family.walletId}/members`);
    expect(members.body['data']).toEqual([
      {
        memberId: child.partyId,
        suspended: false,
        daily: '50',
        spentToday: '20',
        spentThisMonth: '20',
        spentInAll: '20',
        held: '0',
      },
    ]);
    const path = `/v1/wallets/${family.walletId}/members/${child.partyId}`;
    expect(await wallet.call(family, 'DELETE', path)).toMatchObject({ status: 200, body: { status: 'removed' } });
    expect(await wallet.call(family, 'DELETE', path)).toMatchObject({ status: 404 });
    expect(await spend(child, family, '1')).toMatchObject({ status: 404 });
  });

  it('pays for what its members use, once, whatever becomes of the membership', async () => {
    const [family, child] = [await funded('100'), await funded('100')];
    await setMember(wallet.operator, family, child.partyId, {});
    const [used] = tell('UsageRated', {
      partyId: child.partyId,
      uses: [{ ...use(30n, { usageId: newId('usg'), chargeId: newId('chg') }), reportedBy: 'operator' }],
    });
    const charge = () => wallet.instance(ChargingRatedUses).charge(used, new Reaction('spec-charge', used));
    const [outcome] = [await charge()].flat();
    expect(await wallet.availableOf(family)).toBe('70');
    await wallet.call(family, 'DELETE', `/v1/wallets/${family.walletId}/members/${child.partyId}`);
    const [again] = [await charge()].flat();
    expect(again?.events).toEqual(outcome?.events);
    expect(again?.repeated).toBe(true);
    expect([await wallet.availableOf(family), await wallet.availableOf(child)]).toEqual(['70', '100']);
  });
});
