import type { Answer, Client } from '../api/client.ts';
import { eventually } from '../api/eventually.ts';
import { buy, type Party, registerSubscriber } from '../api/parties.ts';
import type { Tokengrid } from '../api/tokengrid.ts';

/** µAIT of one attempt: one AIT, at 100 minor units. */
const each = 1_000_000n;
/** Number of attempts for which there are tokens. */
export const good = 50;
const all = each * BigInt(good);

/** An action that many try at once and only some can complete. */
export interface Trial {
  /** One caller's command. */
  attempt(process: Client, idempotencyKey: string): Promise<Answer>;
  /** True if an answer reports success. */
  isDone(answer: Answer): boolean;
  /** True if an answer reports a refusal. */
  isRefused(answer: Answer): boolean;
  /** Violations, once all were answered. */
  complaints(): Promise<readonly string[]>;
}

export interface Kind {
  readonly name: string;
  readonly prepare: (grid: Tokengrid) => Promise<Trial>;
}

const refusedWith = (code: string) => (answer: Answer) => answer.status === 409 && answer.body['code'] === code;
const isMade = ({ status }: Answer) => status === 201;

/** Differences between a wallet's balance in both processes and the expected one. */
async function walletIs(grid: Tokengrid, party: Party, what: Readonly<Record<string, bigint>>): Promise<string[]> {
  const answers = await Promise.all(grid.wallets.map((one) => one.get(`/v1/wallets/${party.walletId}`, party.key)));
  return answers.flatMap(({ body }) =>
    Object.entries(what)
      .filter(([name, amount]) => body[name] !== String(amount))
      .map(([name, amount]) => `${name} is ${String(body[name])}, not ${amount}`),
  );
}

/** Faults of the books over all wallets. */
async function booksBalance(grid: Tokengrid): Promise<string[]> {
  const { body } = await grid.at('wallet').get('/v1/ledger/trial-balance', grid.operatorKey);
  return body['balanced'] === true ? [] : [`the books do not balance: ${JSON.stringify(body)}`];
}

async function rich(grid: Tokengrid): Promise<Party> {
  const party = await registerSubscriber(grid);
  await buy(grid, party, all);
  return party;
}

const transfers: Kind = {
  name: 'transfers',
  prepare: async (grid) => {
    const [from, to] = await Promise.all([rich(grid), registerSubscriber(grid)]);
    return {
      attempt: (process, idempotencyKey) => {
        const body = { toWalletId: to.walletId, tokens: String(each) };
        return process.post(`/v1/wallets/${from.walletId}/transfers`, from.key, body, { idempotencyKey });
      },
      isDone: isMade,
      isRefused: refusedWith('WALLET.INSUFFICIENT_TOKENS'),
      complaints: async () => {
        const arrived = () => grid.at('wallet').get(`/v1/wallets/${to.walletId}`, to.key);
        const { body } = await eventually(arrived, ({ body }) => BigInt(String(body['available'])) >= all);
        const received = body['available'] === String(all) ? [] : [`${String(body['available'])} µAIT arrived`];
        return [...(await walletIs(grid, from, { available: 0n, held: 0n })), ...received];
      },
    };
  },
};

const holds: Kind = {
  name: 'holds',
  prepare: async (grid) => {
    const party = await rich(grid);
    return {
      attempt: (process, idempotencyKey) => {
        const body = { tokens: String(each), expiresInSeconds: 3600, reason: 'a use' };
        return process.post(`/v1/wallets/${party.walletId}/holds`, party.key, body, { idempotencyKey });
      },
      isDone: isMade,
      isRefused: refusedWith('WALLET.INSUFFICIENT_TOKENS'),
      complaints: () => walletIs(grid, party, { available: 0n, held: all }),
    };
  },
};

