import { comeIn, type Handler, type ReferenceModel } from './model.ts';
import { availableOf, known, ofLane, onDay } from './state.ts';
import type { At, Consequences, Expected, ModelSent, ModelWallet } from './state.ts';
import type { Asked } from './asked.ts';
import { bindingOf, rightRefused, saying } from './actors.ts';
import { payDebt } from './debt.ts';
import { fallDue, paying, upToDate } from './due.ts';
import { burnLeaving, leavingRefused } from './leaving.ts';
import { alerts, limitRefused, spend } from './limits.ts';
import { iso, isoOrNull, type ModelLot, named, timeOf, totalOf } from './lots.ts';
import { marketRefused } from './market.ts';
import { letIn, statusRefused } from './status.ts';
import { makeRoom } from './vouchers.ts';

/** Lots in transit, merged by expiry, the soonest first. */
function parcelsOf(lots: readonly ModelLot[]) {
  const ends = [...new Set(lots.map((lot) => lot.ends))].sort((a, b) => (a === b ? 0 : a - b));
  return ends.map((end) => ({
    tokens: totalOf(lots.filter((lot) => lot.ends === end)),
    expiresAt: isoOrNull(end),
  }));
}

const isLasting = (lot: ModelLot): boolean => lot.sellable && lot.ends === Infinity;

/**
 * domain.md "Send", "Only transferable lots can be sent", "Sending is an operator policy", "Spend
 * limits"; rules "Rights when used".
 */
function sendingRefused(wallet: ModelWallet, asked: Asked, at: At, may?: (lot: ModelLot) => boolean) {
  const { tokens } = asked;
  return (
    statusRefused(wallet) ??
    marketRefused(wallet, 'sending', asked, at) ??
    rightRefused(wallet, asked) ??
    limitRefused(wallet, tokens, bindingOf(wallet, asked), at) ??
    leavingRefused(wallet, tokens, may)
  );
}

/**
 * Debits a wallet for another one. The amount counts against its limits, its members' and the
 * market's, until it returns.
 */
function leave(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At, may?: (lot: ModelLot) => boolean) {
  const { transferId, toWalletId, tokens } = asked;
  const taken = burnLeaving(wallet, tokens, may);
  model.depart(`${transferId} to ${toWalletId}`, tokens);
  model.accounts.move(tokens, availableOf(wallet.id), ofLane(at, 'in-transit'));
  wallet.countedMonthly.push({ month: at.month, kind: 'sending', amount: tokens });
  const memberIds = bindingOf(wallet, asked);
  spend(wallet, memberIds, tokens, at);
  const counters = memberIds.map((memberId) => wallet.members.get(memberId)!.spendings);
  const when = { day: at.day, month: at.month, timeZone: at.timeZone, memberIds };
  model.sent.set(transferId, { ...when, counters: [wallet.spendings, ...counters] });
  return { taken, ...onDay(at), memberIds: saying(memberIds) };
}

function* sendTokens(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { transferId, toWalletId, tokens, memo } = asked;
  const sending = { walletId: wallet.id, transferId, toWalletId, tokens };
  const refused = asked.receiverKnown ? sendingRefused(wallet, asked, at) : { code: 'NOT_FOUND' };
  if (refused) return yield { type: 'TransferRefused', data: { ...sending, ...refused } };
  const { taken, ...says } = leave(model, wallet, asked, at);
  const sent = { ...sending, memo, ...says, lots: named(taken), parcels: parcelsOf(taken) };
  yield { type: 'TokensSent', data: known(sent) };
  yield* alerts(wallet, at);
}

