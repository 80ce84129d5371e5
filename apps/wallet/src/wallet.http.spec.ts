import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Reaction } from '@tokengrid/event-bus';
import type { Outcome } from '@tokengrid/event-store';
import type { WalletEvent } from '@tokengrid/contracts';
import { randomUUID } from 'node:crypto';
import { CapacityStream } from './capacity-stream.ts';
import { chargeWallet } from './decisions/charge-wallet.ts';
import { chargeId, statementId, usageId } from './decisions/examples.ts';
import { sendTokens } from './decisions/send-tokens.ts';
import { Lanes } from './lanes.ts';
import { WhenEscrowReleasedReceiveEarnings } from './policies/when-escrow-released-receive-earnings.ts';
import { WhenStatementMadePayIt } from './policies/when-statement-made-pay-it.ts';
import { WhenTokensSentReceiveThem } from './policies/when-tokens-sent-receive-them.ts';
import { WhenTransferDeclinedReturnIt } from './policies/when-transfer-declined-return-it.ts';
import { type Caller, runWallet, type RunningWallet } from './specimen/run-wallet.ts';
import { Wallets } from './wallets.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
}, 120_000);
afterAll(() => wallet.close(), 60_000);

const someId = (prefix: string) => expect.stringMatching(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`));
const put = (path: string, body: unknown) => wallet.call(wallet.operator, 'PUT', path, body);
const get = (who: Caller | undefined, path: string) => wallet.call(who, 'GET', path);
const post = (who: Caller, action: string, body: unknown, key?: string) =>
  wallet.call(who, 'POST', `/v1/wallets/${who.walletId}/${action}`, body, key);
const grant = (to: Caller, body: object) =>
  wallet.call(wallet.operator, 'POST', `/v1/wallets/${to.walletId}/grants`, {
    source: 'plan',
    transferable: true,
    ...body,
  });
const buy = (who: Caller, tokens: string, key?: string) =>
  post(who, 'purchases', { tokens, method: 'carrier-bill' }, key);
const availableOf = async (who: Caller) => (await get(who, `/v1/wallets/${who.walletId}`)).body['available'];

/** The one event of a kind that a command stated. */
function stated<Type extends WalletEvent['type']>({ events }: Outcome<WalletEvent>, type: Type) {
  const event = events.find((each) => each.type === type);
  if (!event) throw new Error(`no ${type} was stated`);
  return event as Extract<(typeof events)[number], { readonly type: Type }>;
}

const command = <Data>(streamId: string, data: Data) => ({ id: randomUUID(), streamId, data, correlationId: 'spec' });

describe('without a token price', () => {
  it('nothing can be bought or sold, and a repeat hears the same once there is a price', async () => {
    const party = await wallet.party();
    const refused = { status: 409, body: expect.objectContaining({ code: 'WALLET.NO_TOKEN_PRICE' }) };
    expect(await get(party, '/v1/token-price')).toMatchObject({ status: 404 });
    expect(await buy(party, '5', 'early')).toEqual(refused);
    expect(await post(party, 'sales', { tokens: '5' })).toEqual(refused);
    await put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
    expect(await buy(party, '5', 'early')).toEqual(refused);
  });
});

describe('the token price', () => {
  it('is in force at once, or from a time to come', async () => {
    const first = await put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
    const later = { currency: 'CNY', buy: '300', sellBack: '150', effectiveFrom: '2999-01-01T08:00:00+08:00' };
    const next = await put('/v1/token-price', later);
    expect(next).toMatchObject({ status: 200, body: { buy: '300', effectiveFrom: '2999-01-01T00:00:00.000Z' } });
    const party = await wallet.party();
    expect(await get(party, '/v1/token-price')).toEqual({
      status: 200,
      body: { ...first.body, upcoming: [next.body] },
    });
  });

  it.each([
    ['a buy-back above the price', { buy: '200', sellBack: '201' }, '/sellBack'],
    ['a float', { buy: 1.5, sellBack: '1' }, '/buy'],
    ['more than 10^12', { buy: `1${'0'.repeat(12)}1`, sellBack: '1' }, '/buy'],
    ['a field that there is not', { buy: '2', sellBack: '1', spread: '1' }, '/spread'],
  ])('refuses %s', async (_, price, pointer) => {
    const { status, body } = await put('/v1/token-price', { currency: 'CNY', ...price });
    expect([status, body['code'], body['errors']]).toEqual([
      400,
      'INVALID_ARGUMENT',
      [{ pointer, detail: expect.any(String) }],
    ]);
  });

  it('is the operator’s to post', async () => {
    const party = await wallet.party();
    const asked = await wallet.call(party, 'PUT', '/v1/token-price', { currency: 'CNY', buy: '1', sellBack: '1' });
    expect(asked).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
  });
});

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
        asOf: { lane: expect.any(Number), sequence: expect.any(Number) },
      },
    };
    for (const who of [owner, wallet.operator]) {
      expect(await get(who, `/v1/wallets/${owner.walletId}`)).toEqual(own);
      expect(await get(who, `/v1/parties/${owner.partyId}/wallet`)).toEqual(own);
    }
    const paths = ['', '/entries', '/lots'].map((path) => `/v1/wallets/${owner.walletId}${path}`);
    for (const path of [...paths, `/v1/parties/${owner.partyId}/wallet`]) {
      expect(await get(other, path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
      expect(await get(undefined, path)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    }
    expect(await buy({ ...other, walletId: owner.walletId }, '1')).toMatchObject({ status: 404 });
    expect(await get(wallet.operator, '/v1/wallets/nonsense')).toMatchObject({ status: 404 });
    expect(await get(owner, `/v1/wallets/${owner.walletId}?at=2020-01-01T00:00:00Z`)).toMatchObject({ status: 400 });
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
      const { status, body: problem } = await post(party, action, body);
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
    const first = await buy(party, '2500001', 'once');
    expect(first).toEqual(bought);
    expect(await buy(party, '2500001', 'once')).toEqual(first);
    expect(await buy(party, '2500002', 'once')).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await availableOf(party)).toBe('2500001');
  });

  it('does not buy through a payment provider yet', async () => {
    const party = await wallet.party();
    expect(await post(party, 'purchases', { tokens: '1', method: 'payment-provider' })).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_PROVIDER_UNAVAILABLE' },
    });
  });

  it('sells back what it has, and nothing beyond', async () => {
    const party = await wallet.party();
    await buy(party, '2000000');
    expect(await post(party, 'sales', { tokens: '2000001' })).toMatchObject({
      status: 409,
      body: { code: 'WALLET.INSUFFICIENT_TOKENS', available: '2000000', required: '2000001' },
    });
    expect(await post(party, 'sales', { tokens: '2000000' })).toEqual({
      status: 201,
      body: {
        saleId: someId('sal'),
        walletId: party.walletId,
        tokens: '2000000',
        price: { currency: 'CNY', amount: '300' },
        status: 'completed',
      },
    });
    expect(await availableOf(party)).toBe('0');
  });

  it('gets grants, which burn down first and may have to stay', async () => {
    const party = await wallet.party();
    await buy(party, '10');
    const terms = { tokens: '7', source: 'promotion', expiresAt: '2999-01-01T00:00:00Z', transferable: false };
    expect(await grant(party, terms)).toEqual({
      status: 201,
      body: { ...terms, grantId: someId('grt'), walletId: party.walletId, expiresAt: '2999-01-01T00:00:00.000Z' },
    });
    expect(await grant(party, { ...terms, expiresAt: '2001-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT', errors: [{ pointer: '/expiresAt' }] },
    });
    const { body } = await get(party, `/v1/wallets/${party.walletId}/lots`);
    expect(body).toMatchObject({
      data: [
        { source: 'promotion', tokens: '7' },
        { source: 'purchase', tokens: '10' },
      ],
    });
    expect(await post(party, 'sales', { tokens: '11' })).toMatchObject({
      body: { code: 'WALLET.INSUFFICIENT_TOKENS', available: '10' },
    });
  });
});

describe('a transfer', () => {
  const sendOf = (from: Caller, to: Caller, tokens: string) =>
    command(from.walletId, {
      transferId: `trf_${from.walletId.slice(4)}`,
      toWalletId: to.walletId,
      tokens: BigInt(tokens),
      receiverKnown: true,
    });

  it('answers once the tokens have left', async () => {
    const [from, to] = [await wallet.party(), await wallet.party()];
    await buy(from, '100');
    const sent = await post(from, 'transfers', { toWalletId: to.walletId, tokens: '60', memo: '房租' });
    expect(sent).toEqual({
      status: 201,
      body: {
        transferId: someId('trf'),
        fromWalletId: from.walletId,
        toWalletId: to.walletId,
        tokens: '60',
        memo: '房租',
        status: 'sent',
      },
    });
    expect(await availableOf(from)).toBe('40');
  });

  it('does not go to the sender, to a malformed id, or to a wallet that there is not', async () => {
    const from = await wallet.party();
    const send = (toWalletId: string) => post(from, 'transfers', { toWalletId, tokens: '1' });
    for (const toWalletId of [from.walletId, 'wal_1']) {
      expect(await send(toWalletId)).toMatchObject({ status: 400, body: { errors: [{ pointer: '/toWalletId' }] } });
    }
    expect(await send(`wal_${'0'.repeat(26)}`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('arrives once, however often its event is delivered', async () => {
    const [from, to] = [await wallet.party(), await wallet.party()];
    await buy(from, '100');
    const sent = stated(await wallet.get(Wallets).handle(sendTokens, sendOf(from, to, '60')), 'TokensSent');
    const policy = wallet.get(WhenTokensSentReceiveThem);
    for (let delivery = 0; delivery < 3; delivery++) await policy.receiveTokens(sent, new Reaction('receive', sent));
    expect(await availableOf(to)).toBe('60');
  });

  it('comes back where it cannot be taken', async () => {
    const from = await wallet.party();
    const nobody = { ...from, walletId: `wal_${'1'.repeat(26)}` };
    await buy(from, '100');
    const sent = stated(await wallet.get(Wallets).handle(sendTokens, sendOf(from, nobody, '60')), 'TokensSent');
    const arrival = await wallet.get(WhenTokensSentReceiveThem).receiveTokens(sent, new Reaction('receive', sent));
    const declined = stated(arrival, 'TransferDeclined');
    await wallet.get(WhenTransferDeclinedReturnIt).returnTransfer(declined, new Reaction('return', declined));
    expect(await availableOf(from)).toBe('100');
    const { body } = await get(from, `/v1/wallets/${from.walletId}/entries`);
    expect((body['data'] as { type: string }[]).map(({ type }) => type)).toEqual([
      'purchase',
      'transfer-out',
      'transfer-returned',
    ]);
  });
});

describe('entries', () => {
  it('carry the balance that each left, in batches too, and come in pages', async () => {
    const party = await wallet.party();
    await Promise.all(Array.from({ length: 12 }, (_, index) => buy(party, String(100 + index))));
    await Promise.all(Array.from({ length: 9 }, () => post(party, 'sales', { tokens: '3' })));
    interface Line {
      readonly entryId: string;
      readonly tokens: string;
      readonly balanceAfter: string;
    }
    const lines: Line[] = [];
    let cursor = '';
    do {
      const { body } = await get(party, `/v1/wallets/${party.walletId}/entries?limit=4${cursor}`);
      lines.push(...(body['data'] as Line[]));
      cursor = body['nextCursor'] === null ? '' : `&cursor=${body['nextCursor'] as string}`;
    } while (cursor !== '');
    expect(lines).toHaveLength(21);
    let balance = 0n;
    for (const line of lines) {
      balance += BigInt(line.tokens);
      expect(line.balanceAfter).toBe(balance.toString());
    }
    expect(await availableOf(party)).toBe(balance.toString());
    const newest = await get(party, `/v1/wallets/${party.walletId}/entries?order=newest-first&limit=1`);
    expect(newest.body['data']).toEqual([lines.at(-1)]);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'cursor=x', 'order=up', 'from=1'])('refuse ?%s', async (query) => {
    const party = await wallet.party();
    expect(await get(party, `/v1/wallets/${party.walletId}/entries?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT' },
    });
  });
});

