import { Inject, Injectable } from '@nestjs/common';
import { commandIdOf, derivedId, type MeteringEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import {
  type IncomingCommand,
  invalidArgument,
  permissionDenied,
  type Principal,
  serviceConfig,
} from '@tokengrid/service';
import type { MeteringConfig } from './config.ts';
import { rateUsage } from './decisions/rate-usage.ts';
import { receiveReport } from './decisions/receive-report.ts';
import type { Use } from './decisions/usage.ts';
import { inputHashOf, type Reported } from './http/content-modes.ts';
import { mayNotReport, mayNotReportUse } from './http/may-report.ts';
import { type Read, readUse } from './http/reported-use.ts';
import { RateCard } from './rate-card/rate-card.ts';
import { termsAt } from './rate-card/terms-at.ts';
import { Reports } from './reports.ts';
import { type Rejection, type Tally, tallyOf } from './tally.ts';
import { Usages } from './usages.ts';

/** A use at its place in a report. */
interface Placed {
  readonly index: number;
  readonly use: Use;
}

/** Longest detail of a rejection: fifty thousand of them still fit into one event. */
const maxDetailLength = 120;

/** Takes reports of usage: checks each event, finds the prices in force at its time, and has it rated or parked. */
@Injectable()
export class UsageReports {
  constructor(
    private readonly usages: Usages,
    private readonly reports: Reports,
    private readonly rateCard: RateCard,
    @Inject(serviceConfig) private readonly config: MeteringConfig,
  ) {}

  /**
   * Takes a report. When it fails for an outage, some of it may have been taken: sending it again is safe.
   * @param keyed whether the request has an Idempotency-Key
   * @throws ProblemError 400 or 403 for a single event that is not taken; a batch lists such events instead
   */
  async take(caller: Principal, reported: Reported, incoming: IncomingCommand, keyed: boolean): Promise<Tally> {
    const forbidden = mayNotReport(caller);
    if (forbidden !== undefined) throw permissionDenied(forbidden);
    const { maxReportEvents } = this.config;
    if (reported.events.length > maxReportEvents) {
      throw invalidArgument(`a batch holds at most ${maxReportEvents} events, this one ${reported.events.length}`);
    }
    const { placed, rejected } = await this.check(caller, reported);
    if (!keyed) return tallyOf(await this.rateAll(placed, incoming), rejected);
    const received = await this.receive(caller, reported, rejected, incoming);
    const turnedAway = new Set(received.rejected.map(({ index }) => index));
    const taken = placed.filter(({ index }) => !turnedAway.has(index));
    return tallyOf(await this.rateAll(taken, incoming, received.eventId), received.rejected, received.eventId);
  }

  /** Tells uses that can be taken from events that cannot. */
  private async check(
    caller: Principal,
    { events, mode }: Reported,
  ): Promise<{ placed: Placed[]; rejected: Rejection[] }> {
    const batch = mode === 'batched';
    const receipt = { reportedBy: caller.partyId, receivedAt: Date.now() };
    const reads = events.map((event) => readUse(event, receipt));
    if (!batch) refuseSingle(reads[0]!);
    const uses = reads.flatMap((read) => ('use' in read ? [read.use] : []));
    const facts = caller.kind === 'operator' ? undefined : await this.rateCard.factsAbout(uses);
    const placed: Placed[] = [];
    const rejected: Rejection[] = [];
    reads.forEach((read, index) => {
      const detail = 'errors' in read ? sentence(read) : facts && mayNotReportUse(caller, read.use, facts);
      if (detail !== undefined && !batch) throw permissionDenied(detail);
      if (detail !== undefined) rejected.push({ index, detail: shortened(detail) });
      else if ('use' in read) placed.push({ index, use: read.use });
    });
    return { placed, rejected };
  }

  /**
   * Records a report that has an idempotency key, before its usage: another body under the same key is refused before it has any
   * effect, and a repeat hears of the first one's rejections.
   */
  private async receive(caller: Principal, reported: Reported, rejected: Rejection[], incoming: IncomingCommand) {
    const reportId = derivedId('rpt', incoming.id);
    const data = { reportId, reportedBy: caller.partyId, events: reported.events.length, rejected };
    const inputHash = inputHashOf(reported, incoming.inputHash);
    const command = { ...incoming.to(reportId, data), inputHash, answerOnceStored: true };
    const [event] = (await this.reports.handle(receiveReport, command)).events;
    if (event?.type !== 'ReportReceived') throw new Error(`report ${reportId} was not received`);
    return { eventId: event.id, rejected: event.data.rejected };
  }

  /** Has all uses rated, a bounded number at a time, each lane taking its part in few transactions. */
  private async rateAll(placed: readonly Placed[], incoming: IncomingCommand, causationId?: string) {
    const outcomes: Outcome<MeteringEvent>[] = [];
    const { maxReportEventsInFlight } = this.config;
    for (let start = 0; start < placed.length; start += maxReportEventsInFlight) {
      const uses = placed.slice(start, start + maxReportEventsInFlight).map(({ use }) => use);
      const facts = await this.rateCard.factsAbout(uses);
      const handled = uses.map((use) =>
        this.usages.handle(rateUsage, {
          id: commandIdOf(use.reportedBy, 'usage', use.source, use.eventId),
          streamId: use.usageId,
          data: { use, terms: termsAt(facts, use) },
          causationId,
          correlationId: incoming.correlationId,
          traceparent: incoming.traceparent,
        }),
      );
      outcomes.push(...(await Promise.all(handled)));
    }
    return outcomes;
  }
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

function shortened(detail: string): string {
  return detail.length <= maxDetailLength ? detail : `${detail.slice(0, maxDetailLength - 1)}…`;
}
