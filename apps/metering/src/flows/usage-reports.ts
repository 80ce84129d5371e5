import { Inject, Injectable } from '@nestjs/common';
import { commandIdOf, derivedId, type MeteringEvent } from '@tokengrid/contracts';
import { EventStore, type Outcome, StorageClock } from '@tokengrid/event-store';
import {
  type IncomingCommand,
  invalidArgument,
  permissionDenied,
  type Principal,
  problemOfError,
  serviceConfig,
  serviceLog,
} from '@tokengrid/service';
import type { Logger } from 'pino';
import type { MeteringConfig } from '../config.ts';
import { rateUsage } from '../decisions/usage/rate-usage.ts';
import { receiveReport } from '../decisions/reports/receive-report.ts';
import type { Use } from '../decisions/state/usage.ts';
import { inputHashOf, type Reported } from '../usage-events/reported.ts';
import { mayNotReport, mayNotReportUse } from '../usage-events/may-report.ts';
import { type Read, readUse } from '../usage-events/reported-use.ts';
import type { Facts } from '../rate-card/facts.ts';
import { RateCard } from '../rate-card/rate-card.ts';
import { termsAt } from '../rate-card/terms-at.ts';
import { Reports } from '../streams/reports.ts';
import { type Rejection, type Tally, tallyOf } from './tally.ts';
import { Usages } from '../streams/usages.ts';

/** A use with its index in a report. */
interface Placed {
  readonly index: number;
  readonly use: Use;
}

/** Results of a report's uses that passed the first checks. */
interface Rated {
  readonly outcomes: readonly Outcome<MeteringEvent>[];
  /** Uses whose own command failed, independently of the others. */
  readonly failed: readonly Rejection[];
}

/** Maximum length of a rejection's detail, as JSON: fifty thousand of them fit into one event. */
const maxDetailBytes = 120;

/**
 * Accepts reports of usage: checks each event, finds the prices in force at its time, and has it
 * rated or parked.
 */
