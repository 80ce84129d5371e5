import { availableOf, comeIn, type Handler, type ModelWallet, ofLane } from './model.ts';
import type { Asked } from './model-asked.ts';
import type { Giving } from './model-approvals.ts';
import { paying } from './model-due.ts';
import { exhausted, issued } from './model-issuance.ts';
import type { ModelLot } from './model-lots.ts';
import { closedRefused, letIn } from './model-standing.ts';

const operator = 'operator';
/** README: vouchers of a wallet, and those of them that parties funded. */
const most = 32;
const mostOfParties = 24;
const vouchersOf = ({ lots }: ModelWallet): readonly ModelLot[] => lots.filter((lot) => lot.voucher);
const byParties = (wallet: ModelWallet): readonly ModelLot[] =>
  vouchersOf(wallet).filter((lot) => lot.voucher!.funder !== operator);

const tooMany = 'WALLET.TOO_MANY_VOUCHERS';

/** Why one more voucher that a party funds may not come in. */
export const noRoom = (wallet: ModelWallet): string | undefined =>
  byParties(wallet).length < mostOfParties && vouchersOf(wallet).length < most ? undefined : tooMany;

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

/** Tokens for certain uses, by the names of the decisions. */
export const voucherHandlers: Readonly<Record<string, Handler>> = { refundVoucher };
