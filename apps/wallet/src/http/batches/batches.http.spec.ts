import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { walletIdOf } from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { type Answered, type Caller, runWallet, type RunningWallet, someId } from '../../testing/run-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

interface Placed {
  readonly idempotencyKey: string | null;
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const batch = (who: Caller, commands: readonly unknown[], key?: string): Promise<Answered> =>
  wallet.call(who, 'POST', '/v1/commands:batch', { commands }, key);

async function outcomesOf(who: Caller, commands: readonly unknown[]): Promise<readonly Placed[]> {
  const { status, body } = await batch(who, commands);
  expect(status).toBe(200);
  return body['outcomes'] as readonly Placed[];
}

const command = (type: string, walletId: string, body: unknown, idempotencyKey: string = randomUUID()) => ({
  idempotencyKey,
  walletId,
  type,
  body,
});
const purchase = ({ walletId }: Caller, tokens: string, key?: string) =>
  command('purchase', walletId, { tokens, method: 'carrier-bill' }, key);
const transfer = ({ walletId }: Caller, to: Caller, tokens: string, key?: string) =>
  command('transfer', walletId, { toWalletId: to.walletId, tokens }, key);

const statusesOf = (outcomes: readonly Placed[]) => outcomes.map(({ status }) => status);

describe('a batch', () => {
  it('answers each command in its place as its own route does, those of a wallet in the order sent', async () => {
    const [one, other] = [await wallet.party(), await wallet.party()];
    const outcomes = await outcomesOf(one, [
      transfer(one, other, '5', 'too-early'),
      purchase(one, '8', 'buy'),
      transfer(one, other, '5', 'first'),
      transfer(one, other, '5', 'second'),
    ]);
    expect(outcomes).toEqual([
      {
        idempotencyKey: 'too-early',
        status: 409,
        body: expect.objectContaining({ code: 'WALLET.INSUFFICIENT_TOKENS', available: '0', required: '5' }),
      },
      {
        idempotencyKey: 'buy',
        status: 201,
        body: expect.objectContaining({ purchaseId: someId('pur'), tokens: '8', status: 'completed' }),
      },
      {
        idempotencyKey: 'first',
        status: 201,
        body: {
          transferId: someId('trf'),
          fromWalletId: one.walletId,
          toWalletId: other.walletId,
          tokens: '5',
          status: 'sent',
        },
      },
      {
        idempotencyKey: 'second',
        status: 409,
        body: expect.objectContaining({ code: 'WALLET.INSUFFICIENT_TOKENS', available: '3', required: '5' }),
      },
    ]);
    expect(await wallet.availableOf(one)).toBe('3');
  });

  it('is the same commands as single requests with the same keys, whichever came first', async () => {
    const [one, other] = [await wallet.party(), await wallet.party()];
    await wallet.buy(one, '100');
    const body = { toWalletId: other.walletId, tokens: '7' };
    const single = await wallet.post(one, 'transfers', body, 'single-first');
    const [repeated, fresh] = await outcomesOf(one, [
      transfer(one, other, '7', 'single-first'),
      transfer(one, other, '7', 'batch-first'),
    ]);
    expect(repeated).toEqual({ idempotencyKey: 'single-first', ...single });
    const { status, body: answer } = await wallet.post(one, 'transfers', body, 'batch-first');
    expect(fresh).toEqual({ idempotencyKey: 'batch-first', status, body: answer });
    expect(await outcomesOf(one, [transfer(one, other, '8', 'single-first')])).toMatchObject([
      { status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } },
    ]);
    expect(await wallet.availableOf(one)).toBe('86');
  });

  it('does a key once that comes twice in it, and all once that comes again', async () => {
    const [one, other] = [await wallet.party(), await wallet.party()];
    await wallet.buy(one, '100');
    const commands = [
      transfer(one, other, '1', 'twice'),
      transfer(one, other, '1', 'twice'),
      purchase(one, '2', 'buy'),
    ];
    const first = await outcomesOf(one, commands);
    expect(first[1]).toEqual(first[0]);
    expect(await outcomesOf(one, commands)).toEqual(first);
    expect(await wallet.availableOf(one)).toBe('101');
  });

  it('reaches the wallets that its caller reaches', async () => {
    const [one, other] = [await wallet.party(), await wallet.party()];
    await wallet.buy(one, '10');
    const nobodys = { ...other, walletId: walletIdOf(newId('org')) };
    const commands = [transfer(one, other, '1'), purchase(other, '1'), transfer(nobodys, one, '1')];
    expect(statusesOf(await outcomesOf(one, commands))).toEqual([201, 404, 404]);
    const outcomes = await outcomesOf(wallet.operator, [...commands, transfer(one, nobodys, '1')]);
    expect(statusesOf(outcomes)).toEqual([201, 201, 404, 404]);
    expect(outcomes[2]!.body).toMatchObject({
      code: 'NOT_FOUND',
      instance: `/v1/wallets/${nobodys.walletId}/transfers`,
    });
  });

  it('asks of each command the scope of its own route', async () => {
    const one = await wallet.party(['wallet:transfers:write']);
    const outcomes = await outcomesOf(one, [purchase(one, '1'), transfer(one, await wallet.party(), '1')]);
    expect(outcomes).toMatchObject([
      { status: 403, body: { code: 'PERMISSION_DENIED', detail: expect.stringContaining('wallet:purchases:write') } },
      { status: 409, body: { code: 'WALLET.INSUFFICIENT_TOKENS' } },
    ]);
  });

  it('places, captures and releases holds, as their own routes do', async () => {
    const [one, other] = [await wallet.party(), await wallet.party()];
    await wallet.buy(one, '100');
    const hold = { tokens: '30', expiresInSeconds: 600, reason: 'a use' };
    const placed = await outcomesOf(one, [
      command('hold', one.walletId, hold, 'h1'),
      command('hold', one.walletId, hold, 'h2'),
    ]);
    expect(statusesOf(placed)).toEqual([201, 201]);
    const [first, second] = placed.map(({ body }) => body['holdId'] as string);
    const capture = { tokens: '10', final: true };
    const ended = await outcomesOf(one, [
      command('capture', one.walletId, { holdId: first, ...capture }, 'c'),
      command('release', one.walletId, { holdId: second }, 'r'),
      command('release', other.walletId, { holdId: second }),
    ]);
    expect(statusesOf(ended)).toEqual([201, 200, 404]);
    const captured = await wallet.call(one, 'POST', `/v1/holds/${first}/captures`, capture, 'c');
    expect(ended[0]).toEqual({ idempotencyKey: 'c', ...captured });
    const released = await wallet.call(one, 'POST', `/v1/holds/${second}/release`, undefined, 'r');
    expect(ended[1]).toEqual({ idempotencyKey: 'r', ...released });
    expect(await wallet.availableOf(one)).toBe('90');
  });
});