@Injectable()
export class UsageReports {
  constructor(
    private readonly usages: Usages,
    private readonly reports: Reports,
    private readonly rateCard: RateCard,
    @Inject(EventStore) private readonly store: EventStore<MeteringEvent, undefined>,
    private readonly clock: StorageClock,
    @Inject(serviceConfig) private readonly config: MeteringConfig,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  /**
   * Accepts a report. After an outage, a part of it may have been accepted: sending it again is
   * safe.
   * @param keyed whether the request has an Idempotency-Key
   * @throws ProblemError 400 or 403 for a rejected single event; a batch lists such events instead
   */
  async take(caller: Principal, reported: Reported, incoming: IncomingCommand, keyed: boolean): Promise<Tally> {
    const forbidden = mayNotReport(caller);
    if (forbidden !== undefined) throw permissionDenied(forbidden);
    const { maxReportEvents } = this.config;
    if (reported.events.length > maxReportEvents) {
      throw invalidArgument(`a batch holds at most ${maxReportEvents} events, this one has ${reported.events.length}`);
    }
    const { placed, rejected } = await this.check(caller, reported);
    const isBatch = reported.mode === 'batched';
    if (!keyed) return tallyOf(await this.rateAll(without(placed, rejected), isBatch, incoming), rejected);
    const received = await this.receive(caller, reported, rejected, incoming);
    const taken = without(placed, received.rejected);
    return tallyOf(await this.rateAll(taken, isBatch, incoming, received.eventId), received.rejected, received.eventId);
  }

  /** Parses all uses, and finds those that can't be accepted. */
  private async check(
    caller: Principal,
    { events, mode }: Reported,
  ): Promise<{ placed: Placed[]; rejected: Rejection[] }> {
    const batch = mode === 'batched';
    const receipt = { reportedBy: caller.partyId, receivedAt: this.clock.now() };
    const reads = events.map((event) => readUse(event, receipt));
    if (!batch) refuseSingle(reads[0]!);
    const placed = reads.flatMap((read, index) => ('use' in read ? [{ index, use: read.use }] : []));
    const denied = await this.denied(caller, placed);
    const [single] = denied;
    if (single && !batch) throw permissionDenied(single.detail);
    const unread = reads.flatMap((read, index) => ('errors' in read ? [{ index, detail: sentence(read) }] : []));
    const rejected = [...unread, ...denied].sort((a, b) => a.index - b.index);
    return { placed, rejected: rejected.map(({ index, detail }) => ({ index, detail: shortened(detail) })) };
  }

  /**
   * Uses that the caller may not report. A use that was accepted once is not among them, whatever
   * was published since: reporting it again changes nothing.
   */
  private async denied(caller: Principal, placed: readonly Placed[]): Promise<Rejection[]> {
    // Of the operator's uses, only the key's owner is looked up.
    const asked = caller.kind === 'operator' ? placed.filter(({ use }) => use.key !== undefined) : placed;
    if (asked.length === 0) return [];
    const facts = await this.rateCard.factsAbout(asked.map(({ use }) => use));
    const denied = asked.flatMap(({ index, use }) => {
      const detail = mayNotReportUse(caller, use, facts);
      return detail === undefined ? [] : [{ index, detail, id: commandOf(use), streamId: use.usageId }];
    });
    if (denied.length === 0) return [];
    const known = await this.store.known(denied);
    return denied.filter(({ id }) => !known.has(id)).map(({ index, detail }) => ({ index, detail }));
  }

  /**
   * Records a report with an idempotency key, before its usage: another body under the same key is
   * refused before it has any effect, and a repeat gets the first rejections.
   */
  private async receive(caller: Principal, reported: Reported, rejected: Rejection[], incoming: IncomingCommand) {
    const reportId = derivedId('rpt', incoming.id);
    const data = { reportId, reportedBy: caller.partyId, events: reported.events.length, rejected };
    const inputHash = inputHashOf(reported, incoming.inputHash);
    const command = { ...incoming.to(reportId, data), inputHash, answerOnceStored: true };
    const [event] = (await this.reports.handle(receiveReport, command)).events;
    if (event?.type !== 'ReportReceived') throw new Error(`unknown report ${reportId}`);
    return { eventId: event.id, rejected: event.data.rejected };
  }

  /**
   * Rates all uses, a bounded number at a time, in few transactions per lane. A use of a batch that
   * fails by itself is rejected, and the others are accepted. An outage fails the report after the
   * others were tried: sent again, only the rest is new.
   */
  private async rateAll(
    placed: readonly Placed[],
    isBatch: boolean,
    incoming: IncomingCommand,
    causationId?: string,
  ): Promise<Rated> {
    const outcomes: Outcome<MeteringEvent>[] = [];
    const failed: Rejection[] = [];
    const outages: unknown[] = [];
    const { maxReportEventsInFlight } = this.config;
    for (let start = 0; start < placed.length; start += maxReportEventsInFlight) {
      const some = placed.slice(start, start + maxReportEventsInFlight);
      const facts = await this.rateCard.factsAbout(some.map(({ use }) => use));
      const settled = await Promise.allSettled(some.map(({ use }) => this.rate(use, facts, incoming, causationId)));
      const before = outages.length;
      settled.forEach((result, place) => {
        if (result.status === 'fulfilled') return void outcomes.push(result.value);
        const { reason } = result as { readonly reason: unknown };
        if (!isBatch || isOutage(reason)) outages.push(reason);
        else failed.push(this.rejectionOf(some[place]!, reason, incoming));
      });
      if (outages.length - before === some.length) break;
    }
    if (outages.length > 0) throw outages[0];
    return { outcomes, failed };
  }

  /**
   * Rates or parks one use. Its errors become rejections, so that they do not affect other uses.
   */
  private async rate(
    use: Use,
    facts: Facts,
    { correlationId, traceparent }: IncomingCommand,
    causationId: string | undefined,
  ): Promise<Outcome<MeteringEvent>> {
    return this.usages.handle(rateUsage, {
      id: commandOf(use),
      streamId: use.usageId,
      data: { use, terms: termsAt(facts, use) },
      ...{ causationId, correlationId, traceparent },
    });
  }

  private rejectionOf({ index, use }: Placed, reason: unknown, { correlationId }: IncomingCommand): Rejection {
    const known = problemOfError(reason);
    if (known) return { index, detail: shortened(known.detail) };
    this.log.error({ err: reason, correlator: correlationId, usage: use.usageId }, 'unexpected');
    return { index, detail: shortened(`not accepted, unexpected error; see ${correlationId} in the log`) };
  }
}

/** Id of a use's command: the same for every report of it. */
function commandOf({ reportedBy, source, eventId }: Use): string {
  return commandIdOf(reportedBy, 'usage', source, eventId);
}

/** Whether an error reports an outage or overload, and no fault of the use. */
function isOutage(reason: unknown): boolean {
  return problemOfError(reason)?.status === 503;
}

function without(placed: readonly Placed[], rejected: readonly Rejection[]): readonly Placed[] {
  const turnedAway = new Set(rejected.map(({ index }) => index));
  return placed.filter(({ index }) => !turnedAway.has(index));
}

/** @throws ProblemError 400 with a pointer per place */
function refuseSingle(read: Read): void {
  if ('errors' in read) throw invalidArgument(sentence(read), read.errors);
}

function sentence({ errors }: Extract<Read, { errors: unknown }>): string {
  const [first, ...others] = errors;
  const place = first!.pointer === '' ? 'the event' : first!.pointer;
  return `${place}: ${first!.detail}${others.length === 0 ? '' : `, and ${others.length} more`}`;
}

/**
 * Shortens a detail. It may contain callers' names with any characters, so it is measured as in an
 * event.
 */
export function shortened(detail: string): string {
  const fits = (text: string) => Buffer.byteLength(JSON.stringify(text)) <= maxDetailBytes;
  if (fits(detail)) return detail;
  const characters = [...detail].slice(0, maxDetailBytes);
  while (!fits(`${characters.join('')}…`)) characters.pop();
  return `${characters.join('')}…`;
}
