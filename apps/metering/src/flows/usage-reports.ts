import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { commandIdOf, derivedId, type MeteringEvent, mostUsesOfEvent } from '@tokengrid/contracts';
import { EventStore, type Outcome, StorageClock, StoreUnavailable } from '@tokengrid/event-store';
import {
  type IncomingCommand,
  invalidArgument,
  permissionDenied,
  type Principal,
  type ProblemError,
  problemOfError,
  serviceConfig,
  serviceLog,
} from '@tokengrid/service';
import { laneOf } from '@tokengrid/kernel';
import type { Logger } from 'pino';
import type { MeteringConfig } from '../config.ts';
import { AllKnown, markKeyOf, repeatsToldMs, TooOld } from '../decisions/rules/marks.ts';
import { receiveReport } from '../decisions/reports/receive-report.ts';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { rateUses } from '../decisions/usage/rate-uses.ts';
import { KnownUses } from '../projections/known-uses.ts';
import { Sources } from '../projections/sources.reads.ts';
import type { Facts } from '../rate-card/facts.ts';
import { RateCard } from '../rate-card/rate-card.ts';
import { termsAt } from '../rate-card/terms-at.ts';
import { Payers } from '../streams/payers.ts';
import { Reports } from '../streams/reports.ts';
import { mayNotReport, mayNotReportUse } from '../usage-events/may-report.ts';
import { inputHashOf, type Reported } from '../usage-events/reported.ts';
import { type Read, readUse } from '../usage-events/reported-use.ts';
import { detailOf, faultAt, type Rejected, rejectedBy, type UseFault } from '../usage-events/use-faults.ts';
import { Gate } from './gate.ts';
import { commandsOf, inFlight, type PayersCommand, type Placed, type SplitReport } from './payers-commands.ts';
import { PayersTurns } from './payers-turns.ts';
import { acceptedOf, joined, type RatingCommand, usesOf } from './rating-commands.ts';
import { type Counted, type Rejection, type Tally, tallyOf } from './tally.ts';

/** A report that was checked. */
interface Checked {
  readonly placed: readonly Placed[];
  readonly rejected: readonly Rejected[];
}

/** What a report brought in by one of its commands. */
interface Brought {
  /** Number of its uses that are new: the others are repeats. */
  readonly accepted: number;
  /** False if the log has not confirmed them in time. */
  readonly isPublished: boolean;
}

/** Time for which a command of a payer holds up its next one, in milliseconds. */
const mostTurnMs = 500;
const logAway = 'the log does not answer: a part of the report is stored, and sending it again is safe';

/** Context shared by a report's commands. */
interface Context {
  readonly isBatch: boolean;
  readonly incoming: IncomingCommand;
  /** Id of a keyed report's `ReportReceived`. */
  readonly reportEventId: string | undefined;
}

/**
 * Accepts reports of usage: checks each event, finds the prices in force at its time, and has it
 * rated or parked in its payer's stream.
 */
@Injectable()
export class UsageReports {
  /** Uses of all reports that are handed to their lanes. */
  private readonly gate: Gate;
  private readonly turns: PayersTurns<RatingCommand, Brought>;

