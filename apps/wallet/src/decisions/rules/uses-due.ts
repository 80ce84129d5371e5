import type { DecisionContext } from '@tokengrid/kernel';
import { NotYet } from '@tokengrid/kernel';
import { FactNeeded } from '../state/facts.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Actor } from './actors.ts';
import { type KnownPeriod, periodKeyOf, periodNamed, type PeriodSoFar } from './period-account.ts';
import { type StatedUse, together } from './stated-uses.ts';
import { type KnownUse, useKeyOf } from './use-so-far.ts';

/** A rated use to charge, or a correction of one. */
export interface UseToCharge {
  /** The use, with its price; of a correction the differences, which may be negative. */
  readonly use: StatedUse;
  /** The member or key that used it, if any. */
  readonly actor?: Actor | undefined;
  /** Of a correction: what has to be charged or refused before it. */
  readonly corrects?: Corrects | undefined;
}

/** A use that waits for tokens, to be charged as it waits. */
interface WaitingUse {
  readonly usageId: string;
  /** Id of the charge that waits. */
  readonly chargeId: string;
  readonly actor?: Actor | undefined;
}

/** What a correction is the next of. */
interface Corrects {
  /** Number of the last correction before it that moved tokens; 0: of none. */
  readonly after: number;
  /** µAIT that the use cost before: of a use that was free the wallet need not know. */
  readonly was: bigint;
}

/** Uses to charge, and what has to be known of those before them. */
export interface UsesToCharge {
  /** In the order in which they were rated. */
  readonly uses: readonly UseToCharge[];
  /** Uses that wait, the oldest first. */
  readonly waiting?: readonly WaitingUse[] | undefined;
  /** What the wallet has to do with corrected and waiting uses, by their ids. */
  readonly usesSoFar?: ReadonlyMap<string, KnownUse> | undefined;
  /** Periods of which uses give something back, by their names. */
  readonly periodsSoFar?: ReadonlyMap<string, KnownPeriod> | undefined;
}

/** A use to charge or refund, together with what waits of it. */
export interface Due {
  readonly use: StatedUse;
  readonly actor?: Actor | undefined;
  readonly known?: KnownUse | undefined;
  /** True for a use that waits already: a further refusal says nothing new. */
  readonly waits?: true | undefined;
}

/** What is left to do of a command's uses. */
export function dueOf(charge: UsesToCharge, context: DecisionContext<WalletLane>): readonly Due[] {
  const { uses, waiting = [] } = charge;
  const known = knownUses(charge, context);
  const waits = waiting.flatMap(({ usageId, chargeId, actor }): Due[] => {
    const so = known.get(usageId)!;
    return so.waiting?.chargeId === chargeId ? [{ use: so.waiting, actor, known: so, waits: true }] : [];
  });
  return [...waits, ...uses.flatMap((each) => dueOfUse(each, known))];
}

/**
 * What the wallet has to do with corrected and waiting uses.
 * @throws FactNeeded for those that are not looked up, or changed since
 */
function knownUses(charge: UsesToCharge, { found, lane }: DecisionContext<WalletLane>): ReadonlyMap<string, KnownUse> {
  const { uses, waiting = [], usesSoFar = new Map<string, KnownUse>() } = charge;
  const corrected = uses.flatMap(({ use, corrects }) => (corrects ? [use.usageId] : []));
  const asked = [...new Set([...waiting.map(({ usageId }) => usageId), ...corrected])];
  const isKnown = (usageId: string) => isUpToDate(usesSoFar.get(usageId), found(useKeyOf(usageId)));
  if (!asked.every(isKnown)) throw new FactNeeded('uses', { lane, usageIds: asked.join() });
  return usesSoFar;
}

/** True if what was looked up is as the last event left it. */
const isUpToDate = (known: KnownUse | KnownPeriod | undefined, mark: string | undefined): boolean =>
  known !== undefined && known.mark === mark;

/** True for a use, or a correction of one, that gives back of its period. */
export const givesBackOfPeriod = ({ use }: Due) => use.tokens < 0n && use.countsIn !== undefined;

/**
 * Periods of which uses of a command give something back.
 * @throws FactNeeded for those that are not looked up, or changed since
 */
export function knownPeriods(
  charge: UsesToCharge,
  due: readonly Due[],
  { found, lane }: DecisionContext<WalletLane>,
): Map<string, PeriodSoFar> {
  const { periodsSoFar = new Map<string, KnownPeriod>() } = charge;
  const asked = periodsGivenBackOf(due.filter((each) => givesBackOfPeriod(each) || !each.known).map(({ use }) => use));
  const isKnown = (period: string) => isUpToDate(periodsSoFar.get(period), found(periodKeyOf(period)));
  if (!asked.every(isKnown)) throw new FactNeeded('periods', { lane, periods: asked.join() });
  return new Map(asked.map((period) => [period, periodsSoFar.get(period)!]));
}

/**
 * Names of the periods of which uses give something back.
 * @throws Error for a use that gives back and is of no period
 */
export function periodsGivenBackOf(uses: readonly StatedUse[]): string[] {
  const periods = uses.flatMap(({ usageId, tokens, countsIn }) => {
    if (tokens >= 0n) return [];
    if (!countsIn) throw new Error(`${usageId} gives back ${-tokens} µAIT of no period`);
    return [periodNamed(countsIn)];
  });
  return [...new Set(periods)];
}

function dueOfUse({ use, actor, corrects }: UseToCharge, uses: ReadonlyMap<string, KnownUse>): readonly Due[] {
  if (!corrects) return [{ use, actor }];
  const known = uses.get(use.usageId)!;
  const { number, waiting } = known;
  if (number !== undefined && number >= use.number!) return [];
  const { after, was } = corrects;
  // A use that was free is not known, and needs not to be.
  const isNext = number === undefined ? after === 0 && was === 0n : number === after;
  if (!isNext) throw new NotYet(`${use.usageId} is not charged yet up to its correction ${after}`);
  return [{ use: waiting ? together(waiting, use) : use, actor, known }];
}
