import { comeIn, type Handler, type ReferenceModel } from './model.ts';
import { availableOf, ofLane } from './state.ts';
import type { At, Expected, ModelWallet } from './state.ts';
import type { Asked } from './asked.ts';
import type { Giving } from './giving.ts';
import { paying, upToDate } from './due.ts';
import { sendBack } from './expiry.ts';
import { exhausted, issued } from './issuance.ts';
import type { ModelLot } from './lots.ts';
import { barredByStatus, closedRefused, letIn } from './status.ts';

const operator = 'operator';

/**
 * rules/grants.md "Vouchers": maximum number of a wallet's vouchers, and of those funded by
 * parties.
 */
const most = 32;
const mostOfParties = 24;

/** rules "Vouchers": maximum number of open vouchers of one funder. */
const mostOfOne = 4;

const vouchersOf = ({ lots }: ModelWallet): readonly ModelLot[] => lots.filter((lot) => lot.voucher);
const byParties = (wallet: ModelWallet): readonly ModelLot[] =>
  vouchersOf(wallet).filter((lot) => lot.voucher!.funder !== operator);

const tooMany = 'WALLET.TOO_MANY_VOUCHERS';

/** The voucher with the fewest tokens left; of equals the youngest. */
const smallestOf = (vouchers: readonly ModelLot[]): ModelLot =>
  [...vouchers].sort((a, b) => (a.tokens === b.tokens ? b.rank - a.rank : a.tokens < b.tokens ? -1 : 1))[0]!;

/**
 * rules "Vouchers": without a place, one funded by a party displaces the smallest. Returns the
 * refusal of a voucher without a place.
 */
export function* makeRoom(
  model: ReferenceModel,
  wallet: ModelWallet,
  funder: string,
  tokens: bigint,
  at: At,
): Generator<Expected, string | undefined> {
  const vouchers = byParties(wallet);
  if (vouchers.filter(({ voucher }) => voucher!.funder === funder).length >= mostOfOne) return tooMany;
  if (vouchers.length < mostOfParties && vouchersOf(wallet).length < most) return undefined;
  const smallest = smallestOf(vouchers);
  if (!smallest || smallest.tokens >= tokens) return tooMany;
  yield sendBack(model, wallet, smallest.voucher!.funder, [smallest], at);
  return undefined;
}

/** µAIT of a lot that may pay for a use of an amount. */
export function mayPay({ voucher, tokens }: ModelLot, asked: Asked): bigint {
  if (!voucher) return tokens;
  const { app, model } = asked.use as { readonly app?: string; readonly model?: string };
  if (voucher.apps && !voucher.apps.includes(app ?? '')) return 0n;
  if (voucher.models && !voucher.models.includes(model ?? '')) return 0n;
  const share = (asked.tokens * BigInt(voucher.shareBps)) / 10_000n;
  return [tokens, share, voucher.capPerUse ?? share].reduce((least, each) => (each < least ? each : least));
}

/** Tokens that the operator grants for certain uses. */
export const voucherGrant: Giving = {
  barred: (wallet, { expiresAt }, at) => {
    if (expiresAt! <= at.time) return { code: 'WALLET.EXPIRY_PASSED' };
    return closedRefused(wallet) ?? (vouchersOf(wallet).length < most ? undefined : { code: tooMany });
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

/**
 * rules "Vouchers": the owner of a wallet can return a voucher that a party funded, not one of the
 * operator.
 */
const returnVoucher = upToDate(function* (model, wallet, { voucherId }, at) {
  const lot = vouchersOf(wallet).find(({ id }) => id === voucherId);
  const isOperators = lot?.voucher!.funder === operator;
  const refused =
    barredByStatus(wallet) ??
    (lot ? undefined : { code: 'NOT_FOUND' }) ??
    (isOperators ? { code: 'WALLET.NOT_RETURNABLE' } : undefined);
  if (refused) return yield { type: 'VoucherReturnRefused', data: { walletId: wallet.id, voucherId, ...refused } };
  const { type, data } = sendBack(model, wallet, lot!.voucher!.funder, [lot!], at);
  yield { type, data: { ...data, givenBack: true } };
});

const refundVoucher = paying(function* (model, wallet, asked, at) {
  const { fromWalletId, tokens } = asked;
  const { id: walletId } = wallet;
  const { refundId } = asked as Asked & { readonly refundId: string };
  yield* letIn(wallet);
  const back = model.goingBack.indexOf(`${fromWalletId} to ${walletId}: ${tokens}`);
  if (back < 0) throw new Error(`${tokens} µAIT of a voucher come back from ${fromWalletId} that had not left`);
  model.goingBack.splice(back, 1);
  const [lot] = comeIn(model, wallet, { id: refundId, source: 'refund', sellable: true }, [{ tokens, ends: Infinity }]);
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  yield { type: 'VoucherRefunded', data: { walletId, fromWalletId, tokens, lot } };
});

/** Handlers of vouchers, by command. */
export const voucherHandlers: Readonly<Record<string, Handler>> = { returnVoucher, refundVoucher };
