import type { Asked, At, Expected, Handler, ModelWallet } from './model.ts';
import { availableOf, comeIn, known, ofLane } from './model.ts';
import type { Giving } from './model-approvals.ts';
import { upToDate } from './model-expiry.ts';
import { exhausted, issued } from './model-issuance.ts';
import { burnLeaving, leavingRefused } from './model-leaving.ts';
import { dayOf, iso, type ModelLot, named } from './model-lots.ts';
import { marketRefused, monthOf } from './model-market.ts';
import { alerts, memberOf, spend, spendingRefused } from './model-spending.ts';
import { closedRefused, letIn, standingRefused } from './model-standing.ts';

const operator = 'operator';
const most = 32;
const mostOfParties = 24;

/** Whether a wallet takes one more voucher of a funder. */
export function takesVoucher({ lots }: ModelWallet, funder: string): boolean {
  const vouchers = lots.filter((lot) => lot.voucher);
  const ofParties = vouchers.filter((lot) => lot.voucher!.funder !== operator);
  return vouchers.length < most && (funder === operator || ofParties.length < mostOfParties);
}

/** µAIT of a lot that may pay for a use which costs so much. */
export function mayPay({ voucher, tokens }: ModelLot, asked: Asked): bigint {
  if (!voucher) return tokens;
  const { app, model } = asked.use as { readonly app?: string; readonly model?: string };
  if (voucher.apps && !voucher.apps.includes(app ?? '')) return 0n;
  if (voucher.models && !voucher.models.includes(model ?? '')) return 0n;
  const share = (asked.tokens * BigInt(voucher.shareBps)) / 10_000n;
  return [tokens, share, voucher.capPerUse ?? share].reduce((least, each) => (each < least ? each : least));
}

/** Tokens that the operator gives for certain uses. */
export const voucherGift: Giving = {
  barred: (wallet, { expiresAt }, at) => {
    if (expiresAt! <= at.time) return { code: 'WALLET.EXPIRY_PASSED' };
    return closedRefused(wallet) ?? (takesVoucher(wallet, operator) ? undefined : { code: 'WALLET.TOO_MANY_VOUCHERS' });
  },
  short: (model, _, asked, at) => exhausted(model, asked, at),
  refused: ({ id: walletId }, { voucherId, tokens }, refusal) => ({
    type: 'VoucherRefused',
    data: { walletId, voucherId, tokens, ...refusal },
  }),
  *give(model, wallet, { voucherId, tokens, terms, expiresAt }, at) {
    const { id: walletId } = wallet;
    const came = { id: voucherId, source: 'voucher', sellable: false, voucher: { ...terms, funder: operator } };
    const [lot] = comeIn(model, wallet, came, [{ tokens, ends: expiresAt! }]);
    model.accounts.move(tokens, ofLane(at, 'issuance'), availableOf(walletId));
    yield { type: 'VoucherIssued', data: { walletId, voucherId, tokens, lot } };
    yield* issued(model, walletId, tokens, at);
  },
};

const isLasting = (lot: ModelLot): boolean => lot.sellable && lot.ends === Infinity;

function fundingRefused(wallet: ModelWallet, asked: Asked, at: At): Expected['data'] | undefined {
  if (!asked.receiverKnown) return { code: 'NOT_FOUND' };
  if (asked.expiresAt! <= at.time) return { code: 'WALLET.EXPIRY_PASSED' };
  return (
    standingRefused(wallet) ??
    marketRefused(wallet, 'sending', asked, at) ??
    spendingRefused(wallet, asked, at) ??
    leavingRefused(wallet, asked.tokens, isLasting)
  );
}

const fundVoucher = upToDate(function* (model, wallet, asked, at) {
  const { transferId, toWalletId, tokens, terms, expiresAt, spender } = asked;
  const { id: walletId } = wallet;
  const funding = { walletId, transferId, toWalletId, tokens };
  const refused = fundingRefused(wallet, asked, at);
  if (refused) return yield { type: 'TransferRefused', data: { ...funding, ...refused } };
  const lots = named(burnLeaving(wallet, tokens, isLasting));
  model.depart(`${transferId} to ${toWalletId}`, tokens);
  model.accounts.move(tokens, availableOf(walletId), ofLane(at, 'in-transit'));
  wallet.trades.push({ month: monthOf(at), kind: 'sending', amount: tokens });
  const memberId = memberOf(wallet, spender);
  spend(wallet, memberId, tokens, at);
  const voucher = { ...terms, funder: wallet.partyId };
  const parcels = [{ tokens, expiresAt: iso(expiresAt!) }];
  yield {
    type: 'TokensSent',
    data: known({ ...funding, voucher, day: dayOf(at), timeZone: 'UTC', memberId, lots, parcels }),
  };
  yield* alerts(wallet, at);
});

const refundVoucher: Handler = function* (model, asked, at) {
  const { walletId, fromWalletId, tokens } = asked;
  const { refundId } = asked as Asked & { readonly refundId: string };
  const wallet = model.wallet(walletId);
  yield* letIn(wallet);
  const back = model.goingBack.indexOf(`${fromWalletId} to ${walletId}: ${tokens}`);
  if (back < 0) throw new Error(`${tokens} µAIT of a voucher come back from ${fromWalletId} that had not left`);
  model.goingBack.splice(back, 1);
  const [lot] = comeIn(model, wallet, { id: refundId, source: 'refund', sellable: true }, [{ tokens, ends: Infinity }]);
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  yield { type: 'VoucherRefunded', data: { walletId, fromWalletId, tokens, lot } };
};

/** Tokens for certain uses, by the names of the decisions. */
export const voucherHandlers: Readonly<Record<string, Handler>> = { fundVoucher, refundVoucher };