/** Captures of one hold: a capture beyond it takes nothing, and states the shortfall. */
const captures: Kind = {
  name: 'captures of one hold',
  prepare: async (grid) => {
    const party = await rich(grid);
    const placing = { tokens: String(all), expiresInSeconds: 3600, reason: 'a use' };
    const hold = await grid.at('wallet').post(`/v1/wallets/${party.walletId}/holds`, party.key, placing);
    const path = `/v1/holds/${String(hold.body['holdId'])}/captures`;
    const took = (tokens: bigint) => (answer: Answer) =>
      isMade(answer) && answer.body['tokens'] === String(tokens) && answer.body['shortfall'] === String(each - tokens);
    return {
      attempt: (process, idempotencyKey) =>
        process.post(path, party.key, { tokens: String(each), final: false }, { idempotencyKey }),
      isDone: took(each),
      isRefused: took(0n),
      complaints: () => walletIs(grid, party, { available: 0n, held: 0n }),
    };
  },
};

const sales: Kind = {
  name: 'sales back',
  prepare: async (grid) => {
    const party = await rich(grid);
    return {
      attempt: (process, idempotencyKey) => {
        const body = { tokens: String(each) };
        return process.post(`/v1/wallets/${party.walletId}/sales`, party.key, body, { idempotencyKey });
      },
      isDone: isMade,
      isRefused: refusedWith('WALLET.INSUFFICIENT_TOKENS'),
      complaints: () => walletIs(grid, party, { available: 0n, held: 0n }),
    };
  },
};

function purchaseBy(party: Party, process: Client, idempotencyKey: string): Promise<Answer> {
  const body = { tokens: String(each), method: 'carrier-bill' };
  return process.post(`/v1/wallets/${party.walletId}/purchases`, party.key, body, { idempotencyKey });
}

const billed: Kind = {
  name: "purchases at the bill's limit",
  prepare: async (grid) => {
    const party = await registerSubscriber(grid);
    const path = `/v1/wallets/${party.walletId}/bill-limit`;
    await grid.at('wallet').put(path, grid.operatorKey, { monthlyLimit: String(100 * good) });
    return {
      attempt: (process, idempotencyKey) => purchaseBy(party, process, idempotencyKey),
      isDone: isMade,
      isRefused: refusedWith('WALLET.LIMIT_EXCEEDED'),
      complaints: () => walletIs(grid, party, { available: all, held: 0n }),
    };
  },
};

const plenty = '1000000000000000';

/**
 * Purchases by wallets in several lanes, which take the capacity from each other until there is
 * none.
 */
const limited: Kind = {
  name: "purchases at the capacity's limit",
  prepare: async (grid) => {
    const parties = await Promise.all(Array.from({ length: 4 }, () => registerSubscriber(grid)));
    const operator = grid.operatorKey;
    const outstanding = async () => {
      const { body } = await grid.at('wallet').get('/v1/capacity', operator);
      return BigInt(String(body['outstanding']));
    };
    const before = await outstanding();
    await grid.at('wallet').put('/v1/capacity', operator, { tokens: String(before + all) });
    let next = 0;
    const buyers = new Map<string, Party>();
    return {
      attempt: (process, idempotencyKey) => {
        const party = buyers.get(idempotencyKey) ?? parties[next++ % parties.length]!;
        buyers.set(idempotencyKey, party);
        return purchaseBy(party, process, idempotencyKey);
      },
      isDone: isMade,
      isRefused: refusedWith('WALLET.ISSUANCE_EXHAUSTED'),
      complaints: async () => {
        const after = await outstanding();
        await grid.at('wallet').put('/v1/capacity', operator, { tokens: plenty });
        return after === before + all ? [] : [`${after - before} µAIT were issued, not ${all}`];
      },
    };
  },
};

/**
 * Every limited action. Purchases at the capacity's limit come last: they count on freed capacity
 * of the others, which may still be in transit from a killed process.
 */
export const kinds: readonly Kind[] = [transfers, holds, captures, sales, billed, limited].map(({ name, prepare }) => ({
  name,
  prepare: async (grid) => {
    const trial = await prepare(grid);
    const complaints = async () => [...(await trial.complaints()), ...(await booksBalance(grid))];
    return { ...trial, complaints };
  },
}));
