import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { DataSource } from 'typeorm';
import { Lanes } from '../../streams/lanes.ts';
import { type Caller, runWallet, type RunningWallet } from '../../testing/run-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

interface Line {
  readonly entryId: string;
  readonly type: string;
  readonly reference: string;
  readonly time: string;
}

/** A time after all answers so far, and before all later requests. */
async function now(): Promise<string> {
  const time = Date.now();
  while (Date.now() <= time) await new Promise((resolve) => setImmediate(resolve));
  return new Date(time).toISOString();
}

/** Every page of a list, in order. */
async function pagesOf(who: Caller, query: string): Promise<readonly (readonly Line[])[]> {
  const pages: Line[][] = [];
  let cursor = '';
  do {
    const { body } = await wallet.get(who, `/v1/wallets/${who.walletId}/entries?${query}${cursor}`);
    pages.push(body['data'] as unknown as Line[]);
    cursor = body['nextCursor'] === null ? '' : `&cursor=${body['nextCursor'] as string}`;
  } while (cursor !== '');
  return pages;
}

const entriesOf = async (who: Caller, query: string) => (await pagesOf(who, query)).flat();

/**
 * Inserts entries as the projection writes them: `type` for each of `count`, 1 µAIT and 1 ms apart.
 */
async function enter(who: Caller, count: number, type: (index: string) => string): Promise<void> {
  await wallet.instance(DataSource).query(
    `insert into entries (wallet_id, sequence, lane, type, tokens, balance_after, held, held_after, time, reference)
     select $1, 1000000 + i, $3, ${type('i')}, 1, i, 0, 0, 1700000000000 + i, 'ref_' || i
     from generate_series(1, $2::int) i`,
    [who.walletId, count, wallet.instance(Lanes).of(who.walletId)],
  );
}

