import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CompactSign } from 'jose';
import { canonicalJson } from '../canonical-json.ts';
import { encodeData } from '../event.ts';
import { checkReceipt } from './check-receipt.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import {
  chargedEvent,
  chargeId,
  chargeReceipt,
  issued,
  otherChargeId,
  previousHash,
  refundId,
  signer,
  storedAs,
} from './receipt.fixture.ts';
import { publicReceiptKey, receiptSigner, verifyCompact } from './signature.ts';

const keys = [signer.publicKey];
const faultsOf = async (text: string) => (await checkReceipt(text, keys)).faults;

describe('a receipt', () => {
  it('says what its event says, and is the same each time', async () => {
    const event = chargedEvent();
    const receipt = receiptOf(event, previousHash, chargeId)!;
    expect(receipt).toMatchObject({
      format: 1,
      kind: 'charge',
      receiptId: 'chg_01jzx0000000000000000000cd',
      tokens: '687',
      time: '2026-01-31T08:00:01.234Z',
      use: {
        units: { input_tokens: '374', output_tokens: '44' },
        priceVersion: 'model:qwen-3@2',
        lines: [
          { meter: 'input_tokens', units: '374', unitPrice: '1.367', tokens: '511' },
          { meter: 'output_tokens', units: '44', unitPrice: '4', tokens: '176' },
        ],
        shares: [
          { role: 'operator', tokens: '69' },
          { role: 'provider', tokens: '618' },
        ],
      },
      postings: [{ amount: '-687' }, { account: 'lane:3:escrow', amount: '687' }],
      lots: [
        { lotId: 'grt_1', tokens: '600', expiresAt: '2026-02-01T00:00:00.000Z' },
        { lotId: 'pur_1', tokens: '87' },
      ],
      event: { id: 'wallet/3/812', lane: 3, sequence: 812, hash: event.hash, previousHash },
    });
    expect(await issued(receipt)).toBe(await issued(receiptOf(event, previousHash, chargeId)!));
  });

  it('is of one use, of all that an event charges', () => {
    const other = receiptOf(chargedEvent(), previousHash, otherChargeId);
    expect(other).toMatchObject({
      receiptId: otherChargeId,
      tokens: '13',
      memberIds: ['key_01jzx0000000000000000000jk'],
      use: { eventId: '4712', lines: [{ tokens: '13' }] },
      lots: [{ lotId: 'pur_1', tokens: '13' }],
      postings: [{ amount: '-13' }, { amount: '13' }],
    });
    expect(other!.event).toEqual(chargeReceipt().event);
  });

  it('is of a refund, too, whose lines and shares come to it with a minus', async () => {
    const refund = receiptOf(chargedEvent(), previousHash, refundId)!;
    expect(refund).toMatchObject({
      ...{ kind: 'refund', receiptId: refundId, tokens: '500' },
      use: { eventId: '4710', number: 1, units: { output_tokens: '-125' }, lines: [{ tokens: '-500' }] },
      lots: [
        { lotId: 'pur_1', tokens: '300' },
        { lotId: 'pur_1', tokens: '200' },
      ],
      postings: [{ account: 'lane:3:escrow', amount: '-500' }, { amount: '500' }],
    });
    expect(await faultsOf(await issued(refund))).toEqual([]);
  });

  it('is not made of events that pay for nothing, nor of a use that an event does not charge', () => {
    expect(receiptOf(storedAs('WalletOpened', Buffer.from('{}')), previousHash, chargeId)).toBeUndefined();
    expect(receiptOf(chargedEvent(), previousHash, 'chg_01jzx0000000000000000000zz')).toBeUndefined();
  });

  it('is signed as RFC 7515 and RFC 8037 want it, so that stock tools verify it', async () => {
    expect(signer.publicKey).toMatchObject({
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    });
    const receipt = chargeReceipt();
    const { jws } = JSON.parse(await issued(receipt)) as { jws: string };
    const [header, payload, signature] = jws.split('.') as [string, string, string];
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'EdDSA',
      kid: signer.publicKey.kid,
      typ: 'tokengrid-receipt',
    });
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual(receipt);
    const key = createPublicKey({ key: { ...signer.publicKey }, format: 'jwk' });
    expect(verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });
});

