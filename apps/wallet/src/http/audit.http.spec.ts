import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scopes } from '@tokengrid/service';
import { type Caller, type RunningWallet, runWallet } from '../testing/run-wallet.ts';

let wallet: RunningWallet;
let owner: Caller & { readonly keyId: string };
let other: Caller & { readonly keyId: string };

const ofKey = ({ partyId, keyId }: Caller & { readonly keyId: string }) => ({
  ...{ party: partyId, person: keyId, key: null, onBehalfOf: null },
});
const theOperator = { party: 'operator', person: null, key: null, onBehalfOf: null };
const nobodyKnown = { party: null, person: null, key: null, onBehalfOf: null };

beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
  [owner, other] = [wallet.key(await wallet.party()), wallet.key(await wallet.party())];
  expect(await wallet.buy(owner, '5000000')).toMatchObject({ status: 201 });
  expect(await wallet.grant(owner, { tokens: '7' })).toMatchObject({ status: 201 });
  expect(await wallet.post(owner, 'transfers', { toWalletId: other.walletId, tokens: '3' })).toMatchObject({
    status: 201,
  });
  expect(await wallet.buy(other, '1000000')).toMatchObject({ status: 201 });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

const audit = async (who: Caller, query = '') => (await wallet.get(who, `/v1/audit${query}`)).body;
const acts = async (who: Caller, query = '') =>
  (await audit(who, query)).data!.map(({ type, object, actor }) => [type, object, actor]);

describe('the audit of a party', () => {
  it('has what its keys did and what was done to it, the latest first, of others the operator alone', async () => {
    expect(await acts(owner)).toEqual([
      ['TokensSent', owner.walletId, ofKey(owner)],
      ['TokensGranted', owner.walletId, theOperator],
      ['TokensPurchased', owner.walletId, ofKey(owner)],
      ['WalletOpened', owner.walletId, nobodyKnown],
    ]);
  });

  it('has nothing of others, whoever and whatever is asked for', async () => {
    expect(await acts(other)).toEqual([
      ['TokensPurchased', other.walletId, ofKey(other)],
      ['WalletOpened', other.walletId, nobodyKnown],
    ]);
    for (const query of [`?object=${owner.walletId}`, `?party=${owner.partyId}`, `?person=${owner.keyId}`])
      expect(await audit(other, query)).toEqual({ data: [], nextCursor: null });
    expect(await audit(other, `?party=${owner.partyId}&person=${other.keyId}`)).toMatchObject({ data: [] });
  });

  it('can be asked by party, person, object and time, page by page', async () => {
    expect(await acts(owner, '?party=operator')).toEqual([['TokensGranted', owner.walletId, theOperator]]);
    const own = [
      ['TokensSent', owner.walletId, ofKey(owner)],
      ['TokensPurchased', owner.walletId, ofKey(owner)],
    ];
    expect(await acts(owner, `?person=${owner.keyId}&object=${owner.walletId}`)).toEqual(own);
    const [sent, granted, bought] = (await audit(owner)).data!;
    const times = `?from=${String(bought!['time'])}&to=${String(sent!['time'])}`;
    expect((await audit(owner, times)).data).toEqual([granted, bought]);
    const first = await audit(owner, '?limit=3');
    expect(first.data).toEqual([sent, granted, bought]);
    const rest = await audit(owner, `?limit=3&cursor=${String(first['nextCursor'])}`);
    expect(rest).toMatchObject({ data: [{ type: 'WalletOpened' }], nextCursor: null });
  });

  it('needs its scope', async () => {
    const key = wallet.key(
      owner,
      [],
      scopes.filter((scope) => scope !== 'wallet:audit:read'),
    );
    expect(await wallet.get(key, '/v1/audit')).toMatchObject({ status: 403 });
  });
});

describe('the audit of the operator', () => {
  it('has everything, with the person and the key', async () => {
    const all = await acts(wallet.operator, '?limit=1000');
    const bootstrap = { ...theOperator, person: 'bootstrap' };
    expect(all).toContainEqual(['TokensGranted', owner.walletId, bootstrap]);
    expect(all).toContainEqual(['TokensPurchased', other.walletId, ofKey(other)]);
    expect(all).toContainEqual(['TokenPriceSet', 'token-price', bootstrap]);
  });

  it('can be asked by party, person, object and time, page by page', async () => {
    expect(await acts(wallet.operator, `?party=${other.partyId}`)).toEqual([
      ['TokensPurchased', other.walletId, ofKey(other)],
    ]);
    expect(await acts(wallet.operator, `?person=${other.keyId}`)).toEqual([
      // The lane's own stream has a part of the purchase.
      ['CapacityUsed', expect.stringMatching(/^lane-/), ofKey(other)],
      ['TokensPurchased', other.walletId, ofKey(other)],
    ]);
    expect((await acts(wallet.operator, `?object=${owner.walletId}`)).map(([type]) => type)).toEqual([
      ...['TokensSent', 'TokensGranted', 'TokensPurchased', 'WalletOpened'],
    ]);
    const all = (await audit(wallet.operator, '?limit=1000')).data!;
    const paged: unknown[] = [];
    for (let cursor = ''; ;) {
      const { data, nextCursor } = await audit(wallet.operator, `?limit=2${cursor}`);
      paged.push(...data!);
      if (nextCursor === null) break;
      cursor = `&cursor=${String(nextCursor)}`;
    }
    expect(paged).toEqual(all);
    expect(await audit(wallet.operator, '?to=2001-01-01T00:00:00Z')).toEqual({ data: [], nextCursor: null });
  });

  it('tells what an actor text of a party is not: a name with wildcards finds nothing', async () => {
    expect(await audit(wallet.operator, '?party=%25')).toEqual({ data: [], nextCursor: null });
    expect(await audit(wallet.operator, '?person=%25')).toMatchObject({ data: [] });
  });
});