/** A voucher funded by a party: only with tokens that expire no sooner than the voucher. */
function* fundVoucher(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { transferId, toWalletId, tokens, terms, expiresAt } = asked;
  const funding = { walletId: wallet.id, transferId, toWalletId, tokens };
  const passed = expiresAt! <= at.time ? { code: 'WALLET.EXPIRY_PASSED' } : undefined;
  const refused = asked.receiverKnown
    ? (passed ?? sendingRefused(wallet, asked, at, isLasting))
    : { code: 'NOT_FOUND' };
  if (refused) return yield { type: 'TransferRefused', data: { ...funding, ...refused } };
  const { taken, ...says } = leave(model, wallet, asked, at, isLasting);
  const voucher = { ...terms, funder: wallet.partyId };
  const parcels = [{ tokens, expiresAt: iso(expiresAt!) }];
  yield { type: 'TokensSent', data: known({ ...funding, voucher, ...says, lots: named(taken), parcels }) };
  yield* alerts(wallet, at);
}

/** A returned transfer's day, and the members it counted against. */
const whenSent = ({ day, timeZone, memberIds }: ModelSent) => ({
  sentOn: { day, timeZone },
  memberIds: saying(memberIds),
});

const arriving = ({ parcels }: Asked) => parcels.map(({ tokens, expiresAt }) => ({ tokens, ends: timeOf(expiresAt) }));

/** Refusal of incoming tokens. Due items make way for a voucher first. */
function* declined(
  model: ReferenceModel,
  wallet: ModelWallet,
  { voucher, tokens }: Asked,
  at: At,
): Generator<Expected, string | undefined> {
  if (wallet.closed) return 'WALLET.CLOSED';
  if (!voucher) return undefined;
  yield* fallDue(model, wallet, at);
  return yield* makeRoom(model, wallet, voucher.funder, tokens, at);
}

function* receiveTokens(model: ReferenceModel, asked: Asked, at: At): Consequences {
  const { transferId, walletId, fromWalletId, tokens, memo, parcels, voucher } = asked;
  model.arrive(`${transferId} to ${walletId}`, tokens);
  const transfer = { walletId, transferId, fromWalletId, tokens };
  const wallet = model.wallets.get(walletId);
  const code = wallet ? yield* declined(model, wallet, asked, at) : 'WALLET.NOT_OPEN';
  if (code) {
    model.depart(`${transferId} back to ${fromWalletId}`, tokens);
    const sent = whenSent(model.sent.get(transferId)!);
    return yield { type: 'TransferDeclined', data: known({ ...transfer, ...sent, parcels, voucher, code }) };
  }
  const kind = voucher ? { source: 'voucher', sellable: false, voucher } : { source: 'transfer', sellable: true };
  const lots = comeIn(model, wallet!, { id: transferId, ...kind }, arriving(asked));
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  yield { type: 'TokensReceived', data: known({ ...transfer, memo, lots }) };
  yield* payDebt(model, wallet!, at);
}

/**
 * rules "Returned transfer": reduces the counters of the day and month in which it was sent, and no
 * others.
 */
function giveLimitBack(wallet: ModelWallet, { day, month, counters }: ModelSent, tokens: bigint): void {
  for (const counter of counters) counter.push({ day, tokens: -tokens });
  wallet.countedMonthly.push({ month, kind: 'sending', amount: -tokens });
}

const returnTransfer = paying(function* (model, wallet, asked, at) {
  const { transferId, walletId, toWalletId, tokens, code, isVoucher } = asked;
  yield* letIn(wallet);
  model.arrive(`${transferId} back to ${walletId}`, tokens);
  // A voucher's expiry is not that of its tokens.
  const parcels = isVoucher ? [{ tokens, ends: Infinity }] : arriving(asked);
  const lots = comeIn(model, wallet, { id: transferId, source: 'refund', sellable: true }, parcels);
  const sent = model.sent.get(transferId)!;
  giveLimitBack(wallet, sent, tokens);
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  const data = { walletId, transferId, toWalletId, tokens, ...whenSent(sent), code, lots };
  yield { type: 'TransferReturned', data: known(data) };
});

/** Handlers of transfers, by command. */
export const transferHandlers: Readonly<Record<string, Handler>> = {
  sendTokens: upToDate(sendTokens),
  fundVoucher: upToDate(fundVoucher),
  receiveTokens,
  returnTransfer,
};
