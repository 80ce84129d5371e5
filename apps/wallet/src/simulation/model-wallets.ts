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
import { type OnWallet, upToDate } from './model-expiry.ts';
import { exhausted, issued } from './model-issuance.ts';
import { burnSellable, leavingRefused } from './model-leaving.ts';
import { dayOf, marketRefused, monthOf } from './model-market.ts';
import { burn, isoOrNull, type ModelLot, named, timeOf, totalOf } from './model-lots.ts';

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

function* grantTokens(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { grantId, tokens, source, expiresAt, transferable } = asked;
  const { id: walletId } = wallet;
  const passed = expiresAt !== undefined && expiresAt <= at.time;
  const refused = passed ? { code: 'WALLET.EXPIRY_PASSED' } : exhausted(model, asked, at);
  if (refused) return yield { type: 'GrantRefused', data: { walletId, grantId, tokens, ...refused } };
  const came = { id: grantId, source, sellable: transferable };
  const [lot] = comeIn(model, wallet, came, [{ tokens, ends: expiresAt ?? Infinity }]);
  model.accounts.move(tokens, ofLane(at, 'issuance'), availableOf(walletId));
  yield { type: 'TokensGranted', data: { walletId, grantId, tokens, lot } };
  yield* issued(model, walletId, tokens, at);
}

function* sendTokens(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { transferId, toWalletId, tokens, memo } = asked;
  const { id: walletId } = wallet;
  const refused = asked.receiverKnown
    ? (marketRefused(wallet, 'sending', asked, at) ?? leavingRefused(wallet, tokens))
    : { code: 'NOT_FOUND' };
  if (refused) return yield { type: 'TransferRefused', data: { walletId, transferId, toWalletId, tokens, ...refused } };
  const taken = burnSellable(wallet, tokens);
  model.depart(`${transferId} to ${toWalletId}`, tokens);
  model.accounts.move(tokens, availableOf(walletId), ofLane(at, 'in-transit'));
  wallet.trades.push({ month: monthOf(at), kind: 'sending', amount: tokens });
  const day = dayOf(at);
  const sent = { walletId, transferId, toWalletId, tokens, memo, day, lots: named(taken), parcels: parcelsOf(taken) };
  yield { type: 'TokensSent', data: known(sent) };
}

const arriving = ({ parcels }: Asked) => parcels.map(({ tokens, expiresAt }) => ({ tokens, ends: timeOf(expiresAt) }));

function* receiveTokens(model: ReferenceModel, asked: Asked, at: At): Consequences {
  const { transferId, walletId, fromWalletId, tokens, memo, parcels } = asked;
  model.arrive(`${transferId} to ${walletId}`, tokens);
  const transfer = { walletId, transferId, fromWalletId, tokens };
  const wallet = model.wallets.get(walletId);
  if (!wallet) {
    model.depart(`${transferId} back to ${fromWalletId}`, tokens);
    return yield { type: 'TransferDeclined', data: { ...transfer, parcels, code: 'WALLET.NOT_OPEN' } };
  }
  const lots = comeIn(model, wallet, { id: transferId, source: 'transfer', sellable: true }, arriving(asked));
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  yield { type: 'TokensReceived', data: known({ ...transfer, memo, lots }) };
}

function* returnTransfer(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { transferId, toWalletId, tokens, code } = asked;
  const { id: walletId } = wallet;
  model.arrive(`${transferId} back to ${walletId}`, tokens);
  const lots = comeIn(model, wallet, { id: transferId, source: 'refund', sellable: true }, arriving(asked));
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  yield { type: 'TransferReturned', data: { walletId, transferId, toWalletId, tokens, code, lots } };
}

function* chargeWallet(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { chargeId, usageId, tokens, use } = asked;
  const { id: walletId } = wallet;
  model.once(`charge ${chargeId}`);
  const available = totalOf(wallet.lots);
  if (available < tokens) {
    const refused = { code: 'WALLET.INSUFFICIENT_TOKENS', available, required: tokens };
    return yield { type: 'ChargeRefused', data: { walletId, chargeId, usageId, tokens, ...refused } };
  }
  const lots = named(burn(wallet.lots, tokens));
  model.accounts.move(tokens, availableOf(walletId), ofLane(at, 'escrow'));
  model.lanes[at.lane]!.charged += tokens;
  yield { type: 'WalletCharged', data: { walletId, chargeId, usageId, tokens, use, lots } };
}

function* receiveEarnings(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { statementId, partyId, period, tokens, fromLane } = asked;
  const { id: walletId } = wallet;
  model.arrive(`${statementId} from lane ${fromLane}`, tokens);
  const [lot] = comeIn(model, wallet, { id: statementId, source: 'earnings', sellable: true }, [
    { tokens, ends: Infinity },
  ]);
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  yield { type: 'EarningsReceived', data: { walletId, statementId, partyId, period, tokens, fromLane, lot } };
}

/** What only comes in is taken as it is: nothing of the wallet is decided. */
const asItIs = (handler: OnWallet): Handler =>
  function* (model, asked, at) {
    yield* handler(model, model.wallet(asked.walletId), asked, at);
  };

/** What wallets do, by the names of their decisions. */
export const walletHandlers: Readonly<Record<string, Handler>> = {
  openWallet,
  grantTokens: upToDate(grantTokens),
  sendTokens: upToDate(sendTokens),
  receiveTokens,
  returnTransfer: asItIs(returnTransfer),
  chargeWallet: upToDate(chargeWallet),
  receiveEarnings: asItIs(receiveEarnings),
  expireTokens: upToDate(function* () {}),
};
