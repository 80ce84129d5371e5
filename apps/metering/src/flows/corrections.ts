import { Inject, Injectable } from '@nestjs/common';
import { type MeteringEvent, operatorPartyId, type Units } from '@tokengrid/contracts';
import { EventStore, IdempotencyKeyReused, type Outcome, StoreUnavailable } from '@tokengrid/event-store';
import type { Calendar } from '@tokengrid/kernel';
import { type IncomingCommand, invalidArgument, notFound, operatorCalendar, type Principal } from '@tokengrid/service';
import { useNow } from '../decisions/rules/corrected-use.ts';
import { correctionKeyOf, markKeyOf } from '../decisions/rules/marks.ts';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { type CorrectUse, correctUse, type FoundUse, LookedUpBefore } from '../decisions/usage/correct-use.ts';
import { FoundUses, type ReportedUse } from '../projections/found-uses.ts';
import { RateCard } from '../rate-card/rate-card.ts';
import { termsAt } from '../rate-card/terms-at.ts';
import { termsOfRated } from '../rate-card/terms-of-rated.ts';
import { Payers } from '../streams/payers.ts';
import { usageIdOf } from '../usage-events/reported-use.ts';

/** A correction as a caller asks for it. */
export interface AskedCorrection {
  readonly source: string;
  readonly id: string;
  readonly reason: string;
  readonly units?: Units | undefined;
  /** Party that reported the use. */
  readonly reportedBy?: string | undefined;
  /** Payer and time of a use that is older than marks are kept. */
  readonly party?: string | undefined;
  readonly time?: number | undefined;
}

/** False for a use of another payer or time than the caller says. */
const isSaid = ({ partyId, use }: ReportedUse, { party, time }: AskedCorrection): boolean =>
  (party === undefined || party === partyId) && (time === undefined || time === Date.parse(use.time));

/** Limit of look-ups for one correction: a use that changes faster than that is not waited for. */
const mostLooks = 10;

/** Corrects uses by what they are now, which is looked up and checked by the decision. */
@Injectable()
export class Corrections {
  constructor(
    private readonly uses: FoundUses,
    private readonly rateCard: RateCard,
    private readonly payers: Payers,
    @Inject(EventStore) private readonly store: Pick<EventStore<MeteringEvent>, 'outcomeOf' | 'claim'>,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /**
   * Corrects a use that the caller reported; the operator corrects anybody's.
   * @throws ProblemError 404 for a use that is not there, or that another party reported
   */
  async correct(caller: Principal, asked: AskedCorrection, incoming: IncomingCommand): Promise<Outcome<MeteringEvent>> {
    if (incoming.isKeyed) {
      const first = await this.store.outcomeOf(incoming.id, { inputHash: incoming.inputHash });
      if (first) return first;
    }
    for (let looks = 0; looks < mostLooks; looks++) {
      const reported = await this.find(caller, asked);
      const { partyId, use } = reported;
      const streamId = payerStreamOf(partyId);
      // Another body under the same key names a use of another payer.
      if (incoming.isKeyed && (await this.store.claim(incoming.id, streamId)) !== streamId) {
        throw new IdempotencyKeyReused(incoming.id);
      }
      const data = await this.commandFor(caller, asked, reported);
      const keys = [markKeyOf(use.usageId), correctionKeyOf(use.usageId)];
      try {
        return await this.payers.handle(correctUse, { ...incoming.to(streamId, data), keys });
      } catch (error) {
        if (!(error instanceof LookedUpBefore)) throw error;
      }
    }
    throw new StoreUnavailable('the use changes faster than it can be looked up; sending it again is safe');
  }

  private async find(caller: Principal, asked: AskedCorrection): Promise<ReportedUse> {
    const { source, id, party, time } = asked;
    const reporters = await this.reportersFor(caller, asked);
    const usageIds = reporters.map((reporter) => usageIdOf(reporter, source, id));
    const when = party === undefined || time === undefined ? undefined : { partyId: party, usedAt: time };
    const all = await this.uses.find(usageIds, when);
    const [found, ...others] = all.filter((reported) => isSaid(reported, asked));
    if (!found) {
      throw notFound(
        `no such use of ${caller.kind === 'operator' ? 'anybody' : 'yours'}: ${source} ${id}; ` +
          'one that was reported more than 35 days ago is found by its party and time, too',
      );
    }
    if (others.length > 0) {
      const named = [found, ...others].map(({ use }) => use.reportedBy).join(', ');
      const detail = `is needed: several parties reported such a use: ${named}`;
      throw invalidArgument(`/reportedBy: ${detail}`, [{ pointer: '/reportedBy', detail }]);
    }
    return found;
  }

  private async reportersFor({ kind, partyId }: Principal, { reportedBy }: AskedCorrection): Promise<string[]> {
    if (kind !== 'operator') return reportedBy === undefined || reportedBy === partyId ? [partyId] : [];
    if (reportedBy !== undefined) return [reportedBy];
    return [operatorPartyId, ...(await this.uses.developers())];
  }

  private async commandFor(caller: Principal, asked: AskedCorrection, reported: ReportedUse): Promise<CorrectUse> {
    const { partyId, use } = reported;
    const { reason, units } = asked;
    const day = this.calendar.dayOf(Date.parse(use.time));
    const isClosed = caller.kind !== 'operator' && (await this.uses.isClosing(day));
    const found = await this.onTerms(reported);
    return { partyId, found, correctedBy: caller.partyId, reason, units, isClosed };
  }

  private async onTerms(reported: ReportedUse): Promise<FoundUse> {
    if (reported.status === 'voided') return reported;
    const { partyId, use } = reported;
    const facts = await this.rateCard.factsAbout([{ ...use, partyId }]);
    if (reported.status === 'parked') return { ...reported, terms: termsAt(facts, { ...use, partyId }) };
    const { use: rated, corrections, mark } = reported;
    const terms = termsOfRated(facts, rated);
    if (!terms) throw new StoreUnavailable(`the prices of ${rated.priceVersion} are not known here yet`);
    return { status: 'rated', now: useNow(rated, corrections), mark, terms };
  }
}
