import type { WalletLot } from './lots.ts';

/** What a wallet gets every calendar month of the operator's. */
export interface Plan {
  readonly planId: string;
  /** µAIT per month. */
  readonly tokens: bigint;
  /** Maximum µAIT left after a reset. */
  readonly rolloverCap: bigint;
  readonly transferable: boolean;
  /** When the month ends; epoch milliseconds. */
  readonly resetsAt: number;
  /** From when on this month's allotment can be granted; null once it was. */
  readonly renewAt: number | null;
}

/**
 * What plans gave a wallet in a month of the operator's: those that were ended since count as well.
 */
export interface Allotted {
  /** `YYYY-MM`; empty before the first time. */
  readonly month: string;
  /** µAIT. */
  readonly tokens: bigint;
}

interface Planned {
  readonly plan: Plan | null;
  readonly allotted: Allotted;
}

export const nothingAllotted: Allotted = { month: '', tokens: 0n };

/** What plans have given in a month, which no earlier one follows. */
const allottedBy = ({ allotted }: Pick<Planned, 'allotted'>, month: string): Allotted =>
  month <= allotted.month ? allotted : { month, tokens: 0n };

/**
 * µAIT that a new plan gives at once in a month: what it gives every month, less what was given in
 * this one already.
 */
export function firstAllotment(wallet: Pick<Planned, 'allotted'>, tokens: bigint, month: string): bigint {
  const already = allottedBy(wallet, month).tokens;
  return tokens > already ? tokens - already : 0n;
}

/** Lots of a plan are named after it and their month, so that they are told from grants. */
export const allotmentLotId = (planId: string, month: string): string => `${planId}.${month}`;
export const rolloverLotId = (planId: string, month: string): string => `${allotmentLotId(planId, month)}.rolled`;
export const isOf = ({ planId }: Plan, { lotId }: WalletLot): boolean => lotId.startsWith(`${planId}.`);

/**
 * A wallet with a plan, or with other terms of the one that it has: this month's allotment stays
 * what it is.
 */
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

interface Granted {
  readonly planId?: string | undefined;
  readonly month?: string | undefined;
  readonly tokens: bigint;
}

/** A wallet after its plan's allotment was granted, if that is what was. */
export function afterAllotment<W extends Planned>(wallet: W, { planId, month = '', tokens }: Granted): W {
  if (planId === undefined) return wallet;
  const before = allottedBy(wallet, month);
  const plan = wallet.plan?.planId === planId ? { ...wallet.plan, renewAt: null } : wallet.plan;
  return { ...wallet, plan, allotted: { ...before, tokens: before.tokens + tokens } };
}

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
