import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyBudget } from '@tokengrid/contracts';
import { newId, poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { mostKeys } from '../decisions/state/spending.ts';
import { Lanes } from '../streams/lanes.ts';
import type { Caller, RunningWallet } from '../testing/run-wallet.ts';
import { runWallet } from '../testing/run-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

async function funded(): Promise<Caller> {
  const party = await wallet.party();
  expect(await wallet.buy(party, '1000000')).toMatchObject({ status: 201 });
  return party;
}

/** A key with a budget, and one that was minted from it. */
function budgeted(owner: Caller, budget: KeyBudget) {
  const keyId = newId('key');
  const line = [{ keyId, budget }];
  return {
    keyId,
    minted: wallet.key(owner, [keyId], undefined, line),
    sibling: wallet.key(owner, [keyId], undefined, line),
  };
}

const send = (from: Caller, to: Caller, tokens: string) =>
  wallet.post(from, 'transfers', { toWalletId: to.walletId, tokens });
const exceeded = (limit: string, available: string) => ({
  status: 409,
  body: { code: 'WALLET.LIMIT_EXCEEDED', limit, available },
});
const pool = () => {
  const opened = poolOf(wallet.instance(DataSource));
  return { query: (sql: string, values: readonly unknown[]) => opened.query(sql, [...values]) };
};
const members = async (owner: Caller) =>
  (await wallet.call(owner, 'GET', `/v1/wallets/${owner.walletId}/members`)).body['data'];

describe('the budget of a key', () => {
  it('binds all keys of its line from their first request on, in all', async () => {
    const [owner, other] = [await funded(), await funded()];
    const { keyId, minted, sibling } = budgeted(owner, { total: 100n });
    expect(await send(minted, other, '101')).toMatchObject(exceeded('member-total', '100'));
    expect(await send(minted, other, '60')).toMatchObject({ status: 201 });
    expect(await send(sibling, other, '41')).toMatchObject(exceeded('member-total', '40'));
    expect(await send(sibling, other, '40')).toMatchObject({ status: 201 });
    expect(await send(minted, other, '1')).toMatchObject(exceeded('member-total', '0'));
    expect(await send(owner, other, '1')).toMatchObject({ status: 201 });
    expect(await members(owner)).toMatchObject([{ memberId: keyId, total: '100', spentInAll: '100' }]);
  });

  it('holds however many requests come at once', async () => {
    const [owner, other] = [await funded(), await funded()];
    const { minted } = budgeted(owner, { daily: 10n });
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(minted, other, '1')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(90);
  });

  it("can't be raised by the key itself, and stays as its owner changes it", async () => {
    const [owner, other] = [await funded(), await funded()];
    const { keyId, minted } = budgeted(owner, { monthly: 5n });
    const raise = (by: Caller) =>
      wallet.call(by, 'PUT', `/v1/wallets/${owner.walletId}/members/${keyId}`, { monthly: '7' });
    expect(await raise(minted)).toMatchObject({ status: 403 });
    expect(await raise(owner)).toMatchObject({ status: 200 });
    expect(await send(minted, other, '8')).toMatchObject(exceeded('member-monthly', '7'));
    expect(await send(minted, other, '7')).toMatchObject({ status: 201 });
  });

  it('has room among a thousand keys once one under which nothing is spent any more has ended', async () => {
    const [owner, other] = [await funded(), await funded()];
    const keyIds = Array.from({ length: mostKeys }, () => newId('key')).sort();
    await Promise.all(
      keyIds.map((keyId) =>
        wallet.call(owner, 'PUT', `/v1/wallets/${owner.walletId}/members/${keyId}`, { daily: '1' }),
      ),
    );
    const { minted } = budgeted(owner, { daily: 5n });
    expect(await send(minted, other, '1')).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
    const [rotated, minter, waited, ended, later] = keyIds as [string, string, string, string, string];
    const { query } = pool();
    const insert = (keyId: string, revoked: boolean, origin: { succeeds?: string; mintedBy?: string } = {}) =>
      query(
        `insert into api_keys (key_id, party_id, party_kind, secret_hash, scopes, rights, revoked, succeeds, minted_by, budget)
         values ($1, 'org_1', 'developer', convert_to($1, 'UTF8'), '{}', '{}', $2, $3, $4, '{"daily":"1"}')`,
        [keyId, revoked, origin.succeeds, origin.mintedBy],
      );
    await insert(rotated, true);
    await insert(newId('key'), false, { succeeds: rotated });
    await insert(minter, true);
    await insert(newId('key'), false, { mintedBy: minter });
    const ofWaited = newId('key');
    await insert(waited, true);
    await insert(ofWaited, true, { mintedBy: waited });
    await query(
      `insert into waiting_uses (lane, usage_id, wallet_id, since, charge_id, party_id, key_id, tokens)
       values ($1, 'usg_1', $2, 1, 'chg_1', $3, $4, 1)`,
      [wallet.instance(Lanes).of(owner.walletId), owner.walletId, owner.partyId, ofWaited],
    );
    expect(await send(minted, other, '1')).toMatchObject({ status: 403 });
    for (const keyId of [ended, later]) await insert(keyId, true);
    expect(await send(minted, other, '6')).toMatchObject(exceeded('member-daily', '5'));
    expect(await send(minted, other, '5')).toMatchObject({ status: 201 });
    const ids = ((await members(owner)) as { memberId: string }[]).map(({ memberId }) => memberId);
    expect(keyIds.filter((keyId) => !ids.includes(keyId))).toEqual([ended]);
    expect(ids).toHaveLength(mostKeys);
  });
});
