import type { Answered, Ask, Stage } from './stage.ts';

/** Threshold in µAIT above which a second person is needed. */
const alone = 1000n;
const strict = { approvals: { grantsAbove: String(alone), priceChangeAboveBps: 1000 } };
const price = (buy: string) => ({ currency: 'CNY', buy, sellBack: '90' });

/**
 * Results of one run: proposals by outcome, and the numbers of prices and policies that came into
 * force.
 */
export const decided = { approved: 6, rejected: 5, prices: 2, policies: 2 } as const;

/**
 * Proposes everything that needs a second person, and has it approved, rejected, and refused to its
 * proposer and after a decision. Before and after, one person may do anything, and a token costs
 * 100.
 * @returns µAIT added to the party's wallet
 */
export async function everyApproval({ operatorKey, approverKey, party }: Stage, ask: Ask, end: string) {
  const wallet = `/v1/wallets/${party.walletId}`;
  const decide = (one: Answered, action: 'approve' | 'reject', key = approverKey, body?: object) =>
    ask('POST', `/v1/approvals/${String(one.answer['approvalId'])}/${action}`, key, body);
  const approve = async (one: Answered) => {
    await decide(one, 'approve', operatorKey);
    await decide(one, 'approve');
    await decide(one, 'approve');
  };
  const reject = async (one: Answered) => {
    await decide(one, 'reject', operatorKey, {});
    await decide(one, 'reject', approverKey, { reason: 'not agreed' });
    await decide(one, 'approve');
  };
  const propose = async (method: 'POST' | 'PUT', path: string, body: object) => {
    const one = await ask(method, path, operatorKey, body);
    if (one.answer['status'] !== 'awaiting-approval') throw new Error(`${path} does not wait: ${one.status}`);
    return one;
  };
  const grant = () =>
    propose('POST', `${wallet}/grants`, { tokens: String(alone + 1n), source: 'promotion', transferable: true });
  const voucher = () =>
    propose('POST', `${wallet}/vouchers`, { tokens: String(alone + 2n), shareBps: 5000, expiresAt: end });
  const plan = () => propose('PUT', `${wallet}/plan`, { tokens: String(alone + 3n), rolloverCap: '0' });
  const pricing = (buy: string) => propose('PUT', '/v1/token-price', price(buy));
  const loosening = () => propose('PUT', '/v1/market-policy', {});

  await ask('PUT', '/v1/market-policy', operatorKey, strict);
  await approve(await grant());
  await reject(await grant());
  await approve(await voucher());
  await reject(await voucher());
  await approve(await plan());
  await reject(await plan());
  await ask('DELETE', `${wallet}/plan`, operatorKey);
  await approve(await pricing('300'));
  await reject(await pricing('500'));
  await approve(await pricing('100'));
  await reject(await loosening());
  await approve(await loosening());
  return { given: alone + 1n + alone + 2n, allotted: alone + 3n };
}
