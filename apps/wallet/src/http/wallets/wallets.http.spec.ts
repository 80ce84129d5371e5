import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runWallet, type RunningWallet, someId } from '../../testing/run-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

describe('a wallet', () => {
  it('is read by its owner and the operator, and is not there for anybody else', async () => {
    const [owner, other] = [await wallet.party(), await wallet.party()];
    const own = {
      status: 200,
      body: {
        walletId: owner.walletId,
        partyId: owner.partyId,
        status: 'open',
        available: '0',
        held: '0',
        debt: '0',
        asOf: { lane: expect.any(Number), sequence: expect.any(Number) },
      },
    };
    for (const who of [owner, wallet.operator]) {
      expect(await wallet.get(who, `/v1/wallets/${owner.walletId}`)).toEqual(own);
      expect(await wallet.get(who, `/v1/parties/${owner.partyId}/wallet`)).toEqual(own);
    }
    const paths = ['', '/entries', '/lots'].map((path) => `/v1/wallets/${owner.walletId}${path}`);
    for (const path of [...paths, `/v1/parties/${owner.partyId}/wallet`]) {
      expect(await wallet.get(other, path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
      expect(await wallet.get(undefined, path)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    }
    expect(await wallet.buy({ ...other, walletId: owner.walletId }, '1')).toMatchObject({ status: 404 });
    expect(await wallet.get(wallet.operator, '/v1/wallets/nonsense')).toMatchObject({ status: 404 });
  });

  it.each([
    ['zero', '0'],
    ['a negative amount', '-1'],
    ['a fraction', '1.5'],
    ['a number', 1],
    ['a float', 1.5],
    ['40 digits', '1'.repeat(40)],
    ['more than 10^24', `1${'0'.repeat(23)}01`],
    ['nothing', null],
  ])('does not take %s for tokens', async (_, tokens) => {
    const party = await wallet.party();
    const bodies = {
      purchases: { tokens, method: 'carrier-bill' },
      sales: { tokens },
      transfers: { tokens, toWalletId: wallet.operator.walletId },
    };
    for (const [action, body] of Object.entries(bodies)) {
      const { status, body: problem } = await wallet.post(party, action, body);
      expect([status, problem['code']]).toEqual([400, 'INVALID_ARGUMENT']);
      expect(problem['errors']).toContainEqual({ pointer: '/tokens', detail: expect.any(String) });
    }
  });

  it('buys, and says the same to a repeat', async () => {
    const party = await wallet.party();
    const bought = {
      status: 201,
      body: {
        purchaseId: someId('pur'),
        walletId: party.walletId,
        tokens: '2500001',
        method: 'carrier-bill',
        price: { currency: 'CNY', amount: '501' },
        status: 'completed',
      },
    };
    const first = await wallet.buy(party, '2500001', 'once');
    expect(first).toEqual(bought);
    expect(await wallet.buy(party, '2500001', 'once')).toEqual(first);
    expect(await wallet.buy(party, '2500002', 'once')).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await wallet.availableOf(party)).toBe('2500001');
  });

  it('does not buy through a payment provider where there is none', async () => {
    const party = await wallet.party();
    expect(await wallet.post(party, 'purchases', { tokens: '1', method: 'payment-provider' })).toMatchObject({
      status: 409,
      body: { code: 'WALLET.PAYMENT_PROVIDER_UNAVAILABLE' },
    });
  });

  it('sells back what it has, and nothing beyond', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '2000000');
    expect(await wallet.post(party, 'sales', { tokens: '2000001' })).toMatchObject({
      status: 409,
      body: { code: 'WALLET.INSUFFICIENT_TOKENS', available: '2000000', required: '2000001' },
    });
    expect(await wallet.post(party, 'sales', { tokens: '2000000' })).toEqual({
      status: 201,
      body: {
        saleId: someId('sal'),
        walletId: party.walletId,
        tokens: '2000000',
        price: { currency: 'CNY', amount: '300' },
        status: 'completed',
      },
    });
    expect(await wallet.availableOf(party)).toBe('0');
  });

  it('gets grants, which burn down first and may have to stay', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '10');
    const terms = { tokens: '7', source: 'promotion', expiresAt: '2999-01-01T00:00:00Z', transferable: false };
    expect(await wallet.grant(party, terms)).toEqual({
      status: 201,
      body: { ...terms, grantId: someId('grt'), walletId: party.walletId, expiresAt: '2999-01-01T00:00:00.000Z' },
    });
    expect(await wallet.grant(party, { ...terms, expiresAt: '2001-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT', errors: [{ pointer: '/expiresAt' }] },
    });
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/lots`);
    expect(body).toMatchObject({
      data: [
        { source: 'promotion', tokens: '7' },
        { source: 'purchase', tokens: '10' },
      ],
    });
    expect(await wallet.post(party, 'sales', { tokens: '11' })).toMatchObject({
      body: { code: 'WALLET.INSUFFICIENT_TOKENS', available: '10' },
    });
  });
});

describe('entries', () => {
  it('carry the balance that each left, in batches too, and come in pages', async () => {
    const party = await wallet.party();
    await Promise.all(Array.from({ length: 12 }, (_, index) => wallet.buy(party, String(100 + index))));
    await Promise.all(Array.from({ length: 9 }, () => wallet.post(party, 'sales', { tokens: '3' })));
    interface Line {
      readonly entryId: string;
      readonly tokens: string;
      readonly balanceAfter: string;
    }
    const lines: Line[] = [];
    let cursor = '';
    do {
      const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/entries?limit=4${cursor}`);
      lines.push(...(body['data'] as unknown as Line[]));
      cursor = body['nextCursor'] === null ? '' : `&cursor=${body['nextCursor'] as string}`;
    } while (cursor !== '');
    expect(lines).toHaveLength(21);
    let balance = 0n;
    for (const line of lines) {
      balance += BigInt(line.tokens);
      expect(line.balanceAfter).toBe(balance.toString());
    }
    expect(await wallet.availableOf(party)).toBe(balance.toString());
    const newest = await wallet.get(party, `/v1/wallets/${party.walletId}/entries?order=newest-first&limit=1`);
    expect(newest.body['data']).toEqual([lines.at(-1)]);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'cursor=x', 'order=up', 'from=1'])('refuse ?%s', async (query) => {
    const party = await wallet.party();
    expect(await wallet.get(party, `/v1/wallets/${party.walletId}/entries?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT' },
    });
  });
});
