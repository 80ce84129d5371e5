import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Reaction } from '@tokengrid/event-bus';
import { WhenMemberSetSuspendMemberOrReinstateMember } from '../policies/when-member-set-suspend-member-or-reinstate-member.ts';
import { WhenPartySuspendedOrPartyReinstatedFreezeWalletOrUnfreezeWallet } from '../policies/when-party-suspended-or-party-reinstated-freeze-wallet-or-unfreeze-wallet.ts';
import type { Answered, Caller, RunningWallet } from '../testing/run-wallet.ts';
import { runWallet } from '../testing/run-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

const denied = { status: 403, body: { code: 'PERMISSION_DENIED' } };
const refused = (code: string, more: object = {}) => ({ status: 409, body: { code, ...more } });
const beyond = (available: string) => refused('WALLET.LIMIT_EXCEEDED', { limit: 'member-daily', available });
const hold = (tokens: string) => ({ tokens, expiresInSeconds: 600, reason: 'a use' });
const membersOf = ({ walletId }: Caller) => `/v1/wallets/${walletId}/members`;
const cap = (as: Caller, of: Caller, memberId: string, daily: string) =>
  wallet.call(as, 'PUT', `${membersOf(of)}/${memberId}`, { daily });
const place = (as: Caller, { walletId }: Caller, tokens: string) =>
  wallet.call(as, 'POST', `/v1/wallets/${walletId}/holds`, hold(tokens));
const capture = (as: Caller, { body }: Answered, tokens: string) =>
  wallet.call(as, 'POST', `/v1/holds/${String(body['holdId'])}/captures`, { tokens, final: false });
const extend = (as: Caller, { body }: Answered, tokens: string) =>
  wallet.call(as, 'POST', `/v1/holds/${String(body['holdId'])}/extend`, { tokens });
const release = (as: Caller, { body }: Answered) =>
  wallet.call(as, 'POST', `/v1/holds/${String(body['holdId'])}/release`);

async function funded(tokens: string): Promise<Caller> {
  const party = await wallet.party();
  expect(await wallet.buy(party, tokens)).toMatchObject({ status: 201 });
  return party;
}

/**
 * An owner with a million, a key of its own with a cap of 10 a day, and a key that this one
 * requested.
 */
async function withCappedKey() {
  const owner = await funded('1000000');
  const capped = wallet.key(owner);
  expect(await cap(owner, owner, capped.keyId, '10')).toMatchObject({ status: 200 });
  return { owner, capped, minted: wallet.key(owner, [capped.keyId]) };
}

let told = 0;
/**
 * Delivers an event of another service, or of the wallet's own, to its policy; again for a repeated
 * sequence.
 */
function tell<Data>(type: string, data: Data, sequence = ++told) {
  const id = `outside/0/${sequence}`;
  const event = {
    ...{ id, service: 'outside', lane: 0, sequence, streamId: 'outside', revision: sequence, time: Date.now() },
    ...{ commandId: id, causationId: id, correlationId: id, actor: 'spec', type, data },
  };
  return [event as never, new Reaction(`spec-${type}`, event as never)] as const;
}
const follow = (type: 'PartySuspended' | 'PartyReinstated', { partyId }: Caller, sequence?: number) =>
  wallet
    .instance(WhenPartySuspendedOrPartyReinstatedFreezeWalletOrUnfreezeWallet)
    .follow(...tell(type, { partyId }, sequence));

describe('a member that was removed', () => {
  it('does nothing more with the hold that it has open, and what the owner captures stays under its cap', async () => {
    const [owner, child] = [await funded('1000000'), await wallet.party()];
    await cap(wallet.operator, owner, child.partyId, '5');
    const placed = await place(child, owner, '5');
    expect(placed.status).toBe(201);
    expect(await wallet.call(owner, 'DELETE', `${membersOf(owner)}/${child.partyId}`)).toMatchObject({ status: 200 });
    const gone = refused('WALLET.NOT_A_MEMBER');
    expect(await capture(child, placed, '900000')).toMatchObject(gone);
    expect(await extend(child, placed, '1')).toMatchObject(gone);
    expect(await release(child, placed)).toMatchObject(gone);
    expect(await wallet.get(child, `/v1/holds/${String(placed.body['holdId'])}`)).toMatchObject({ status: 404 });
    expect(await capture(owner, placed, '900000')).toMatchObject({
      status: 201,
      body: { tokens: '5', shortfall: '899995' },
    });
    expect(await wallet.availableOf(owner)).toBe('999995');
  });
});

