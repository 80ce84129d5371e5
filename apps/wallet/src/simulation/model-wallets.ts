import {
  type Asked,
  type At,
  availableOf,
  comeIn,
  type Consequences,
  type Handler,
  known,
  type ModelWallet,
  newWallet,
  ofLane,
  type ReferenceModel,
} from './model.ts';
import type { Giving } from './model-approvals.ts';
import { toppingUp } from './model-exhaustion.ts';
import { type OnWallet, upToDate } from './model-expiry.ts';
import { exhausted, issued } from './model-issuance.ts';
import { burnLeaving, leavingRefused } from './model-leaving.ts';
import { marketRefused, monthOf } from './model-market.ts';
import { alerts, memberOf, spend, spendingRefused, unspend } from './model-spending.ts';
import { closedRefused, letIn, standingRefused } from './model-standing.ts';
import { mayPay, takesVoucher } from './model-vouchers.ts';
import { burn, dayOf, isoOrNull, type ModelLot, named, timeOf, totalOf } from './model-lots.ts';

/** Lots on their way: together where they end together, the soonest first. */
function parcelsOf(lots: readonly ModelLot[]) {
  const ends = [...new Set(lots.map((lot) => lot.ends))].sort((a, b) => (a === b ? 0 : a - b));
  return ends.map((end) => ({
    tokens: totalOf(lots.filter((lot) => lot.ends === end)),
    expiresAt: isoOrNull(end),
  }));
}

function* openWallet(model: ReferenceModel, { walletId, partyId, partyKind }: Asked): Consequences {
  model.once(`opening of ${walletId}`);
  model.wallets.set(walletId, newWallet(walletId, partyId));
  yield { type: 'WalletOpened', data: { walletId, partyId, partyKind } };
}

/** Tokens that the operator gives to be used for anything. */
export const grantGift: Giving = {
  barred: (wallet, { expiresAt }, at) =>
    expiresAt !== undefined && expiresAt <= at.time ? { code: 'WALLET.EXPIRY_PASSED' } : closedRefused(wallet),
  short: (model, _, asked, at) => exhausted(model, asked, at),
  refused: ({ id: walletId }, { grantId, tokens }, refusal) => ({
    type: 'GrantRefused',
    data: { walletId, grantId, tokens, ...refusal },
  }),
  *give(model, wallet, { grantId, tokens, source, expiresAt, transferable }, at) {
    const { id: walletId } = wallet;
    const came = { id: grantId, source, sellable: transferable };
    const [lot] = comeIn(model, wallet, came, [{ tokens, ends: expiresAt ?? Infinity }]);
    model.accounts.move(tokens, ofLane(at, 'issuance'), availableOf(walletId));
    yield { type: 'TokensGranted', data: { walletId, grantId, tokens, lot } };
    yield* issued(model, walletId, tokens, at);
  },
};

function* sendTokens(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { transferId, toWalletId, tokens, memo } = asked;
  const { id: walletId } = wallet;
  const refused = asked.receiverKnown
    ? (standingRefused(wallet) ??
      marketRefused(wallet, 'sending', asked, at) ??
      spendingRefused(wallet, asked, at) ??
      leavingRefused(wallet, tokens))
    : { code: 'NOT_FOUND' };
  if (refused) return yield { type: 'TransferRefused', data: { walletId, transferId, toWalletId, tokens, ...refused } };
  const taken = burnLeaving(wallet, tokens);
  model.depart(`${transferId} to ${toWalletId}`, tokens);
  model.accounts.move(tokens, availableOf(walletId), ofLane(at, 'in-transit'));
  wallet.trades.push({ month: monthOf(at), kind: 'sending', amount: tokens });
  const memberId = memberOf(wallet, asked.spender);
  spend(wallet, memberId, tokens, at);
  const [day, lots, parcels] = [dayOf(at), named(taken), parcelsOf(taken)];
  const sent = { walletId, transferId, toWalletId, tokens, memo, day, timeZone: 'UTC', memberId, lots, parcels };
  yield { type: 'TokensSent', data: known(sent) };
  yield* alerts(wallet, at);
}

const arriving = ({ parcels }: Asked) => parcels.map(({ tokens, expiresAt }) => ({ tokens, ends: timeOf(expiresAt) }));

/** Why what was sent is not taken. */
function declining(wallet: ModelWallet | undefined, { voucher }: Asked): string | undefined {
  if (!wallet) return 'WALLET.NOT_OPEN';
  if (wallet.closed) return 'WALLET.CLOSED';
  return voucher && !takesVoucher(wallet, voucher.funder) ? 'WALLET.TOO_MANY_VOUCHERS' : undefined;
}

