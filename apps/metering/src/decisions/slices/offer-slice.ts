import {
  instantOf,
  listFor,
  mostOpenSlices,
  scaled,
  SliceOffered,
  type SlicePrices,
  SliceRefused,
  type SliceUse,
} from '@tokengrid/contracts';
import { type DecisionContext, NotYet } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { AllKnown } from '../rules/marks.ts';
import type { Payer } from '../state/payer.ts';
import { openSlice, type SetAside } from '../state/slices.ts';
import { boundPlan, type StatedAside } from '../rules/set-aside.ts';
import type { CountedPlan } from '../rules/terms.ts';

/** Times and shares that the terms of every slice state. */
interface SliceSettings {
  readonly validMs: number;
  readonly graceMs: number;
  readonly idleMs: number;
  readonly renewBelowBps: number;
}

/** Terms of a slice with their prices, or the missing thing that these wait for. */
export type SliceTerms =
  | {
      readonly prices: readonly SlicePrices[];
      /** Plans that count over a period of the payer's. */
      readonly counted?: readonly CountedPlan[];
      readonly tariffChangesAt?: string | undefined;
    }
  | { readonly waitsFor: string };

/** A gateway's request for a slice, and its terms when they were looked up. */
export interface OfferSlice {
  readonly sliceId: string;
  readonly partyId: string;
  readonly gatewayId: string;
  readonly epoch: number;
  readonly number: number;
  readonly key?: string | undefined;
  readonly scope: readonly SliceUse[];
  readonly tokens: bigint;
  readonly atLeast: bigint;
  readonly spare: bigint;
  readonly terms: SliceTerms;
  readonly settings: SliceSettings;
}

/**
 * States the terms of a slice, or of its renewal; the wallet says what it gets.
 *
 * Refusals, in order: a process that another one succeeded; a renewal of a slice that is closed, or
 * called back, or has units set aside of a month that is over; another slice of the same process
 * and key; too many slices; terms that are not known here yet, or that no unit price bounds.
 * @throws AllKnown for a request that was answered; NotYet for one ahead of the next
 */
export function offerSlice(payer: Payer, asked: OfferSlice, { time }: Pick<DecisionContext, 'time'>): Decided {
  const { terms, settings, ...wanted } = asked;
  const { sliceId, partyId, gatewayId, epoch, number, key } = wanted;
  const open = openSlice(payer, sliceId);
  const answered = open?.number ?? 0;
  if (open && number <= answered) throw new AllKnown(0);
  if (open && number > answered + 1) throw new NotYet(`request ${answered + 1} of ${sliceId} is not here yet`);
  const of = { sliceId, partyId, gatewayId, epoch, number };
  const why = refusalOf(payer, asked, time);
  if (why) return [SliceRefused({ ...of, why })];
  if ('waitsFor' in terms) return [SliceRefused({ ...of, why: 'terms-unknown', waitsFor: terms.waitsFor })];
  const counted = boundPlans(payer, terms.counted ?? [], asked);
  if ('waitsFor' in counted) return [SliceRefused({ ...of, why: 'terms-unknown', waitsFor: counted.waitsFor })];
  const { setAside } = counted;
  const { validMs, graceMs, idleMs, renewBelowBps } = settings;
  const validUntil = instantOf(time + validMs);
  const { tariffChangesAt } = terms;
  return [
    SliceOffered({
      ...of,
      ...(key !== undefined && { key }),
      ...{ scope: [...wanted.scope], tokens: wanted.tokens, spare: wanted.spare },
      atLeast: isFree(wanted, [...terms.prices, ...counted.prices]) ? 0n : wanted.atLeast,
      prices: [...terms.prices, ...counted.prices],
      ...(setAside.length > 0 && { setAside }),
      ...(tariffChangesAt !== undefined && tariffChangesAt < validUntil && { tariffChangesAt }),
      ...{ validUntil, graceMs, idleMs, renewBelowBps },
    }),
  ];
}

function refusalOf(payer: Payer, { sliceId, gatewayId, epoch, number, key }: OfferSlice, time: number) {
  const open = openSlice(payer, sliceId);
  const ofProcess = payer.slices.filter((slice) => slice.gatewayId === gatewayId);
  if (ofProcess.some((slice) => slice.epoch > epoch)) return 'outdated-epoch';
  if (number > 1 && (!open || open.closesAt <= time)) return 'not-open';
  if (open?.recalled) return 'recalled';
  if (open?.aside.some((aside) => Date.parse(aside.until) <= time && isUnused(aside))) return 'period-over';
  if (open) return undefined;
  if (ofProcess.some((slice) => slice.epoch === epoch && slice.key === key)) return 'another-is-open';
  return payer.slices.length >= mostOpenSlices ? 'too-many-slices' : undefined;
}

/** Prices of plans that count, and what is set aside of them; or the plan that can't be bounded. */
function boundPlans(payer: Payer, plans: readonly CountedPlan[], asked: OfferSlice) {
  const prices: SlicePrices[] = [];
  const setAside: StatedAside[] = [];
  for (const plan of plans) {
    const bound = boundPlan(payer, plan, asked);
    if (typeof bound === 'string') return { waitsFor: plan.of.replace('app:', 'plan:') };
    prices.push(bound.prices);
    if (bound.aside) setAside.push(bound.aside);
  }
  return { prices, setAside };
}

/**
 * True if the first use of the scope, which waits, may cost nothing: a new slice has a meter of it
 * without a price, and any has units of it that this request sets aside.
 */
function isFree({ number, scope }: Pick<OfferSlice, 'number' | 'scope'>, lists: readonly SlicePrices[]): boolean {
  const prices = listFor(lists, scope[0]!)?.prices;
  if (!prices) return false;
  if (prices.some(({ free }) => free !== undefined)) return true;
  return number === 1 && (prices.length === 0 || prices.some(({ unitPrice }) => scaled(unitPrice) === 0n));
}

const isUnused = ({ units }: SetAside): boolean => [...units.values()].some((left) => left > 0n);
