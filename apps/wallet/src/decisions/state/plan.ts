import type { WalletLot } from './lots.ts';

/** A monthly allotment of a wallet, in the operator's zone. */
export interface Plan {
  readonly planId: string;
  /** µAIT per month. */
  readonly tokens: bigint;
  /** Maximum µAIT left after a reset. */
  readonly rolloverCap: bigint;
  readonly transferable: boolean;
  /** End of the month, in epoch milliseconds. */
  readonly resetsAt: number;
  /** Time from which this month's allotment can be granted; null once granted. */
  readonly renewAt: number | null;
}

/** Allotments of a wallet in a month in the operator's zone, including those of ended plans. */
export interface Allotted {
  /** `YYYY-MM`; empty before the first activity. */
  readonly month: string;
  /** µAIT. */
  readonly tokens: bigint;
}

interface Planned {
  readonly plan: Plan | null;
  readonly allotted: Allotted;
}

export const nothingAllotted: Allotted = { month: '', tokens: 0n };

/** Allotments of a month that is not before the last one. */
const allottedBy = ({ allotted }: Pick<Planned, 'allotted'>, month: string): Allotted =>
  month <= allotted.month ? allotted : { month, tokens: 0n };

/**
 * First allotment of a new plan in µAIT: the monthly amount less the month's earlier allotments.
 */
export function firstAllotment(wallet: Pick<Planned, 'allotted'>, tokens: bigint, month: string): bigint {
  const already = allottedBy(wallet, month).tokens;
  return tokens > already ? tokens - already : 0n;
}

/** Id of a plan's lot, from the plan and the month, which distinguishes it from grants. */
export const allotmentLotId = (planId: string, month: string): string => `${planId}.${month}`;
export const rolloverLotId = (planId: string, month: string): string => `${allotmentLotId(planId, month)}.rolled`;
export const isOf = ({ planId }: Plan, { lotId }: WalletLot): boolean => lotId.startsWith(`${planId}.`);

/**
 * The wallet with a new plan, or with new terms of its plan; this month's allotment is unchanged.
 */
export function withPlan<W extends Planned>(
  wallet: W,
  { planId, tokens, rolloverCap, transferable, resetsAt }: Omit<Plan, 'resetsAt' | 'renewAt'> & { resetsAt: string },
): W {
  const renewAt = wallet.plan?.renewAt ?? null;
  return { ...wallet, plan: { planId, tokens, rolloverCap, transferable, resetsAt: Date.parse(resetsAt), renewAt } };
}

/** The wallet after the end of its plan's month: the next allotment is due from then on. */
export function afterReset<W extends Planned>(wallet: W, { resetsAt }: { readonly resetsAt: string }): W {
  const plan = mustHavePlan(wallet);
  return { ...wallet, plan: { ...plan, resetsAt: Date.parse(resetsAt), renewAt: plan.resetsAt } };
}

interface Granted {
  readonly planId?: string | undefined;
  readonly month?: string | undefined;
  readonly tokens: bigint;
}

/** The wallet after a grant, if it was its plan's allotment. */
export function afterAllotment<W extends Planned>(wallet: W, { planId, month = '', tokens }: Granted): W {
  if (planId === undefined) return wallet;
  const before = allottedBy(wallet, month);
  const plan = wallet.plan?.planId === planId ? { ...wallet.plan, renewAt: null } : wallet.plan;
  return { ...wallet, plan, allotted: { ...before, tokens: before.tokens + tokens } };
}

/** The wallet after a renewal without capacity, with the time of its retry. */
export const afterRenewalRefused = <W extends Planned>(wallet: W, { retryAt }: { readonly retryAt: string }): W => ({
  ...wallet,
  plan: { ...mustHavePlan(wallet), renewAt: Date.parse(retryAt) },
});

/** @throws Error for a wallet without a plan, which no valid history has */
export function mustHavePlan({ plan }: Planned): Plan {
  if (!plan) throw new Error('the wallet has no plan');
  return plan;
}