  constructor(
    private readonly payers: Payers,
    private readonly reports: Reports,
    private readonly rateCard: RateCard,
    private readonly knownUses: KnownUses,
    private readonly sources: Sources,
    @Inject(EventStore) private readonly store: EventStore<MeteringEvent, undefined>,
    private readonly clock: StorageClock,
    @Inject(serviceConfig) private readonly config: MeteringConfig,
    @Inject(serviceLog) private readonly log: Logger,
  ) {
    this.gate = new Gate(config.maxUsesInFlight, config.answerTimeoutMs);
    this.turns = new PayersTurns({
      execute: (commands, taken) => this.execute(commands, taken),
      usesOf: ({ data }) => data.uses.length,
      most: mostUsesOfEvent,
      failsAll: isOutage,
      mostTurnMs,
    });
  }

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
    const arrivedAt = this.clock.now();
    const checked = await this.check(caller, reported, arrivedAt);
    const received = keyed ? await this.receive(caller, reported, checked.rejected, incoming) : undefined;
    const { rejected, receivedAt } = received ?? { rejected: checked.rejected, receivedAt: arrivedAt };
    const identity = { id: incoming.id, receivedAt, mayBackfill: isOperator(caller) };
    const split = commandsOf(without(checked.placed, rejected), identity);
    const isBatch = reported.mode === 'batched';
    return tallyOf(await this.rateAll(split, { isBatch, incoming, reportEventId: received?.eventId }), rejected);
  }

  /** Parses all uses, and finds those that can't be accepted. */
  private async check(caller: Principal, { events, mode }: Reported, receivedAt: number): Promise<Checked> {
    const batch = mode === 'batched';
    const sources = await this.sources.of(caller.partyId, events);
    const receipt = { reportedBy: caller.partyId, receivedAt, sources };
    const reads = events.map((event) => readUse(event, receipt));
    if (!batch) refuseSingle(reads[0]!);
    const placed = reads.flatMap((read, index) => ('use' in read ? [{ ...read, index }] : []));
    const old = isOperator(caller) ? [] : await this.unknownAmong(agedBefore(placed, receivedAt - repeatsToldMs));
    if (!batch && old.length > 0) throw invalid([faultAt('/time', 'METERING.TOO_OLD')]);
    const denied = await this.denied(caller, without(placed, old));
    const [single] = denied;
    if (single && !batch) throw permissionDenied(detailOf(single));
    const unread = reads.flatMap((read, index) => ('errors' in read ? [rejectedBy(index, read.errors[0]!)] : []));
    const late = old.map(({ index }) => rejectedBy(index, faultAt('/time', 'METERING.TOO_OLD')));
    return { placed, rejected: [...unread, ...late, ...denied].sort((a, b) => a.index - b.index) };
  }

  /**
   * Uses that the caller may not report. A use that was accepted once is not among them, whatever
   * was published since: reporting it again changes nothing.
   */
  private async denied(caller: Principal, placed: readonly Placed[]): Promise<Rejected[]> {
    // Of the operator's uses, only the key's owner is looked up.
    const asked = isOperator(caller) ? placed.filter(({ use }) => use.key !== undefined) : placed;
    if (asked.length === 0) return [];
    const facts = await this.rateCard.factsAbout(asked.map(({ partyId, use }) => ({ ...use, partyId })));
    const denied = asked.flatMap((each) => {
      const fault = mayNotReportUse(caller, each, facts);
      return fault === undefined ? [] : [{ each, fault }];
    });
    const unknown = new Set(await this.unknownAmong(denied.map(({ each }) => each)));
    return denied.filter(({ each }) => unknown.has(each)).map(({ each, fault }) => rejectedBy(each.index, fault));
  }

  /** Uses that were never accepted. */
  private async unknownAmong(placed: readonly Placed[]): Promise<Placed[]> {
    const known = await this.knownUses.among(placed);
    return placed.filter(({ use }) => !known.has(use.usageId));
  }

  /**
   * Records a report with an idempotency key, before its usage: another body under the same key is
   * refused before it has any effect, and a repeat gets the first rejections.
   */
  private async receive(
    caller: Principal,
    reported: Reported,
    rejected: readonly Rejected[],
    incoming: IncomingCommand,
  ) {
    const reportId = derivedId('rpt', incoming.id);
    const data = { reportId, reportedBy: caller.partyId, events: reported.events.length, rejected: [...rejected] };
    const inputHash = inputHashOf(reported, incoming.inputHash);
    const command = { ...incoming.to(reportId, data), inputHash, answerOnceStored: true };
    const [event] = (await this.reports.handle(receiveReport, command)).events;
    if (event?.type !== 'ReportReceived') throw new Error(`unknown report ${reportId}`);
    return { eventId: event.id, rejected: event.data.rejected, receivedAt: event.time };
  }

  /**
   * Rates all uses, a bounded number at a time. A command of a batch that fails by itself is
   * rejected with its own uses, and the others are accepted. An outage fails the report after the
   * others were tried: sent again, only the rest is new.
   */
  private async rateAll({ commands, repeats }: SplitReport, context: Context): Promise<Counted> {
    const counted: Counted = { accepted: 0, duplicates: 0, failed: [] };
    const outages: unknown[] = [];
    let isPublished = true;
    for (const group of inFlight(commands, this.config.maxReportEventsInFlight)) {
      if (!isPublished) {
        // Each further group would wait for the log as long again.
        outages.push(new StoreUnavailable(logAway));
        break;
      }
      const before = outages.length;
      const uses = group.reduce((sum, { placed }) => sum + placed.length, 0);
      await this.gate.pass(uses, async () => {
        isPublished = await this.rateGroup(group, context, counted, outages);
      });
      if (outages.length - before === group.length) break;
    }
    if (outages.length > 0) throw outages[0];
    if (repeats.length > 0) countRepeats(repeats, commands, counted);
    return counted;
  }

  /** @returns false if the log did not confirm all of it in time */
  private async rateGroup(
    group: readonly PayersCommand[],
    context: Context,
    counted: Counted,
    outages: unknown[],
  ): Promise<boolean> {
    let isPublished = true;
    const placed = group.flatMap((command) => command.placed);
    const [facts, known] = await Promise.all([
      this.rateCard.factsAbout(placed.map(({ partyId, use }) => ({ ...use, partyId }))),
      this.knownUses.among(agedBefore(placed, this.clock.now() - repeatsToldMs)),
    ]);
    const settled = await Promise.allSettled(group.map((command) => this.rateInTime(command, facts, known, context)));
    settled.forEach((result, at) => {
      const command = group[at]!;
      if (result.status === 'fulfilled') {
        const { accepted, old } = result.value;
        isPublished &&= result.value.isPublished;
        counted.accepted += accepted;
        counted.duplicates += command.placed.length - old.length - accepted;
        counted.failed.push(...old.map(({ index }) => ({ index, detail: detailOf(tooOld) })));
        return;
      }
      const { reason } = result as { readonly reason: unknown };
      if (!context.isBatch || isOutage(reason)) outages.push(problemOf(reason));
      else counted.failed.push(...this.rejectionsOf(command, reason, context.incoming));
    });
    return isPublished;
  }

  /**
   * Rates the uses of one command but those that have become too old since the report came first:
   * of them repeats could not be told any more. The others have an id of their own, so that a
   * repeat of the report finds the same ones too old.
   */
  private async rateInTime(
    command: PayersCommand,
    facts: Facts,
    known: ReadonlySet<string>,
    context: Context,
  ): Promise<Brought & { readonly old: readonly Placed[] }> {
    try {
      return { ...(await this.rate(command, facts, known, context)), old: [] };
    } catch (error) {
      if (!(error instanceof TooOld)) throw error;
      const tooOldOnes = command.placed.filter(({ use }) => error.usageIds.includes(use.usageId));
      const placed = command.placed.filter((each) => !tooOldOnes.includes(each));
      if (placed.length === 0 || tooOldOnes.length === 0) throw error;
      const others = { ...command, id: commandIdOf(command.id, 'in-time'), placed };
      const { old, ...brought } = await this.rateInTime(others, facts, known, context);
      return { ...brought, old: [...tooOldOnes, ...old] };
    }
  }

  /**
   * Rates or parks the uses of one command. Few uses of a payer go into its command under way, or
   * are rated together with what else waits for its end; a report that can be repeated as a whole,
   * or that is traced, has commands of its own.
   */
  private async rate(
    { id, partyId, placed, isBackfill }: PayersCommand,
    facts: Facts,
    known: ReadonlySet<string>,
    { incoming: { correlationId, actor, traceparent }, reportEventId: causationId }: Context,
  ): Promise<Brought> {
    const uses = placed.map(({ use }) => ({
      use,
      terms: termsAt(facts, { ...use, partyId }),
      isKnown: known.has(use.usageId),
    }));
    const command = {
      ...{ id, streamId: payerStreamOf(partyId), data: { partyId, uses, isBackfill } },
      keys: placed.map(({ use }) => markKeyOf(use.usageId)),
      ...{ causationId, correlationId, actor, traceparent },
    };
    const isAlone = isBackfill || causationId !== undefined || traceparent !== undefined;
    if (isAlone || uses.length >= mostUsesOfEvent) return (await this.execute([command]))[0]!;
    // Uses that other callers report have commands, and so events, of their own.
    return this.turns.take(`${partyId} ${actor}`, command);
  }

  /**
   * Executes commands of one payer as one, under the first one's id. There may be more of them
   * until its lane takes it.
   */
  private async execute(commands: readonly RatingCommand[], taken?: () => void): Promise<readonly Brought[]> {
    let all = [...commands];
    const command: RatingCommand = {
      ...joined(all),
      taken: () => {
        taken?.();
        all = [...commands];
        Object.assign(command, usesOf(all));
      },
    };
    const { partyId, isBackfill } = command.data;
    try {
      const outcome = await this.payers.handle(rateUses, command);
      const { published: isPublished } = outcome;
      if (all.length < commands.length) throw new Error('uses came to a command that had been taken');
      // The id of a backfilled use is the same in every report of it.
      if (isBackfill && isOthers(outcome, command.causationId)) return [{ accepted: 0, isPublished }];
      return acceptedOf(all, outcome).map((accepted) => ({ accepted, isPublished }));
    } catch (error) {
      if (!(error instanceof AllKnown)) throw error;
      const isPublished = await this.untilPublished(partyId, error.sequence);
      return all.map(() => ({ accepted: 0, isPublished }));
    }
  }

  /**
   * Waits, as for a new use, until the log has what was reported before.
   * @returns false if it does not in time
   */
  private async untilPublished(partyId: string, sequence: number): Promise<boolean> {
    if (sequence === 0) return true;
    const waiting = new AbortController();
    const lane = laneOf(payerStreamOf(partyId), this.store.lanes);
    const late = setTimeout(this.config.answerTimeoutMs, false, { signal: waiting.signal }).catch(() => false);
    const isPublished = await Promise.race([this.store.published(lane, sequence).then(() => true), late]);
    waiting.abort();
    return isPublished;
  }

  private rejectionsOf({ placed }: PayersCommand, reason: unknown, { correlationId }: IncomingCommand): Rejection[] {
    const detail = reason instanceof TooOld ? detailOf(tooOld) : problemOfError(reason)?.detail;
    if (detail === undefined) {
      const usages = placed.map(({ use }) => use.usageId);
      this.log.error({ err: reason, correlator: correlationId, usages }, 'unexpected');
    }
    const said = detail ?? `not accepted, unexpected error; see ${correlationId} in the log`;
    return placed.map(({ index }) => ({ index, detail: said }));
  }
}

