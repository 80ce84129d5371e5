import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkReceipt, publicReceiptKey, type SignedReceipt } from '@tokengrid/contracts';
import { ownDeletes } from '@tokengrid/event-store';
import { readConfig } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { walletConfig } from '../../config.ts';
import { chargeWallet } from '../../decisions/usage/charge-wallet.ts';
import { chargeOf, use } from '../../decisions/examples.fixture.ts';
import { type Caller, runWallet, type RunningWallet, someCommand } from '../../testing/run-wallet.ts';
import { Wallets } from '../../streams/wallets.ts';

const retired = Buffer.alloc(32, 5).toString('base64url');

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet({ RECEIPT_RETIRED_KEYS: retired });
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

let charges = 0;

/** A use under ids of its own. */
function newUse(tokens: bigint) {
  const number = String(++charges).padStart(26, '0');
  return use(tokens, { chargeId: `chg_${number}`, usageId: `usg_${number}`, eventId: number });
}

/** Charges a wallet for uses like the policy. @returns the ids of the charges */
async function chargeAll({ walletId }: Caller, ...uses: readonly ReturnType<typeof newUse>[]): Promise<string[]> {
  const data = chargeOf(...uses.map((each) => ({ use: each })));
  await wallet.instance(Wallets).handle(chargeWallet, someCommand(walletId, data));
  return uses.map(({ chargeId }) => chargeId);
}

const charge = async (party: Caller, tokens: bigint): Promise<string> => (await chargeAll(party, newUse(tokens)))[0]!;

