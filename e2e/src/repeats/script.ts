import { randomUUID } from 'node:crypto';
import type { Answer, Client } from '../api/client.ts';
import { everyApproval } from './approvals.ts';
import type { Answered, Ask, Sent, Stage } from './stage.ts';

export const send = (process: Client, { method, path, ...options }: Sent): Promise<Answer> =>
  process.call(method, path, options);

const soon = new Date(Date.now() + 30 * 24 * 3_600_000).toISOString();

/** Effect of all commands, each executed once. Amounts are µAIT. */
export interface Changed {
  /** µAIT added to the party's wallet, without its plan's allotment. */
  readonly available: bigint;
  readonly held: bigint;
  /**
   * Maximum allotment of a plan in this month: assigned, ended and assigned again, it is allotted
   * once.
   */
  readonly allotted: bigint;
}

/**
 * Sends every command of the wallet, one after another, some of which are refused.
 * @returns µAIT added to the party's wallet if each was executed once
 */
export async function everyCommand(stage: Stage): Promise<Changed> {
  const { operatorKey, party } = stage;
  const wallet = `/v1/wallets/${party.walletId}`;
  const ask: Ask = (method, path, key, body) => stage.ask({ method, path, key, body, idempotencyKey: randomUUID() });
  const post = (path: string, body?: unknown) => ask('POST', path, party.key, body);
  const set = (path: string, body: unknown) => ask('PUT', path, operatorKey, body);
  const give = (path: string, body: unknown) => ask('POST', wallet + path, operatorKey, body);

  await set('/v1/token-price', { currency: 'CNY', buy: '100', sellBack: '90' });
  await set('/v1/capacity', { tokens: '1000000000000' });
  await set('/v1/market-policy', {});
  await set(`${wallet}/bill-limit`, { monthlyLimit: '1000000' });
  const quote = await post(`${wallet}/quotes`, { side: 'buy', tokens: '5000' });
  await post(`${wallet}/purchases`, { tokens: '5000', method: 'carrier-bill', quoteId: quote.answer['quoteId'] });
  await post(`${wallet}/purchases`, { tokens: '1000000', method: 'carrier-bill' });
  await post(`${wallet}/sales`, { tokens: '700' });
  await post(`${wallet}/transfers`, { toWalletId: stage.other.walletId, tokens: '300', memo: 'thanks' });
  await post(`${wallet}/transfers`, { toWalletId: stage.other.walletId, tokens: '9000000000' });
  await give('/grants', { tokens: '110', source: 'promotion', transferable: true });
  await give('/vouchers', { tokens: '60', shareBps: 5000, expiresAt: soon });
  await set(`${wallet}/plan`, { tokens: '80', rolloverCap: '10' });
  await ask('DELETE', `${wallet}/plan`, operatorKey);
  await ask('PUT', `${wallet}/limits`, party.key, { daily: '8000000000', alertsAt: [50] });
  await ask('PUT', `${wallet}/exhaustion-policy`, party.key, { action: 'stop' });
  await set(`${wallet}/members/${stage.other.partyId}`, { daily: '1' });
  await ask('DELETE', `${wallet}/members/${stage.other.partyId}`, operatorKey);
  await give('/freeze', { reason: 'a stolen phone' });
  await post(`${wallet}/transfers`, { toWalletId: stage.other.walletId, tokens: '300' });
  await give('/unfreeze', undefined);
  await give('/close', undefined);
  const held = await everyHoldCommand(post, wallet);
  const { given, allotted } = await everyApproval(stage, ask, soon);
  const available = given + 5000n + 1_000_000n - 700n - 300n + 110n + 60n;
  return { available: available - held - captured, held, allotted };
}

/** Total µAIT of the captures below. */
const captured = 150n;

/** @returns µAIT under the hold that is left open */
async function everyHoldCommand(post: (path: string, body?: unknown) => Promise<Answered>, wallet: string) {
  const place = async (tokens: string) => {
    const { answer } = await post(`${wallet}/holds`, { tokens, expiresInSeconds: 86_400, reason: 'a use' });
    return `/v1/holds/${String(answer['holdId'])}`;
  };
  const used = await place('100');
  await post(`${used}/extend`, { tokens: '40' });
  await post(`${used}/captures`, { tokens: '20', final: false });
  await post(`${used}/captures`, { tokens: '130', final: true });
  await post(`${used}/captures`, { tokens: '1', final: false });
  const given = await place('25');
  await post(`${given}/release`);
  await post(`${given}/release`);
  await post(`${wallet}/holds`, { tokens: '9000000000', expiresInSeconds: 60, reason: 'too much' });
  await place('15');
  return 15n;
}

/** The same command as one of a batch; none for a type that batches do not support. */
export function asBatched({ path, body, idempotencyKey }: Sent, walletId: string): object | undefined {
  const batched = (type: string, more: unknown) => ({ idempotencyKey, walletId, type, body: more });
  const hold = /^\/v1\/holds\/([^/]+)\/(captures|release)$/.exec(path);
  if (hold) {
    const holdId = hold[1]!;
    return hold[2] === 'release' ? batched('release', { holdId }) : batched('capture', { ...(body as object), holdId });
  }
  const type = { transfers: 'transfer', purchases: 'purchase', holds: 'hold' }[path.split('/').at(-1)!];
  return type === undefined ? undefined : batched(type, body);
}