/** Counts uses that are in the report already: what became of the first ones, became of them. */
function countRepeats(repeats: readonly Placed[], commands: readonly PayersCommand[], counted: Counted): void {
  const details = new Map(counted.failed.map(({ index, detail }) => [index, detail]));
  const first = new Map(
    commands.flatMap(({ placed }) => placed.map(({ index, use }) => [use.usageId, index] as const)),
  );
  for (const { index, use } of repeats) {
    const detail = details.get(first.get(use.usageId)!);
    if (detail === undefined) counted.duplicates += 1;
    else counted.failed.push({ index, detail });
  }
}

const isOperator = ({ kind }: Principal): boolean => kind === 'operator';

/** Uses that were used before a time. */
const agedBefore = (placed: readonly Placed[], time: number): Placed[] =>
  placed.filter(({ use }) => Date.parse(use.time) < time);

const tooOld = { code: 'METERING.TOO_OLD', where: '/time' } as const;

/** The error of a single use that fails. */
const problemOf = (reason: unknown): unknown =>
  reason instanceof TooOld ? invalid([faultAt('/time', 'METERING.TOO_OLD')]) : reason;

/** True if another report had the uses of a command. */
const isOthers = ({ repeated, events }: Outcome<MeteringEvent>, reportEventId: string | undefined): boolean =>
  repeated && (reportEventId === undefined || events[0]?.causationId !== reportEventId);

/** True for an error of an outage or overload, not of the uses. */
function isOutage(reason: unknown): boolean {
  return problemOfError(reason)?.status === 503;
}

function without(placed: readonly Placed[], rejected: readonly { readonly index: number }[]): readonly Placed[] {
  if (rejected.length === 0) return placed;
  const turnedAway = new Set(rejected.map(({ index }) => index));
  return placed.filter(({ index }) => !turnedAway.has(index));
}

/** @throws ProblemError 400 with a pointer per place */
function refuseSingle(read: Read): void {
  if ('errors' in read) throw invalid(read.errors);
}

function invalid(faults: readonly UseFault[]): ProblemError {
  const [first, ...others] = faults;
  const place = first!.pointer === '' ? 'the event' : first!.pointer;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return invalidArgument(
    `${place}: ${first!.detail}${more}`,
    faults.map(({ pointer, detail }) => ({ pointer, detail })),
  );
}