describe('a key with a cap', () => {
  it('captures no more than that through the hold of somebody else, as a key that it minted does', async () => {
    const { owner, capped, minted } = await withCappedKey();
    const placed = await place(owner, owner, '11');
    for (const key of [capped, minted]) {
      expect(await capture(key, placed, '900000')).toMatchObject(beyond('10'));
      expect(await extend(key, placed, '900000')).toMatchObject(beyond('10'));
    }
    const small = await place(owner, owner, '1');
    expect(await capture(minted, small, '900000')).toMatchObject({ status: 201, body: { tokens: '10' } });
    expect(await place(capped, owner, '1')).toMatchObject(beyond('0'));
    expect(await capture(owner, placed, '11')).toMatchObject({ status: 201, body: { tokens: '11' } });
  });

  it('gets no more out of the wallet by any other way', async () => {
    const { owner, minted } = await withCappedKey();
    const { walletId: toWalletId } = await wallet.party();
    const voucher = { tokens: '11', shareBps: 10_000, expiresAt: '2040-01-01T00:00:00Z', toWalletId };
    expect(await wallet.post(minted, 'transfers', { toWalletId, tokens: '11' })).toMatchObject(beyond('10'));
    expect(await wallet.post(minted, 'vouchers', voucher)).toMatchObject(beyond('10'));
    expect(await wallet.post(minted, 'sales', { tokens: '11' })).toMatchObject(beyond('10'));
    expect(await wallet.buy(minted, '11')).toMatchObject(beyond('10'));
    const command = {
      idempotencyKey: '1',
      walletId: owner.walletId,
      type: 'transfer',
      body: { toWalletId, tokens: '11' },
    };
    const batch = await wallet.call(minted, 'POST', '/v1/commands:batch', { commands: [command] });
    expect(batch.body['outcomes']).toMatchObject([refused('WALLET.LIMIT_EXCEEDED')]);
    expect(await wallet.post(minted, 'sales', { tokens: '4' })).toMatchObject({ status: 201 });
    expect(await wallet.buy(minted, '5')).toMatchObject({ status: 201 });
    expect(await wallet.post(minted, 'transfers', { toWalletId, tokens: '2' })).toMatchObject(beyond('1'));
  });

  it('changes no caps, limits or policies; other keys of the owner do', async () => {
    const { owner, capped, minted } = await withCappedKey();
    const { walletId } = owner;
    for (const key of [capped, minted]) {
      expect(await cap(key, owner, capped.keyId, '900000')).toMatchObject(denied);
      expect(await cap(key, owner, minted.keyId, '900000')).toMatchObject(denied);
      expect(await wallet.call(key, 'DELETE', `${membersOf(owner)}/${capped.keyId}`)).toMatchObject(denied);
      expect(await wallet.call(key, 'PUT', `/v1/wallets/${walletId}/limits`, {})).toMatchObject(denied);
      const policy = { action: 'bill' };
      expect(await wallet.call(key, 'PUT', `/v1/wallets/${walletId}/exhaustion-policy`, policy)).toMatchObject(denied);
    }
    expect(await cap(owner, owner, capped.keyId, '20')).toMatchObject({ status: 200 });
  });
});