async function receiptText(who: Caller, receiptId: string): Promise<string> {
  const response = await fetch(`${wallet.url}/v1/receipts/${receiptId}`, {
    headers: { authorization: `Bearer ${who.secret}` },
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  return response.text();
}

describe('a receipt', () => {
  it('of a charge says what it was for, and holds when it is checked', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '1000');
    const used = newUse(687n);
    const [chargeId] = await chargeAll(party, newUse(30n), newUse(1000n), used);
    const text = await receiptText(party, used.chargeId);
    expect((await checkReceipt(text, await wallet.receiptKeys())).faults).toEqual([]);
    const { receipt } = JSON.parse(text) as SignedReceipt;
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/entries?reference=${used.chargeId}`);
    const [entry] = body['data'] as { entryId: string; time: string; usesLink: string }[];
    expect(entry).toMatchObject({ type: 'charge', tokens: '-717', reference: 'metering/0/1', uses: 2 });
    const { body: uses } = await wallet.get(party, entry!.usesLink);
    expect(uses).toMatchObject({
      data: [
        { chargeId, tokens: '30' },
        { chargeId: used.chargeId, tokens: '687' },
      ],
    });
    const { chargeId: _, tokens: __, lines, shares, ...of } = used;
    expect(receipt).toMatchObject({
      kind: 'charge',
      receiptId: used.chargeId,
      walletId: party.walletId,
      tokens: '687',
      use: {
        ...of,
        lines: lines.map((line) => ({ ...line, tokens: '687' })),
        shares: shares.map((share) => ({ ...share, tokens: '687' })),
      },
      time: entry!.time,
      lots: [{ tokens: '687' }],
      postings: [
        { account: `wallet:${party.walletId}:available`, asset: 'AIT', amount: '-687' },
        { account: expect.stringMatching(/^lane:\d:escrow$/), asset: 'AIT', amount: '687' },
      ],
      event: { id: entry!.entryId },
    });
  });

  it('of a purchase, a sale and a capture hold too', async () => {
    const party = await wallet.party();
    const bought = (await wallet.buy(party, '2500001')).body['purchaseId'] as string;
    const sold = (await wallet.post(party, 'sales', { tokens: '1000' })).body['saleId'] as string;
    const held = await wallet.post(party, 'holds', { tokens: '500', expiresInSeconds: 60, reason: 'a use' });
    const captured = await wallet.call(party, 'POST', `/v1/holds/${held.body['holdId'] as string}/captures`, {
      tokens: '600',
      final: true,
    });
    const keys = await wallet.receiptKeys();
    const receipts = [];
    for (const id of [bought, sold, captured.body['captureId'] as string]) {
      const { receipt, faults } = await checkReceipt(await receiptText(party, id), keys);
      expect([id, faults]).toEqual([id, []]);
      receipts.push(receipt);
    }
    expect(receipts).toMatchObject([
      { kind: 'purchase', tokens: '2500001', price: { currency: 'CNY', amount: '501' }, priceVersion: 1 },
      { kind: 'sale', tokens: '1000', price: { currency: 'CNY', amount: '0' } },
      {
        kind: 'capture',
        tokens: '600',
        holdId: held.body['holdId'],
        shortfall: '0',
        lots: [{ tokens: '500' }, { tokens: '100' }],
      },
    ]);
  });

  it('is the same each time, whoever asks', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '10');
    const chargeId = await charge(party, 3n);
    const first = await receiptText(party, chargeId);
    expect(await receiptText(party, chargeId)).toBe(first);
    expect(await receiptText(wallet.operator, chargeId)).toBe(first);
  });

  it('is for the wallet’s owner and the operator, and not there for anybody else', async () => {
    const [party, other, blind] = [
      await wallet.party(),
      await wallet.party(),
      await wallet.party(['wallet:balances:read']),
    ];
    await wallet.buy(party, '10');
    const path = `/v1/receipts/${await charge(party, 3n)}`;
    expect(await wallet.get(other, path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await wallet.get(blind, path)).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
    expect(await wallet.get(undefined, path)).toMatchObject({ status: 401 });
    const refused = await charge(party, 8n);
    const transfer = await wallet.post(party, 'transfers', { toWalletId: other.walletId, tokens: '1' });
    for (const id of [refused, transfer.body['transferId'] as string, 'nonsense']) {
      expect(await wallet.get(wallet.operator, `/v1/receipts/${id}`)).toMatchObject({ status: 404 });
    }
  });

  it('cannot be made while its event is not in the database', async () => {
    const party = await wallet.party();
    await wallet.buy(party, '10');
    const chargeId = await charge(party, 3n);
    const text = await receiptText(party, chargeId);
    const { lane, sequence } = (JSON.parse(text) as SignedReceipt).receipt.event;
    const database = wallet.instance(DataSource);
    for (const gone of [sequence, sequence - 1]) {
      await database.query('create table kept as select * from events where lane = $1 and sequence = $2', [lane, gone]);
      // Like `retire`.
      await database.transaction(async (retiring) => {
        await retiring.query(ownDeletes);
        await retiring.query('delete from events where lane = $1 and sequence = $2', [lane, gone]);
      });
      expect(await wallet.get(party, `/v1/receipts/${chargeId}`)).toMatchObject({
        status: 410,
        body: { code: 'EVENTS_RETIRED' },
      });
      await database.query('insert into events select * from kept');
      await database.query('drop table kept');
    }
    expect(await receiptText(party, chargeId)).toBe(text);
  });
});

describe('the keys of receipts', () => {
  it('are public, the current one first, and the retired ones stay', async () => {
    const { status, body } = await wallet.get(undefined, '/v1/receipts/keys');
    expect([status, body]).toEqual([
      200,
      {
        keys: [
          {
            kty: 'OKP',
            crv: 'Ed25519',
            x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
            kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
            alg: 'EdDSA',
            use: 'sig',
          },
          await publicReceiptKey(retired),
        ],
      },
    ]);
  });

  it('verify a receipt’s JWS by themselves', async () => {
    const party = await wallet.party();
    const bought = (await wallet.buy(party, '1')).body['purchaseId'] as string;
    const { jws } = JSON.parse(await receiptText(party, bought)) as SignedReceipt;
    const [header, payload, signature] = jws.split('.') as [string, string, string];
    const [current] = await wallet.receiptKeys();
    const key = createPublicKey({ key: { ...current }, format: 'jwk' });
    expect(verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('have to be set, and be what they are said to be', () => {
    const environment = {
      DATABASE_URL: 'postgres://a/b',
      KAFKA_BROKERS: 'a:1',
      OPERATOR_API_KEY: 'tg_operator_1',
      INPUT_HASH_KEY: '0123456789abcdef',
    };
    expect(() => readConfig(walletConfig, environment)).toThrow(
      'RECEIPT_SIGNING_KEY is not set: Ed25519 private key of receipts: 32 random bytes in base64url, the same for all instances',
    );
    expect(() => readConfig(walletConfig, { ...environment, RECEIPT_SIGNING_KEY: 'short' })).toThrow(
      'RECEIPT_SIGNING_KEY has another value, expected 32 random bytes in base64url',
    );
  });
});