describe('what settlement owes', () => {
  const made = (partyId: string, tokens: bigint, walletLane: number, id: string) => ({
    type: 'StatementMade' as const,
    data: {
      statementId: id,
      period: '2026-01-01',
      partyId,
      lines: [],
      carriedIn: 0n,
      carriedOut: 0n,
      tokens,
      payFrom: [{ walletLane, tokens }],
    },
    ...{ id: 'settlement/0/1', service: 'settlement', lane: 0, sequence: 1, streamId: 's', revision: 1, time: 0 },
    ...{ commandId: randomUUID(), causationId: 'spec', correlationId: 'spec' },
  });

  it('comes out of escrow, into the wallet and to the operator, and never more than charges put in', async () => {
    const [payer, earner] = [await wallet.party(), await wallet.party()];
    await buy(payer, '100');
    const charge = command(payer.walletId, { chargeId, usageId, tokens: 100n });
    const charged = stated(await wallet.get(Wallets).handle(chargeWallet, charge), 'WalletCharged');
    const pay = async (partyId: string, tokens: bigint, part: string) => {
      const statement = made(partyId, tokens, charged.lane, `${statementId.slice(0, -1)}${part}`);
      const [outcome] = await wallet.get(WhenStatementMadePayIt).payStatement(statement, new Reaction(part, statement));
      return outcome!;
    };
    const released = stated(await pay(earner.partyId, 70n, '1'), 'EscrowReleased');
    const policy = wallet.get(WhenEscrowReleasedReceiveEarnings);
    await policy.receiveEarnings(released, new Reaction('earnings', released));
    expect(await availableOf(earner)).toBe('70');
    stated(await pay('operator', 30n, '2'), 'FeesCollected');
    const refused = stated(await pay('operator', 1n, '3'), 'EscrowRefused');
    expect(refused.data).toMatchObject({ available: 0n, required: 1n });
  });
});