describe('the check of a receipt', () => {
  it('finds nothing wrong with what was issued, and does not mind white space between its parts', async () => {
    const text = await issued(chargeReceipt());
    expect(await faultsOf(text)).toEqual([]);
    expect(await faultsOf(`${JSON.stringify(JSON.parse(text), null, 2)}\n`)).toEqual([]);
    expect((await checkReceipt(text, keys)).receipt).toEqual(chargeReceipt());
  });

  it('notices every byte that is altered', async () => {
    const text = Buffer.from(await issued(chargeReceipt()));
    const unnoticed: number[] = [];
    for (const index of text.keys()) {
      const altered = Buffer.from(text);
      // The most similar change: the case of a letter, the next digit, another sign.
      altered[index]! ^= /[A-Za-z]/.test(String.fromCharCode(text[index]!)) ? 0x20 : 0x01;
      if ((await faultsOf(altered.toString())).length === 0) unnoticed.push(index);
    }
    expect(unnoticed).toEqual([]);
    expect(text.length).toBeGreaterThan(2000);
  });

  it('notices a member that is a duplicate', async () => {
    const text = await issued(chargeReceipt());
    expect(await faultsOf(text.replace('"tokens":"687"', '"tokens":"1","tokens":"687"'))).toEqual([
      'the text is not written as it was issued: a member is a duplicate, in another place, or spelt in another way',
    ]);
  });

  it.each<[string, (receipt: Receipt) => Receipt, readonly string[]]>([
    [
      'other tokens',
      (receipt) => ({ ...receipt, tokens: '688' }),
      [
        'the member tokens does not agree with the event wallet/3/812',
        'the lots sum to 687 µAIT, but the receipt states 688',
        'the lines sum to 687 µAIT, but the receipt states 688',
        'the shares sum to 687 µAIT, but the receipt states 688',
      ],
    ],
    [
      'what another use of its event cost',
      (receipt) => ({ ...receipt, receiptId: otherChargeId }),
      [
        ...['tokens', 'use', 'lots', 'postings', 'memberIds'].map(
          (member) => `the member ${member} does not agree with the event wallet/3/812`,
        ),
      ],
    ],
    [
      'a use that its event does not charge',
      (receipt) => ({ ...receipt, receiptId: 'chg_01jzx0000000000000000000zz' }),
      ['the event wallet/3/812 is a WalletCharged without a receipt chg_01jzx0000000000000000000zz'],
    ],
    [
      'other units',
      (receipt) => ({ ...receipt, use: { ...receipt.use!, units: { input_tokens: '9' } } }),
      ['the member use does not agree with the event wallet/3/812'],
    ],
    [
      'what its kind does not have',
      (receipt) => ({ ...receipt, priceVersion: 3 }),
      ['the member priceVersion does not agree with the event wallet/3/812'],
    ],
    [
      'another place in the log',
      (receipt) => ({ ...receipt, event: { ...receipt.event, sequence: 813 } }),
      ['the member event.sequence does not agree with the event wallet/3/812'],
    ],
    [
      'another event before it',
      (receipt) => ({ ...receipt, event: { ...receipt.event, previousHash: 'cd'.repeat(32) } }),
      [
        expect.stringMatching(
          /^the receipt states the hash [0-9a-f]{64} for the event wallet\/3\/812, but its content has [0-9a-f]{64}$/,
        ) as never,
      ],
    ],
  ])('notices %s even where the operator signed it', async (_, change, faults) => {
    expect(await faultsOf(await issued(change(chargeReceipt())))).toEqual(faults);
  });

  it('notices books that do not balance, and lots that do not sum up, even where the event says so', async () => {
    const postings = [{ account: 'lane:3:escrow', asset: 'AIT', amount: 1n }];
    const event = chargedEvent({ postings: [...postings, ...postings], tokens: 686n });
    expect(await faultsOf(await issued(receiptOf(event, previousHash, chargeId)!))).toEqual([
      'the postings in AIT sum to 1372 instead of zero',
      'the lots sum to 687 µAIT, but the receipt states 686',
      'the lines sum to 687 µAIT, but the receipt states 686',
      'the shares sum to 687 µAIT, but the receipt states 686',
    ]);
  });

  it('says which key is missing, and takes any of those that are given', async () => {
    const text = await issued(chargeReceipt());
    const { publicKey: other } = await receiptSigner(Buffer.alloc(32, 7).toString('base64url'));
    expect((await checkReceipt(text, [other])).faults).toEqual([
      `the signature is by the key ${signer.publicKey.kid}, not by one of the 1 given keys`,
    ]);
    expect((await checkReceipt(text, [other, signer.publicKey])).faults).toEqual([]);
    const posing = { ...(await publicReceiptKey(other.x)), kid: signer.publicKey.kid };
    expect((await checkReceipt(text, [posing])).faults).toEqual([
      `the signature by the key ${signer.publicKey.kid} does not verify`,
    ]);
  });

  it.each([
    ['nothing', '', 'the text is not JSON'],
    ['another document', '{"receipt":{}}', 'the text is not a signed receipt: /receipt/format: '],
    ['no JWS', canonicalJson({ receipt: chargeReceipt(), jws: 'a.b' }), 'the signature is not a compact JWS'],
  ])('says what is wrong with %s', async (_, text, fault) => {
    expect((await faultsOf(text))[0]).toMatch(new RegExp(`^${fault}`));
  });

  it('says that a receipt is of an event that has none, or of none at all', async () => {
    const receipt = chargeReceipt();
    const value = encodeData({}).toString();
    expect((await faultsOf(await issued({ ...receipt, event: { ...receipt.event, value } }))).at(1)).toMatch(
      /^the event wallet\/3\/812 cannot be read: WalletCharged: \/walletId/,
    );
    const headers = receipt.event.headers.map(([name, text]): [string, string] => [
      name,
      text.replace('WalletCharged', 'WalletOpened'),
    ]);
    expect(await faultsOf(await issued({ ...receipt, event: { ...receipt.event, headers } }))).toContain(
      `the event wallet/3/812 is a WalletOpened without a receipt ${chargeId}`,
    );
  });

  it('does not take the unused bits at the end of a signature for another spelling', async () => {
    const { jws } = JSON.parse(await issued(chargeReceipt())) as { jws: string };
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const same = jws.slice(0, -1) + alphabet[alphabet.indexOf(jws.at(-1)!) ^ 1]!;
    await expect(verifyCompact(same, keys)).rejects.toThrow('does not verify');
  });

  it.each([['='], ['=='], [' '], ['\n']])(
    'does not take a signature with "%s" at its end for another spelling',
    async (end) => {
      const { jws } = JSON.parse(await issued(chargeReceipt())) as { jws: string };
      await expect(verifyCompact(jws + end, keys)).rejects.toThrow('the signature');
    },
  );

  it('takes no other document of the same key for a receipt, and no other algorithm', async () => {
    const kid = signer.publicKey.kid;
    const signed = (typ: string) =>
      new CompactSign(Buffer.from('{}')).setProtectedHeader({ alg: 'EdDSA', kid, typ }).sign(signer.key);
    expect(await verifyCompact(await signed('tokengrid-receipt'), keys)).toBe('{}');
    await expect(verifyCompact(await signed('JWT'), keys)).rejects.toThrow('the signed content is not a receipt');
    const byText = Buffer.from(signer.publicKey.x);
    const mac = await new CompactSign(Buffer.from('{}')).setProtectedHeader({ alg: 'HS256', kid }).sign(byText);
    await expect(verifyCompact(mac, keys)).rejects.toThrow('does not verify');
  });
});
