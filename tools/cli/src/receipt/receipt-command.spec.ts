import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  canonicalJson,
  encodeData,
  firstPreviousHash,
  hashOf,
  receiptOf,
  receiptSigner,
  signCompact,
} from '@tokengrid/contracts';
import { Failure } from '../output/failure.ts';
import { tokengrid } from '../program.ts';

const walletId = 'wal_01jzx0000000000000000000ab';
const chargeId = 'chg_01jzx0000000000000000000cd';
const signer = await receiptSigner(Buffer.alloc(32, 1).toString('base64url'));
const jwks = JSON.stringify({ keys: [{ kty: 'RSA', kid: 'another kind' }, signer.publicKey] });

/** Receipt of a charge, as served by the wallet. */
async function issued(): Promise<string> {
  const data = {
    walletId,
    partyId: 'org_01jzx0000000000000000000ab',
    ratedBy: 'metering/1/99',
    tokens: 687n,
    uses: [
      {
        usageId: 'usg_01jzx0000000000000000000ef',
        chargeId,
        source: '/networks/north',
        eventId: '4711',
        time: '2026-01-31T08:00:00.000Z',
        model: 'qwen-3',
        units: { input_tokens: '374' },
        tokens: 687n,
        priceVersion: 'model:qwen-3@2',
        lines: [{ of: 'model:qwen-3', meter: 'input_tokens', units: '374', unitPrice: '1.8369', tokens: 687n }],
        operatorBps: 10_000,
        shares: [{ role: 'operator', partyId: 'operator', tokens: 687n }],
        lots: [{ lotId: 'pur_1', tokens: 687n }],
      },
    ],
    ...{ refused: [], refunded: [], givenBack: 0n, lotTerms: [] },
    day: '2026-01-31',
    timeZone: 'UTC',
    postings: [
      { account: `wallet:${walletId}:available`, asset: 'AIT', amount: -687n },
      { account: 'lane:3:escrow', asset: 'AIT', amount: 687n },
    ],
  };
  const event = {
    service: 'wallet',
    lane: 3,
    sequence: 1,
    streamId: walletId,
    revision: 1,
    type: 'WalletCharged',
    version: 1,
    time: Date.parse('2026-01-31T08:00:01.000Z'),
    commandId: '0a1c7bd2-5a2f-4d0e-9c1e-3f6d0b9a5e11',
    inputHash: undefined,
    causationId: 'metering/1/99',
    correlationId: 'spec',
    actor: 'spec',
    traceparent: undefined,
    value: encodeData(data),
  };
  const receipt = receiptOf({ ...event, hash: hashOf(event, firstPreviousHash) }, firstPreviousHash, chargeId);
  return canonicalJson({ receipt, jws: await signCompact(canonicalJson(receipt), signer) });
}

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'tokengrid-receipt-'))));
afterAll(() => rm(folder, { recursive: true }));

/** A file with this content. */
async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

let printed: string[];
const verify = async (file: string, ...keys: string[]) => {
  await tokengrid().parseAsync([
    'node',
    'tokengrid',
    'receipt',
    'verify',
    file,
    ...keys.flatMap((key) => ['--keys', key]),
  ]);
  return process.exitCode ?? 0;
};
beforeEach(() => {
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

describe('receipt verify', () => {
  it('says what a receipt is of, and exits with 0', async () => {
    const file = await fileOf('receipt.json', await issued());
    expect(await verify(file, await fileOf('keys.json', jwks))).toBe(0);
    expect(printed).toEqual([
      `whole: charge chg_01jzx0000000000000000000cd of 687 µAIT, ${walletId}, for qwen-3 at model:qwen-3@2, booked 2026-01-31T08:00:01.000Z as wallet/3/1`,
    ]);
  });

  it('says what is wrong, a sentence each, and exits with 1', async () => {
    const file = await fileOf('altered.json', (await issued()).replace('"tokens":"687"', '"tokens":"688"'));
    expect(await verify(file, await fileOf('keys.json', jwks))).toBe(1);
    expect(printed).toEqual([
      'FAULT the signed content differs from the receipt',
      'FAULT the member lots does not agree with the event wallet/3/1',
      'FAULT the lots sum to 688 µAIT, but the receipt states 687',
    ]);
  });

  it.each<[string, (text: Buffer) => Buffer]>([
    ['a byte order mark', (text) => Buffer.concat([Buffer.from('\uFEFF'), text])],
    [
      'a byte that is no UTF-8',
      (text) => Buffer.concat([text.subarray(0, 40), Buffer.from([0xff]), text.subarray(41)]),
    ],
    ['half of it', (text) => text.subarray(0, text.length / 2)],
  ])('does not pass over %s', async (_, alter) => {
    const file = await fileOf('altered.json', alter(Buffer.from(await issued())));
    expect(await verify(file, await fileOf('keys.json', jwks))).toBe(1);
    expect(printed[0]).toMatch(/^FAULT the (file|text) is not/);
  });

  it('takes the keys from where they are published', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/v1/receipts/keys' ? 200 : 404).end(jwks);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/receipts`;
    const file = await fileOf('receipt.json', await issued());
    try {
      expect(await verify(file, `${url}/keys`)).toBe(0);
      await expect(verify(file, url)).rejects.toEqual(new Failure(`${url} answers 404.`));
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    await expect(verify(file, `${url}/keys`)).rejects.toThrow(`${url}/keys is unreachable`);
  });

  it.each([
    ['no JSON', 'x', 'is not JSON.'],
    ['no keys', '[]', 'is not a JWKS'],
    ['keys of other kinds', '{"keys":[{"kty":"RSA"}]}', 'has no Ed25519 key.'],
  ])('says so where the keys are %s', async (_, content, message) => {
    const file = await fileOf('receipt.json', await issued());
    await expect(verify(file, await fileOf('keys.json', content))).rejects.toThrow(message);
  });
});
