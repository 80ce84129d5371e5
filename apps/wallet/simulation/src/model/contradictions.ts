import { type Handler, type ReferenceModel } from './model.ts';
import { known } from './state.ts';
import type { At, Consequences, Expected, ModelPurchase, ModelWallet, Refusal } from './state.ts';
import type { Asked } from './asked.ts';
import { areOnePerson } from './actors.ts';
import { upToDate } from './due.ts';
import { boughtAtOnce, credit, creditRefused, type Notice, noticeOf } from './notices.ts';
import { backOf, type Change, restore, restoringRefused, reverse } from './reversals.ts';

/** rules/payments.md "Contradictions": resolutions of one wallet that wait for a second person. */
const mostWaiting = 10;

type Refused = Refusal | undefined;

/** The effect of a resolution on a notice, if it fits the purchase's state. */
interface Doing {
  /** Refusal for now, if any. */
  refused(): Refused;
  happens(): Consequences;
}

const none = (): Refused => undefined;
const nothing: Doing = { refused: none, *happens() {} };

/** rules "Contradictions": the effect of an action; undefined if it does not fit. */
function doing(
  model: ReferenceModel,
  wallet: ModelWallet,
  { asked: notice }: { readonly asked: Asked },
  action: string,
  asked: Asked,
  at: At,
): Doing | undefined {
  if (action === 'dismiss') return nothing;
  const purchase = wallet.purchases.get(notice.purchaseId)!;
  if (notice.paid.currency !== purchase.price.currency || notice.paid.amount === 0n) return undefined;
  const isPaid = purchase.status === 'completed';
  if (action === 'reverse') {
    const from = backOf(purchase);
    return isPaid && from < purchase.paid ? reversing(model, wallet, purchase, notice, from, at) : undefined;
  }
  if (notice.kind === 'succeeded' && !isPaid) return crediting(model, wallet, purchase, notice, asked, at);
  return notice.kind === 'dispute_won' && isPaid ? restoring(model, wallet, purchase, notice, asked, at) : undefined;
}

function reversing(
  model: ReferenceModel,
  wallet: ModelWallet,
  purchase: ModelPurchase,
  { paid }: Asked,
  from: bigint,
  at: At,
): Doing {
  const left = purchase.paid - from;
  const amount = paid.amount < left ? paid.amount : left;
  return {
    refused: none,
    *happens() {
      purchase.refunded += amount;
      yield* reverse(model, wallet, purchase, 'operator', { from, to: from + amount }, at);
    },
  };
}

function crediting(
  model: ReferenceModel,
  wallet: ModelWallet,
  purchase: ModelPurchase,
  notice: Asked,
  asked: Asked,
  at: At,
): Doing {
  const what = boughtAtOnce(purchase, notice.paid, asked);
  return {
    refused: () => creditRefused(model, purchase, what, asked, at),
    happens: () => credit(model, wallet, purchase, what, notice as Notice, at),
  };
}

function restoring(
  model: ReferenceModel,
  wallet: ModelWallet,
  purchase: ModelPurchase,
  notice: Asked,
  asked: Asked,
  at: At,
): Doing | undefined {
  const { paid } = notice;
  const most = purchase.paid - purchase.won;
  const accepted = paid.amount < most ? paid.amount : most;
  const change: Change = { from: backOf(purchase), to: backOf({ ...purchase, won: purchase.won + accepted }) };
  if (change.to >= change.from) return undefined;
  return {
    refused: () => restoringRefused(model, wallet, purchase, change, asked, at),
    *happens() {
      purchase.won += accepted;
      yield { type: 'PaymentNoticeTaken', data: { ...noticeOf(notice), paid: { ...paid, amount: accepted } } };
      yield* restore(model, wallet, purchase, change, at);
    },
  };
}

const unfit = { code: 'WALLET.RESOLUTION_UNFIT' };

function refusing(wallet: ModelWallet, { approvalId, by }: Asked, action: string, refused: Refused): Expected {
  const data = { walletId: wallet.id, approvalId, by, action, ...refused };
  return { type: 'ContradictionResolutionRefused', data };
}

const proposeResolution = upToDate(function* (model, wallet, asked, at) {
  const { approvalId, by, people, action, note } = asked;
  const { noticeId } = (asked.known as unknown as { readonly notice: { readonly noticeId: string } }).notice;
  const contradiction = wallet.contradictions.get(noticeId)!;
  const isTaken = contradiction.resolved || wallet.waitingResolutions.some(({ what }) => what.noticeId === noticeId);
  const fits = doing(model, wallet, contradiction, action, asked, at);
  const refused =
    (isTaken ? { code: 'WALLET.CONTRADICTION_RESOLVED' } : undefined) ??
    (fits ? undefined : unfit) ??
    (wallet.waitingResolutions.length >= mostWaiting ? { code: 'WALLET.TOO_MANY_APPROVALS' } : undefined);
  if (refused) return yield refusing(wallet, asked, 'propose', refused);
  wallet.waitingResolutions.push({ id: approvalId, by, people, what: { noticeId, action, note } });
  const { purchaseId, kind, paid, paymentId } = contradiction.asked;
  const notice = { purchaseId, noticeId, kind, paid, paymentId };
  const data = known({ walletId: wallet.id, approvalId, by, people, ...notice, action, note });
  yield { type: 'ContradictionResolutionProposed', data };
});

/** rules "a command that needs a second person". */
const deciding = (approves: boolean): Handler =>
  upToDate(function* (model, wallet, asked, at) {
    const { approvalId, by, people, reason } = asked;
    const { id: walletId, waitingResolutions: waiting } = wallet;
    const one = waiting.find(({ id }) => id === approvalId);
    const contradiction = one && wallet.contradictions.get(one.what.noticeId)!;
    const does = contradiction && doing(model, wallet, contradiction, one.what.action, asked, at);
    const own = one && areOnePerson(one.people, people) ? { code: 'WALLET.SAME_PRINCIPAL' } : undefined;
    const cannot = () => (does ? does.refused() : unfit);
    const refused = one ? (own ?? (approves ? cannot() : undefined)) : { code: 'WALLET.APPROVAL_RESOLVED' };
    if (refused) return yield refusing(wallet, asked, approves ? 'approve' : 'reject', refused);
    waiting.splice(waiting.indexOf(one!), 1);
    const approval = { walletId, approvalId, by };
    if (!approves) return yield { type: 'ContradictionResolutionRejected', data: known({ ...approval, reason }) };
    yield { type: 'ContradictionResolutionApproved', data: approval };
    contradiction!.resolved = true;
    const { purchaseId } = contradiction!.asked;
    yield { type: 'PaymentContradictionResolved', data: { walletId, purchaseId, ...one!.what } };
    yield* does!.happens();
  });

/** Handlers of contradicting payments, by command. */
export const contradictionHandlers: Readonly<Record<string, Handler>> = {
  proposeResolution,
  approveResolution: deciding(true),
  rejectResolution: deciding(false),
};
