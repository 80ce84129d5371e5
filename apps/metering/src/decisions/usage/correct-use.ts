import {
  CorrectionRefused,
  CorrectionRepeated,
  ParkedUseCorrected,
  type Units,
  UsageCorrected,
} from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { correctionTo, nothingPriced, pricedBy, sameUnits, type UseNow } from '../rules/corrected-use.ts';
import type { Decided } from '../rules/decided.ts';
import { correctionKeyOf, markKeyOf, parkedMark } from '../rules/marks.ts';
import { rate } from '../rules/rating.ts';
import { recounted, type Recounted } from '../rules/recounting.ts';
import { rateOrPark } from '../rules/rated-or-parked.ts';
import { isCounted, type KnownTerms, type Terms } from '../rules/terms.ts';
import type { Payer, Use } from '../state/payer.ts';
import { periodSource } from './close-period.ts';

/** A use to correct, as it was looked up. */
export type FoundUse =
  | {
      readonly status: 'rated';
      readonly now: UseNow;
      /** Mark of its last correction, by which the decision tells that this is outdated. */
      readonly mark: string | undefined;
      /** The terms that it was rated by. */
      readonly terms: KnownTerms;
    }
  | {
      readonly status: 'parked';
      readonly use: Use;
      readonly waitsFor: string;
      readonly parkedBy: { readonly sequence: number; readonly place: number };
      /** Its current terms. */
      readonly terms: Terms;
    }
  /** Void before it was rated. */
  | { readonly status: 'voided'; readonly use: Use };

export interface CorrectUse {
  readonly partyId: string;
  readonly found: FoundUse;
  readonly correctedBy: string;
  readonly reason: string;
  /** All units of the use from now on; absent: it is void. */
  readonly units?: Units | undefined;
  /** True if its day is closed in settlement, for everybody but the operator. */
  readonly isClosed: boolean;
}

/** The use was corrected or rated after it was looked up: it has to be looked up again. */
export class LookedUpBefore extends Error {
  override readonly name = 'LookedUpBefore';
}

/**
 * Corrects a use: replaces its units, or voids it. A rated use is rated anew by its own terms, and
 * the difference from what it was after its last correction is charged or given back. A parked use
 * is replaced or voided while it is parked. What a use is already changes nothing. A use that
 * counts over a period is counted anew there: the difference is that of the period's total.
 *
 * Refusals, in order: a void use, a closed day, units without a price, units that come to too much,
 * a period that can't count the use anew.
 * @throws LookedUpBefore
 */
export function correctUse(payer: Payer, command: CorrectUse, context: Pick<DecisionContext, 'found'>): Said {
  const { found } = command;
  if (found.status === 'rated') return correctRated(payer, command, found, context);
  if (found.status === 'parked') return correctParked(payer, command, found, context);
  return unlessVoided(command, found.use, 0, 0n);
}

type Said = Decided<'correctUse'>;
type Rated = Extract<FoundUse, { readonly status: 'rated' }>;
type Parked = Extract<FoundUse, { readonly status: 'parked' }>;

function correctRated(
  payer: Payer,
  command: CorrectUse,
  { now, mark, terms }: Rated,
  { found }: Pick<DecisionContext, 'found'>,
): Said {
  const { use, priced, number, voided } = now;
  if (found(correctionKeyOf(use.usageId)) !== mark) throw new LookedUpBefore(`${use.usageId} was corrected meanwhile`);
  if (voided) return unlessVoided(command, use, number, priced.tokens);
  const { partyId, correctedBy, reason, units, isClosed } = command;
  if (units && sameUnits(units, priced.units)) {
    return [CorrectionRepeated({ ...naming(command, use), number, replacement: priced.units, was: priced.tokens })];
  }
  if (isClosed) return [CorrectionRefused({ ...naming(command, use), code: 'METERING.DAY_CLOSED' })];
  const next = pricedAgain(payer, now, terms, units);
  if (typeof next === 'string') return [CorrectionRefused({ ...naming(command, use), code: next })];
  const corrected = correctionTo(now, next.priced, { correctedBy, reason, replacement: units });
  const { counted } = next;
  return [UsageCorrected({ partyId, corrections: [{ ...corrected, ...(counted && { counted }) }] })];
}

/** What a use costs with other units, or without any; or the refusal. */
function pricedAgain(
  payer: Payer,
  now: UseNow,
  terms: KnownTerms,
  units: Units | undefined,
): (Partial<Recounted> & Pick<Recounted, 'priced'>) | Refusal {
  const { app, model } = terms;
  if (app && isCounted(app)) {
    // What closed a month has no units to correct.
    const next = now.use.source === periodSource ? 'period-over' : recounted(payer, now, { plan: app, model }, units);
    if (typeof next !== 'string') return next;
    return next === 'amount-over-limit' ? 'METERING.UNITS_TOO_DEAR' : 'METERING.NOT_COUNTABLE';
  }
  if (!units) return { priced: nothingPriced };
  const rating = rate({ ...now.use, units }, terms, payer);
  if (!('waitsFor' in rating)) return { priced: pricedBy(units, rating) };
  return rating.waitsFor.startsWith('price:') ? 'METERING.UNITS_NOT_PRICED' : 'METERING.UNITS_TOO_DEAR';
}

type Refusal = 'METERING.UNITS_NOT_PRICED' | 'METERING.UNITS_TOO_DEAR' | 'METERING.NOT_COUNTABLE';

function correctParked(
  payer: Payer,
  command: CorrectUse,
  { use, waitsFor, parkedBy, terms }: Parked,
  { found }: Pick<DecisionContext, 'found'>,
): Said {
  const { partyId, correctedBy, reason, units, isClosed } = command;
  if (found(markKeyOf(use.usageId)) !== parkedMark(parkedBy.sequence, parkedBy.place)) {
    throw new LookedUpBefore(`${use.usageId} is not parked there any more`);
  }
  if (units && sameUnits(units, use.units)) {
    return [CorrectionRepeated({ ...naming(command, use), number: 0, replacement: use.units, was: 0n })];
  }
  if (isClosed) return [CorrectionRefused({ ...naming(command, use), code: 'METERING.DAY_CLOSED' })];
  const by = { correctedBy, reason };
  if (!units) return [ParkedUseCorrected({ partyId, use: { ...use, waitsFor }, ...by, voided: true })];
  const replaced = { ...use, units };
  const result = rateOrPark(payer, { use: replaced, terms });
  // A use that can be rated by now is recycled at once.
  const waiting = 'waitsFor' in result ? result.waitsFor : waitsFor;
  return [ParkedUseCorrected({ partyId, use: { ...replaced, waitsFor: waiting }, ...by })];
}

/**
 * A void is final; to void it again changes nothing.
 * @param was µAIT that it comes to: what it makes others of its period cheaper
 */
function unlessVoided(command: CorrectUse, use: Use, number: number, was: bigint): Said {
  if (command.units) return [CorrectionRefused({ ...naming(command, use), code: 'METERING.USE_VOIDED' })];
  return [CorrectionRepeated({ ...naming(command, use), number, was })];
}

const naming = ({ partyId, correctedBy }: CorrectUse, { usageId, source, eventId }: Use) => ({
  ...{ partyId, usageId, source, eventId, correctedBy },
});