function* receiveTokens(model: ReferenceModel, asked: Asked, at: At): Consequences {
  const { transferId, walletId, fromWalletId, tokens, memo, parcels, voucher, sentOn, memberIds } = asked;
  model.arrive(`${transferId} to ${walletId}`, tokens);
  const transfer = { walletId, transferId, fromWalletId, tokens };
  const wallet = model.wallets.get(walletId);
  const code = declining(wallet, asked);
  if (code) {
    model.depart(`${transferId} back to ${fromWalletId}`, tokens);
    return yield { type: 'TransferDeclined', data: known({ ...transfer, sentOn, memberIds, parcels, voucher, code }) };
  }
  const kind = voucher ? { source: 'voucher', sellable: false, voucher } : { source: 'transfer', sellable: true };
  const lots = comeIn(model, wallet!, { id: transferId, ...kind }, arriving(asked));
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  yield { type: 'TokensReceived', data: known({ ...transfer, memo, lots }) };
}

function* returnTransfer(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { transferId, toWalletId, tokens, code, isVoucher, sentOn, memberIds } = asked;
  const { id: walletId } = wallet;
  yield* letIn(wallet);
  model.arrive(`${transferId} back to ${walletId}`, tokens);
  unspend(wallet, asked);
  // The end of a voucher is not that of the tokens in it.
  const parcels = isVoucher ? [{ tokens, ends: Infinity }] : arriving(asked);
  const lots = comeIn(model, wallet, { id: transferId, source: 'refund', sellable: true }, parcels);
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  yield {
    type: 'TransferReturned',
    data: known({ walletId, transferId, toWalletId, tokens, sentOn, memberIds, code, lots }),
  };
}

function* chargeWallet(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { chargeId, usageId, tokens, use, spender } = asked;
  const { id: walletId } = wallet;
  model.once(`charge ${chargeId}`);
  const available = wallet.lots.reduce((sum, lot) => sum + mayPay(lot, asked), 0n);
  const charge = { walletId, chargeId, usageId, tokens };
  const barred = standingRefused(wallet) ?? spendingRefused(wallet, asked, at);
  if (barred) return yield { type: 'ChargeRefused', data: { ...charge, ...barred } };
  if (available < tokens && wallet.exhaustion.action === 'stop') {
    const short = { code: 'WALLET.INSUFFICIENT_TOKENS', available, required: tokens };
    return yield { type: 'ChargeRefused', data: { ...charge, ...short } };
  }
  if (available < tokens) {
    const { refused, happens } = toppingUp(model, wallet, asked, tokens - available, at);
    if (refused) return yield { type: 'ChargeRefused', data: { ...charge, ...refused } };
    yield* happens();
  }
  const lots = named(burn(wallet.lots, tokens, (lot) => mayPay(lot, asked)));
  model.accounts.move(tokens, availableOf(walletId), ofLane(at, 'escrow'));
  model.lanes[at.lane]!.charged += tokens;
  const memberId = memberOf(wallet, spender);
  spend(wallet, memberId, tokens, at);
  yield { type: 'WalletCharged', data: known({ ...charge, use, day: dayOf(at), timeZone: 'UTC', memberId, lots }) };
  yield* alerts(wallet, at);
}

function* receiveEarnings(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { statementId, partyId, period, timeZone, tokens, fromLane } = asked;
  const { id: walletId } = wallet;
  yield* letIn(wallet);
  model.arrive(`${statementId} from lane ${fromLane}`, tokens);
  const [lot] = comeIn(model, wallet, { id: statementId, source: 'earnings', sellable: true }, [
    { tokens, ends: Infinity },
  ]);
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  yield { type: 'EarningsReceived', data: { walletId, statementId, partyId, period, timeZone, tokens, fromLane, lot } };
}

/** What only comes in is taken as it is: nothing of the wallet is decided. */
const asItIs = (handler: OnWallet): Handler =>
  function* (model, asked, at) {
    yield* handler(model, model.wallet(asked.walletId), asked, at);
  };

/** What wallets do, by the names of their decisions. */
export const walletHandlers: Readonly<Record<string, Handler>> = {
  openWallet,
  sendTokens: upToDate(sendTokens),
  receiveTokens,
  returnTransfer: asItIs(returnTransfer),
  chargeWallet: upToDate(chargeWallet),
  receiveEarnings: asItIs(receiveEarnings),
  expireTokens: upToDate(function* () {}),
};