describe('the capacity', () => {
  it('has no limit until one is declared', async () => {
    expect(await get(wallet.operator, '/v1/capacity')).toMatchObject({
      status: 200,
      body: { tokens: null, version: 0 },
    });
  });

  const outstanding = async () => BigInt((await get(wallet.operator, '/v1/capacity')).body['outstanding'] as string);
  const declare = (tokens: bigint) => put('/v1/capacity', { tokens: tokens.toString() });

  it('is sold to the last µAIT and never beyond, whoever buys at once in whichever lane', async () => {
    const parties = await Promise.all(Array.from({ length: 8 }, () => wallet.party()));
    const limit = (await outstanding()) + 1000n;
    expect(await declare(limit)).toEqual({ status: 200, body: { tokens: limit.toString(), version: 1 } });
    const purchases = await Promise.all(Array.from({ length: 40 }, (_, index) => buy(parties[index % 8]!, '100')));
    const answers = purchases.map(({ status, body }) => (status === 201 ? 201 : body['code']));
    expect(answers.filter((answer) => answer === 201)).toHaveLength(10);
    expect(answers.filter((answer) => answer === 'WALLET.ISSUANCE_EXHAUSTED')).toHaveLength(30);
    expect(await outstanding()).toBe(limit);
  });

  it('comes back with what is sold back, to buyers in any lane', async () => {
    const [seller, buyer] = [await wallet.party(), await wallet.party()];
    const limit = (await outstanding()) + 100n;
    await declare(limit);
    expect(await buy(seller, '100')).toMatchObject({ status: 201 });
    expect(await buy(buyer, '1')).toMatchObject({ status: 409, body: { available: '0', required: '1' } });
    expect(await grant(buyer, { tokens: '1' })).toMatchObject({ body: { code: 'WALLET.ISSUANCE_EXHAUSTED' } });
    await post(seller, 'sales', { tokens: '40' });
    expect(await buy(buyer, '40')).toMatchObject({ status: 201 });
    expect(await outstanding()).toBe(limit);
  });

  it('lowered below what is outstanding, sells nothing until so much has been sold back', async () => {
    const party = await wallet.party();
    await declare((await outstanding()) + 100n);
    await buy(party, '100');
    await declare((await outstanding()) - 50n);
    await post(party, 'sales', { tokens: '50' });
    expect(await buy(party, '1')).toMatchObject({ status: 409, body: { code: 'WALLET.ISSUANCE_EXHAUSTED' } });
    await post(party, 'sales', { tokens: '1' });
    expect(await buy(party, '1')).toMatchObject({ status: 201 });
  });

  it('knows what its lanes have', async () => {
    const capacity = await wallet.get(CapacityStream).load();
    const lanes = wallet.get(Lanes);
    let room = 0n;
    for (const lane of lanes.all) {
      const { issuance } = await lanes.load(lane);
      if (issuance.limit === 'slice') room += issuance.room;
    }
    expect(capacity).toMatchObject({ status: 'declared', granted: (await outstanding()) + room });
  });
});

describe('the books', () => {
  it('balance, and say where all tokens are', async () => {
    const { body } = await get(wallet.operator, '/v1/ledger/trial-balance');
    expect(body).toMatchObject({ balanced: true, sums: { AIT: '0', CNY: '0' } });
    const tokens = body['tokens'] as Record<string, string>;
    const sum = (...kinds: string[]) => kinds.reduce((total, kind) => total + BigInt(tokens[kind]!), 0n);
    expect(sum('available', 'held', 'inTransit', 'escrow', 'fees')).toBe(sum('outstanding'));
    expect(sum('issued') - sum('redeemed', 'expired')).toBe(sum('outstanding'));
    const [{ available }] = await wallet.database.query<[{ available: string }]>(
      'select sum(available) available from wallets',
    );
    expect(available).toBe(tokens['available']);
  });

  it('are the operator’s to read', async () => {
    const party = await wallet.party();
    for (const path of ['/v1/ledger/trial-balance', '/v1/capacity']) {
      expect(await get(party, path)).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
    }
  });
});