describe('what is no command in a batch', () => {
  it('is answered 400 in its place, with pointers into the batch, and stops nothing', async () => {
    const [one, other] = [await wallet.party(), await wallet.party()];
    await wallet.buy(one, '10');
    const good = transfer(one, other, '1', 'good');
    const outcomes = await outcomesOf(one, [
      transfer(one, other, '0', 'zero'),
      { ...good, type: 'present' },
      'nonsense',
      { ...good, idempotencyKey: '' },
      { ...good, note: 'x' },
      transfer(one, one, '1', 'to itself'),
      good,
    ]);
    expect(statusesOf(outcomes)).toEqual([400, 400, 400, 400, 400, 400, 201]);
    expect(outcomes[0]).toMatchObject({
      idempotencyKey: 'zero',
      body: {
        code: 'INVALID_ARGUMENT',
        instance: '/v1/commands:batch',
        errors: [{ pointer: '/commands/0/body/tokens' }],
      },
    });
    expect(outcomes[1]!.body['errors']).toEqual([{ pointer: '/commands/1/type', detail: expect.any(String) }]);
    expect(outcomes[2]).toMatchObject({ idempotencyKey: null, body: { errors: [{ pointer: '/commands/2' }] } });
    expect(outcomes[4]!.body['errors']).toEqual([{ pointer: '/commands/4/note', detail: 'unknown field' }]);
    expect(await wallet.availableOf(one)).toBe('9');
  });

  it.each([
    ['no list', {}],
    ['an empty list', { commands: [] }],
    ['1,001 commands', { commands: Array.from({ length: 1001 }, () => ({})) }],
    ['another member', { commands: [{}], atomic: true }],
  ])('makes a batch with %s none', async (_, body) => {
    const one = await wallet.party();
    expect(await wallet.call(one, 'POST', '/v1/commands:batch', body)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT' },
    });
  });

  it('needs a key, as all commands do', async () => {
    expect(await wallet.call(undefined, 'POST', '/v1/commands:batch', { commands: [{}] })).toMatchObject({
      status: 401,
    });
  });
});

it('a batch of a thousand moves a thousand times', async () => {
  const [one, other] = [await wallet.party(), await wallet.party()];
  await wallet.buy(one, '999');
  const outcomes = await outcomesOf(
    one,
    Array.from({ length: 1000 }, () => transfer(one, other, '1')),
  );
  expect(statusesOf(outcomes)).toEqual([...Array.from({ length: 999 }, () => 201), 409]);
  expect(await wallet.availableOf(one)).toBe('0');
});
