import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CallOptions } from './client.ts';
import { eventually, expectInvalid, expectProblem } from './expectations.ts';
import { availableTo, buy, type Party, registerSubscriber } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

/** Values that are not amounts of µAIT to move. */
const noAmounts = [
  '0',
  '-1',
  '1.5',
  '1e6',
  '007',
  '+5',
  ' 5',
  '0x10',
  '1_000',
  '',
  '9'.repeat(40),
  5,
  1.5,
  true,
  null,
  [],
  {},
];

/** Purchases, transfers and sales; missing tokens are not spent. */
export function wallet(grid: () => Tokengrid): void {
  const at = () => grid().at('wallet');
  let lin: Party;
  let bo: Party;
  beforeAll(async () => {
    [lin, bo] = await Promise.all([registerSubscriber(grid()), registerSubscriber(grid())]);
    await buy(grid(), lin, 10_000n);
  });
  const send = (from: Party, to: Party, tokens: unknown, options?: CallOptions) =>
    at().post(`/v1/wallets/${from.walletId}/transfers`, from.key, { toWalletId: to.walletId, tokens }, options);

  it('refuses what is no amount, and moves nothing', async () => {
    const before = await availableTo(grid(), lin);
    for (const tokens of noAmounts) {
      expectInvalid(await send(lin, bo, tokens), '/tokens');
      const purchase = { tokens, method: 'carrier-bill' };
      expectInvalid(await at().post(`/v1/wallets/${lin.walletId}/purchases`, lin.key, purchase), '/tokens');
      expectInvalid(await at().post(`/v1/wallets/${lin.walletId}/sales`, lin.key, { tokens }), '/tokens');
    }
    expect(await availableTo(grid(), lin)).toBe(before);
  });

  it('refuses transfers to nowhere, to oneself, and with what does not belong into them', async () => {
    const post = (body: object) => at().post(`/v1/wallets/${lin.walletId}/transfers`, lin.key, body);
    expectInvalid(await post({ toWalletId: lin.walletId, tokens: '1' }), '/toWalletId');
    expectInvalid(await post({ toWalletId: `wal_${'x'.repeat(10_000)}`, tokens: '1' }), '/toWalletId');
    expectInvalid(await post({ toWalletId: bo.walletId, tokens: '1', fee: '0' }), '/fee');
    expectProblem(await post({ toWalletId: `wal_${'0'.repeat(26)}`, tokens: '1' }), 404, 'NOT_FOUND');
  });

  it('knows nothing of a wallet to whom it does not belong', async () => {
    for (const path of ['', '/entries', '/lots']) {
      expectProblem(await at().get(`/v1/wallets/${lin.walletId}${path}`, bo.key), 404, 'NOT_FOUND');
    }
    expectProblem(await at().get(`/v1/parties/${lin.partyId}/wallet`, bo.key), 404, 'NOT_FOUND');
    const transfer = { toWalletId: bo.walletId, tokens: '1' };
    expectProblem(await at().post(`/v1/wallets/${lin.walletId}/transfers`, bo.key, transfer), 404, 'NOT_FOUND');
    const grant = { tokens: '1', source: 'promotion', transferable: false };
    expectProblem(await at().post(`/v1/wallets/${bo.walletId}/grants`, bo.key, grant), 403, 'PERMISSION_DENIED');
    expectProblem(await at().put('/v1/capacity', bo.key, { tokens: '1' }), 403, 'PERMISSION_DENIED');
  });

  it('says how much is missing, and says the same when asked again', async () => {
    const idempotencyKey = randomUUID();
    const available = String(await availableTo(grid(), lin));
    const first = await send(lin, bo, '10001', { idempotencyKey });
    expectProblem(first, 409, 'WALLET.INSUFFICIENT_TOKENS');
    expect(first.body).toMatchObject({ available, required: '10001' });
    await buy(grid(), lin, 5_000n);
    expect((await send(lin, bo, '10001', { idempotencyKey })).body).toEqual(first.body);
  });

  it('moves tokens once for one key, whichever process is asked and however much at once', async () => {
    const before = await availableTo(grid(), lin);
    const idempotencyKey = randomUUID();
    const path = `/v1/wallets/${lin.walletId}/transfers`;
    const body = { toWalletId: bo.walletId, tokens: '11' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        grid().wallets[index % 2]!.post(path, lin.key, body, { idempotencyKey }),
      ),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual(answers[0]!.body);
    }
    expect(await availableTo(grid(), lin)).toBe(before - 11n);
    const other = await send(lin, bo, '12', { idempotencyKey });
    expectProblem(other, 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('lets exactly 20 of 50 parallel transfers through when there are tokens for 20, over two processes', async () => {
    const poor = await registerSubscriber(grid());
    await buy(grid(), poor, 22n * 100n);
    const sendOver = (index: number) =>
      grid().wallets[index % 2]!.post(`/v1/wallets/${poor.walletId}/transfers`, poor.key, {
        toWalletId: bo.walletId,
        tokens: '100',
      });
    // One after another first: of concurrent ones, the process that gets the lane's lock takes all
    // of its own.
    for (const process of [0, 1]) expect((await sendOver(process)).status).toBe(201);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => sendOver(index)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    for (const answer of answers) {
      if (answer.status !== 201) expectProblem(answer, 409, 'WALLET.INSUFFICIENT_TOKENS');
    }
    expect(await availableTo(grid(), poor)).toBe(0n);
  });

  describe('the entries of a wallet', () => {
    it('come page by page, and their balances add up', async () => {
      const all: { tokens: string; balanceAfter: string }[] = [];
      let cursor = '';
      do {
        const path = `/v1/wallets/${lin.walletId}/entries?limit=2${cursor && `&cursor=${cursor}`}`;
        const { status, body } = await at().get(path, lin.key);
        expect(status).toBe(200);
        all.push(...(body['data'] as typeof all));
        cursor = (body['nextCursor'] as string | null) ?? '';
      } while (cursor !== '');
      let balance = 0n;
      for (const { tokens, balanceAfter } of all) expect(BigInt(balanceAfter)).toBe((balance += BigInt(tokens)));
      expect(balance).toBe(await availableTo(grid(), lin));
    });

    it('refuse pages that there are not', async () => {
      for (const query of ['limit=0', 'limit=1.5', 'limit=100000', 'limit=1&limit=2', 'cursor=x', 'page=2']) {
        expectInvalid(await at().get(`/v1/wallets/${lin.walletId}/entries?${query}`, lin.key));
      }
    });
  });

  it('brings what was sent to where it was sent', async () => {
    const to = await registerSubscriber(grid());
    expect((await send(lin, to, '250')).status).toBe(201);
    await eventually(
      () => at().get(`/v1/wallets/${to.walletId}`, to.key),
      ({ body }) => body['available'] === '250',
    );
  });
}