describe('a suspended party', () => {
  it('spends nowhere, also as a member, until it is reinstated', async () => {
    const [owner, child] = [await funded('100'), await wallet.party()];
    await cap(wallet.operator, owner, child.partyId, '50');
    const placed = await place(child, owner, '5');
    await follow('PartySuspended', child);
    const isSuspended = async () => (await wallet.get(owner, membersOf(owner))).body['data'];
    expect(await isSuspended()).toMatchObject([{ memberId: child.partyId, suspended: true }]);
    const barred = refused('WALLET.MEMBER_SUSPENDED');
    expect(await place(child, owner, '1')).toMatchObject(barred);
    expect(await capture(child, placed, '5')).toMatchObject(barred);
    expect(await place(owner, owner, '1')).toMatchObject({ status: 201 });
    await follow('PartyReinstated', child);
    expect(await isSuspended()).toMatchObject([{ memberId: child.partyId, suspended: false }]);
    expect(await capture(child, placed, '5')).toMatchObject({ status: 201 });
  });

  it('is what its last event says, though both are told at once', async () => {
    const [owner, child] = [await funded('100'), await wallet.party()];
    await cap(wallet.operator, owner, child.partyId, '50');
    const turns = ['PartySuspended', 'PartyReinstated', 'PartySuspended', 'PartyReinstated'] as const;
    await Promise.all(turns.map((type) => follow(type, child)));
    expect(await place(child, owner, '1')).toMatchObject({ status: 201 });
    expect((await wallet.get(child, `/v1/wallets/${child.walletId}`)).body['status']).toBe('open');
  });

  it('stays so in a wallet that it has joined since, though what was before is told once more', async () => {
    const [owner, child] = [await funded('100'), await wallet.party()];
    const before = ['PartySuspended', 'PartyReinstated'] as const;
    const first = told + 1;
    for (const type of before) await follow(type, child);
    await cap(wallet.operator, owner, child.partyId, '50');
    await follow('PartySuspended', child);
    for (const [index, type] of before.entries()) await follow(type, child, first + index);
    expect(await place(child, owner, '1')).toMatchObject(refused('WALLET.MEMBER_SUSPENDED'));
    expect((await wallet.get(child, `/v1/wallets/${child.walletId}`)).body['status']).toBe('frozen');
  });

  it('is told wherever it spends, though who told its own wallet had no time for more', async () => {
    const [owner, child] = [await funded('100'), await wallet.party()];
    await cap(wallet.operator, owner, child.partyId, '50');
    const [event, reaction] = tell('PartySuspended', { partyId: child.partyId });
    const outcomes = await wallet
      .instance(WhenPartySuspendedOrPartyReinstatedFreezeWalletOrUnfreezeWallet)
      .follow(event, reaction);
    // An event counts as done if the command with its own id is stored: none of several may have
    // that id.
    const ids = outcomes.map(({ commandId }) => commandId);
    expect(ids).toHaveLength(2);
    expect(ids).not.toContain(tell('PartySuspended', {}, told)[1].to('', {}).id);
  });

  it('is suspended where it becomes a member meanwhile', async () => {
    const [owner, child] = [await funded('100'), await wallet.party()];
    await follow('PartySuspended', child);
    await cap(wallet.operator, owner, child.partyId, '50');
    const became = { walletId: owner.walletId, memberId: child.partyId };
    await wallet.instance(WhenMemberSetSuspendMemberOrReinstateMember).suspend(...tell('MemberSet', became));
    expect(await place(child, owner, '1')).toMatchObject(refused('WALLET.MEMBER_SUSPENDED'));
    await follow('PartyReinstated', child);
    await wallet.instance(WhenMemberSetSuspendMemberOrReinstateMember).suspend(...tell('MemberSet', became));
    expect(await place(child, owner, '1')).toMatchObject({ status: 201 });
  });

  it('is suspended no more where it comes back, its hold open, after it was reinstated elsewhere', async () => {
    const [owner, child] = [await funded('100'), await wallet.party()];
    await cap(wallet.operator, owner, child.partyId, '50');
    expect(await place(child, owner, '5')).toMatchObject({ status: 201 });
    await follow('PartySuspended', child);
    await wallet.call(wallet.operator, 'DELETE', `${membersOf(owner)}/${child.partyId}`);
    await follow('PartyReinstated', child);
    await cap(wallet.operator, owner, child.partyId, '50');
    const became = { walletId: owner.walletId, memberId: child.partyId };
    await wallet.instance(WhenMemberSetSuspendMemberOrReinstateMember).suspend(...tell('MemberSet', became));
    expect(await place(child, owner, '1')).toMatchObject({ status: 201 });
  });
});

describe('who proposes', () => {
  it('does not approve it, neither with a key that it minted nor with the one that minted it; a sibling does', async () => {
    const own = { partyId: 'operator', walletId: '' };
    const ann = wallet.key(own, ['bootstrap'], ['*']);
    const anns = wallet.key(own, [ann.keyId, 'bootstrap'], ['*']);
    const bob = wallet.key(own, ['bootstrap'], ['*']);
    const open = { sending: { allowed: true }, selling: { allowed: true } };
    await wallet.put('/v1/market-policy', { ...open, approvals: { grantsAbove: '10' } });
    const party = await wallet.party();
    const grant = { tokens: '11', source: 'plan', transferable: true };
    const proposed = await wallet.call(ann, 'POST', `/v1/wallets/${party.walletId}/grants`, grant);
    expect(proposed).toMatchObject({ status: 201, body: { status: 'awaiting-approval' } });
    const approve = (as: Caller) =>
      wallet.call(as, 'POST', `/v1/approvals/${String(proposed.body['approvalId'])}/approve`);
    for (const same of [ann, anns, wallet.operator]) {
      expect(await approve(same)).toMatchObject(refused('WALLET.SAME_PRINCIPAL'));
    }
    expect(await approve(bob)).toMatchObject({ status: 200 });
    expect(await wallet.availableOf(party)).toBe('11');
  });
});
