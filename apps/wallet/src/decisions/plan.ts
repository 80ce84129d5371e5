import type { WalletLot } from './lots.ts';

/** What a wallet gets every calendar month of the operator's. */
export interface Plan {
  readonly planId: string;
  /** µAIT per month. */
  readonly tokens: bigint;
  /** Most µAIT that are still there after a reset. */
  readonly rolloverCap: bigint;
  readonly transferable: boolean;
  /** When the month ends; epoch milliseconds. */
  readonly resetsAt: number;
  /** From when on this month's allotment can be granted; null once it was. */
  readonly renewAt: number | null;
}

interface Planned {
  readonly plan: Plan | null;
}

/** Lots of a plan are named after it and their month, so that they are told from grants. */
export const allotmentLotId = (planId: string, month: string): string => `${planId}.${month}`;
export const rolloverLotId = (planId: string, month: string): string => `${allotmentLotId(planId, month)}.rolled`;
export const isOf = ({ planId }: Plan, { lotId }: WalletLot): boolean => lotId.startsWith(`${planId}.`);

/** A wallet with a plan, or with other terms of the one that it has: this month's allotment stays what it is. */
export function withPlan<W extends Planned>(
  wallet: W,
  { planId, tokens, rolloverCap, transferable, resetsAt }: Omit<Plan, 'resetsAt' | 'renewAt'> & { resetsAt: string },
): W {
  const renewAt = wallet.plan?.renewAt ?? null;
  return { ...wallet, plan: { planId, tokens, rolloverCap, transferable, resetsAt: Date.parse(resetsAt), renewAt } };
}

/** A wallet whose plan's month is over: the new month's allotment is due since then. */
export function afterReset<W extends Planned>(wallet: W, { resetsAt }: { readonly resetsAt: string }): W {
  const plan = mustHavePlan(wallet);
  return { ...wallet, plan: { ...plan, resetsAt: Date.parse(resetsAt), renewAt: plan.resetsAt } };
}

/** A wallet after its plan's allotment was granted, if that is what was. */
export const afterAllotment = <W extends Planned>(wallet: W, planId: string | undefined): W =>
  planId === undefined || wallet.plan?.planId !== planId
    ? wallet
    : { ...wallet, plan: { ...wallet.plan, renewAt: null } };

/** A wallet whose allotment could not be issued: it is tried again at a time. */
export const afterRenewalRefused = <W extends Planned>(wallet: W, { retryAt }: { readonly retryAt: string }): W => ({
  ...wallet,
  plan: { ...mustHavePlan(wallet), renewAt: Date.parse(retryAt) },
});

/** @throws Error for a wallet without a plan: such a history cannot be */
export function mustHavePlan({ plan }: Planned): Plan {
  if (!plan) throw new Error('the wallet has no plan');
  return plan;
}