describe('the balance at a time', () => {
  it('is what it was then, and says which event had changed it last', async () => {
    const before = await now();
    const party = await wallet.party();
    const opened = await now();
    await wallet.buy(party, '100');
    const bought = await now();
    await wallet.post(party, 'holds', { tokens: '30', expiresInSeconds: 60, reason: 'a use' });
    const held = await now();
    await wallet.post(party, 'sales', { tokens: '50' });
    const path = `/v1/wallets/${party.walletId}`;
    const at = async (time: string) => (await wallet.get(party, `${path}?at=${time}`)).body;
    expect(await at(opened)).toMatchObject({ status: 'open', available: '0', held: '0' });
    expect(await at(bought)).toMatchObject({ status: 'open', available: '100', held: '0' });
    expect(await at(held)).toMatchObject({ available: '70', held: '30' });
    const { body: current } = await wallet.get(party, path);
    expect(current).toMatchObject({ available: '20', held: '30' });
    expect(await at(await now())).toEqual(current);
    expect((await wallet.get(party, `/v1/parties/${party.partyId}/wallet?at=${bought}`)).body).toEqual(
      await at(bought),
    );
    const sequences = await Promise.all(
      [opened, bought, held].map(async (time) => ((await at(time))['asOf'] as { sequence: number }).sequence),
    );
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(await wallet.get(party, `${path}?at=${before}`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('is refused for the future and for what is no time', async () => {
    const party = await wallet.party();
    for (const at of ['2999-01-01T00:00:00Z', 'yesterday', '2020-01-01']) {
      expect(await wallet.get(party, `/v1/wallets/${party.walletId}?at=${at}`)).toMatchObject({
        status: 400,
        body: { code: 'INVALID_ARGUMENT', errors: [{ pointer: '/at' }] },
      });
    }
  });

  it('is found among many entries, whatever time is asked for', async () => {
    const party = await wallet.party();
    await enter(party, 1000, () => `'grant'`);
    // The wallet of this spec is younger than the inserted entries.
    await wallet
      .instance(DataSource)
      .query('update wallet_statuses set time = 0 where wallet_id = $1', [party.walletId]);
    for (const index of [-5, 0, 1, 2, 499, 500, 998, 999, 1000, 1500]) {
      const at = new Date(1_700_000_000_000 + index).toISOString();
      const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}?at=${at}`);
      expect([index, body['available']]).toEqual([index, String(Math.min(1000, Math.max(0, index)))]);
    }
  });
});

describe('entries', () => {
  it('can be asked for by type, by reference and by time, in both orders', async () => {
    const party = await wallet.party();
    const bought: unknown[] = [];
    for (let index = 0; index < 5; index++) bought.push((await wallet.buy(party, '10')).body['purchaseId']);
    const between = await now();
    const sold = (await wallet.post(party, 'sales', { tokens: '10' })).body['saleId'];
    bought.push((await wallet.buy(party, '10')).body['purchaseId']);
    const references = async (query: string) => (await entriesOf(party, query)).map(({ reference }) => reference);
    expect(await references('type=purchase&limit=2')).toEqual(bought);
    expect(await references('type=purchase&limit=2&order=newest-first')).toEqual([...bought].reverse());
    expect(await references(`reference=${sold as string}`)).toEqual([sold]);
    expect(await references(`reference=${sold as string}&type=purchase`)).toEqual([]);
    expect(await references(`from=${between}`)).toEqual([sold, bought[5]]);
    expect(await references(`to=${between}&limit=2&order=newest-first`)).toEqual(bought.slice(0, 5).reverse());
    const [first] = await entriesOf(party, 'limit=1000');
    expect(await references(`from=${first!.time}&to=${first!.time}`)).toEqual([]);
    expect((await references(`from=${first!.time}&to=${between}`))[0]).toBe(bought[0]);
  });

  it('of a rare type among many are found page by page, each of which looks at so many and no more', async () => {
    const party = await wallet.party();
    await enter(party, 50_000, (index) => `case when ${index} in (1, 25000, 50000) then 'sale' else 'grant' end`);
    for (const order of ['oldest-first', 'newest-first']) {
      const pages = await pagesOf(party, `type=sale&order=${order}`);
      expect(pages.map((page) => page.length)).toEqual([1, 1, 1]);
      const found = pages.flat().map(({ reference }) => reference);
      expect(order === 'oldest-first' ? found : found.reverse()).toEqual(['ref_1', 'ref_25000', 'ref_50000']);
    }
  });

  it.each(['type=present', 'reference=', 'from=2026-01-01', 'to=x', 'format=pdf'])('refuse ?%s', async (query) => {
    const party = await wallet.party();
    expect(await wallet.get(party, `/v1/wallets/${party.walletId}/entries?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT' },
    });
  });
});

describe('a statement as CSV', () => {
  const csv = (who: Caller, query: string, headers: Record<string, string> = {}) =>
    fetch(`${wallet.url}/v1/wallets/${who.walletId}/entries${query}`, {
      headers: { authorization: `Bearer ${who.secret}`, ...headers },
    });

  it('is whole, has a header, and says what the list says', async () => {
    const party = await wallet.party();
    await enter(party, 2500, () => `'grant'`);
    const response = await csv(party, '?format=csv&limit=1');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${party.walletId}-entries.csv"`);
    const text = await response.text();
    expect(text.split('\r\n')[0]).toBe(
      'entryId,time,type,tokens,balanceAfter,held,heldAfter,debtAfter,reference,otherWalletId,memo,uses',
    );
    const lines = parse<Record<string, string>>(text, { columns: true });
    expect(lines).toHaveLength(2500);
    const listed = await entriesOf(party, 'limit=1000');
    expect(lines).toEqual(listed.map((line) => ({ otherWalletId: '', memo: '', uses: '', ...line })));
    const newest = await (await csv(party, '?type=grant&order=newest-first', { accept: 'text/csv' })).text();
    expect(parse<Record<string, string>>(newest, { columns: true })).toEqual([...lines].reverse());
  });

  it('is in the OpenAPI document, as text', async () => {
    const { body } = await wallet.get(undefined, '/openapi.json');
    expect(body).toMatchObject({
      paths: {
        '/v1/wallets/{walletId}/entries': {
          get: {
            responses: {
              200: {
                content: {
                  'application/json': { schema: { $ref: '#/components/schemas/Entries' } },
                  'text/csv': { schema: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    });
  });

  it('comes only when asked for', async () => {
    const party = await wallet.party();
    for (const accept of [
      '*/*',
      'application/json, text/csv',
      'text/csv;q=0.5, application/json',
      'text/html, */*;q=0.1',
    ]) {
      expect((await csv(party, '', { accept })).headers.get('content-type')).toMatch(/^application\/json/);
    }
    expect((await csv(party, '', { accept: 'text/html' })).status).toBe(406);
    expect((await csv(party, '?format=json', { accept: 'text/csv' })).headers.get('content-type')).toMatch(/json/);
  });

  it('begins with a byte order mark on request', async () => {
    const party = await wallet.party();
    const bytes = Buffer.from(await (await csv(party, '?format=csv&bom=true')).arrayBuffer());
    expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf');
  });

  it("does not let a memo be a spreadsheet's formula, and leaves amounts as they are", async () => {
    const [from, to] = [await wallet.party(), await wallet.party()];
    await wallet.buy(from, '100');
    const memos = ['=HYPERLINK("http://x","y")', '+1', '-1', '@x', 'plain, "quoted"', 'one\rtwo', 'one\ntwo'];
    for (const memo of memos) await wallet.post(from, 'transfers', { toWalletId: to.walletId, tokens: '1', memo });
    const lines = parse<Record<string, string>>(await (await csv(from, '?format=csv&type=transfer-out')).text(), {
      columns: true,
    });
    expect(lines.map(({ memo }) => memo)).toEqual([
      '\'=HYPERLINK("http://x","y")',
      "'+1",
      "'-1",
      "'@x",
      ...memos.slice(4),
    ]);
    expect(lines.map(({ tokens }) => tokens)).toEqual(memos.map(() => '-1'));
  });
});
