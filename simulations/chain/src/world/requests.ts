import { operatorPartyId } from '@tokengrid/contracts';
import { NotYet } from '@tokengrid/kernel';
import type { AskedCorrection } from '@tokengrid/metering/flows/corrections';
import type { IncomingCommand } from '@tokengrid/service';
import { operatorPrincipal, type Principal, ProblemError } from '@tokengrid/service';
import { closePeriod } from '@tokengrid/settlement/decisions/periods/close-period';
import { periodStreamId } from '@tokengrid/settlement/decisions/state/period';
import { type Dice, ensure, Violation } from '@tokengrid/simulation-kit';
import type { Checker } from '../checks/checker.ts';
import { nameOf } from '../checks/rated-uses.ts';
import { ProcessDied } from '../machine/fate.ts';
import { dayIn, nextDay } from '../model/days.ts';
import type { Use } from '../model/rating.ts';
import type { Asked } from './control.ts';
import type { Services } from './services.ts';
import type { Kinds, Traffic } from './traffic.ts';

/** A report, which is the same each time that it is sent under its key. */
interface Report {
  readonly id: string;
  readonly isKeyed: boolean;
  readonly uses: readonly Use[];
}

/** Surroundings of the requests of a history. */
export interface Surroundings {
  readonly services: Services;
  readonly checker: Checker;
  readonly traffic: Traffic;
  readonly zone: string;
  readonly now: () => number;
}

/** Requests to the services, each sent until it is answered. */
export class Requests {
  private readonly reports: Report[] = [];
  private readonly unanswered = new Set<() => Promise<unknown>>();
  /** Days whose closing was asked for. */
  private readonly closing = new Set<string>();
  private ids = 0;

  constructor(
    private readonly all: Surroundings,
    private readonly dice: Dice,
  ) {}

  get areAnswered(): boolean {
    return this.unanswered.size === 0;
  }

  /** Sends what was not answered once more. */
  async sendAgain(): Promise<void> {
    for (const again of [...this.unanswered]) {
      this.unanswered.delete(again);
      await again();
    }
  }

  /** @param time of the uses, but for those that are later or earlier than they should be */
  async report(time = this.all.now()): Promise<void> {
    const { traffic, now } = this.all;
    await this.take(this.newReport(traffic.report(time, now())));
  }

  /** Uses by which an allowance is used up. */
  async useUp(): Promise<void> {
    const uses = this.all.traffic.usedUp(this.kinds, this.all.now());
    if (uses) await this.take(this.newReport(uses));
  }

  async reportAgain(): Promise<void> {
    const { dice, reports } = this;
    if (reports.length > 0 && dice.once(3)) {
      const before = dice.one(reports);
      return this.take(this.repeated(before));
    }
    const uses = this.all.traffic.repeat(this.all.now());
    if (uses) await this.take(this.newReport(uses));
  }

  private newReport(uses: readonly Use[]): Report {
    const report = { id: `report ${++this.ids}`, isKeyed: this.dice.once(4), uses };
    this.reports.push(report);
    return report;
  }

  /** The same report once more: without a key, nothing says that it is the same. */
  private repeated(report: Report): Report {
    return report.isKeyed ? report : { ...report, id: `report ${++this.ids}` };
  }

  private async take(report: Report): Promise<void> {
    for (const use of report.uses) this.all.checker.rated.sends(use);
    await this.sendReport(report);
  }

  private async sendReport(report: Report): Promise<void> {
    const { checker, services } = this.all;
    const { fate, process } = services.metering;
    const { uses, isKeyed } = report;
    const { reporterId } = uses[0]!;
    const again = () => this.sendReport(this.repeated(report));
    try {
      const reported = { events: uses.map(asCloudEvent), mode: 'batched' as const };
      const tally = await process.reports.take(callerOf(reporterId), reported, incomingOf(report), isKeyed);
      if (fate.ended) throw new ProcessDied();
      if (tally.duplicates > 0) checker.count('repeat');
      const rejected = new Set(tally.rejected.map(({ index }) => index));
      uses.forEach((use, index) => (rejected.has(index) ? undefined : checker.rated.took(use)));
      for (const { detail } of tally.rejected) checker.count(`rejected: ${detail.split(',')[0]}`);
    } catch (error) {
      if (!fate.ended) throw asViolation(error);
      this.unanswered.add(again);
    }
  }

  /** A use is corrected, by whom it was reported or by the operator. */
  async correctSome(): Promise<void> {
    await this.askFor(this.all.traffic.correction(this.kinds));
  }

  /** Uses that were free, and whose voids give back of what others of their periods cost. */
  get coveredUses(): readonly Use[] {
    return this.all.traffic.coveredUses(this.kinds);
  }

  async voidUse(use: Use): Promise<void> {
    await this.askFor({ use, units: undefined });
  }

  private get kinds(): Kinds {
    const { rated } = this.all.checker;
    return {
      isRated: (use) => rated.isRated(use),
      isCounted: (use) => rated.isCounted(use),
      freeUnits: (use) => rated.freeUnits(use),
      wouldGiveBack: (use) => rated.wouldGiveBack(use),
    };
  }

  private async askFor(correction: ReturnType<Traffic['correction']>): Promise<void> {
    if (!correction) return;
    const { rated } = this.all.checker;
    const { use, units } = correction;
    const isOperator = this.dice.once(2) || use.reporterId === operatorPartyId;
    const { source, id, reporterId } = use;
    const asked = { source, id, reason: 'counted wrong', units, ...(isOperator && { reportedBy: reporterId }) };
    rated.corrected.asks(nameOf(use), units);
    const caller = callerOf(isOperator ? operatorPartyId : reporterId);
    await this.correct(caller, asked, { id: `correction ${++this.ids}`, isKeyed: true, uses: [use] });
  }

  private async correct(caller: Principal, asked: AskedCorrection, request: Report): Promise<void> {
    const { fate, process } = this.all.services.metering;
    try {
      await process.corrections.correct(caller, asked, incomingOf(request));
    } catch (error) {
      const use = request.uses[0]!;
      if (fate.ended) this.unanswered.add(() => this.correct(caller, asked, request));
      else if (!(error instanceof ProblemError && error.problem.status === 404)) throw asViolation(error);
      else ensure(!this.all.checker.rated.isTaken(use), () => `${nameOf(use)} is not found`);
    }
  }

  /** Something is asked of a wallet, and again until it is answered. */
  async ask(asked: Asked): Promise<void> {
    const { fate, process } = this.all.services.wallet;
    const again = () => this.ask(asked);
    try {
      await asked(process.wallets);
    } catch (error) {
      if (!fate.ended && !(error instanceof NotYet)) throw asViolation(error);
      this.unanswered.add(again);
    }
  }

  /** Metering looks for periods of subscriptions that are over. */
  async closePeriods(): Promise<void> {
    const { fate, process } = this.all.services.metering;
    try {
      await process.periods.closeSome();
    } catch (error) {
      if (!fate.ended) throw asViolation(error);
    }
  }

  /** The operator closes a day. */
  async closeDay(day: string, early: boolean): Promise<void> {
    const { services, zone, now } = this.all;
    const { fate, process, storage } = services.settlement;
    let accruingTo = dayIn(zone, now());
    while (this.closing.has(accruingTo)) accruingTo = nextDay(accruingTo);
    const id = `closing ${++this.ids}`;
    const data = { period: day, early, accruingTo };
    try {
      const command = { id, streamId: periodStreamId(day), data, correlationId: id, actor: 'simulation' };
      const { events } = await process.periods.handle(closePeriod, command);
      if (events.some(({ type }) => type === 'PeriodClosing')) this.closing.add(day);
    } catch (error) {
      if (!fate.ended) throw asViolation(error);
      // It is looked up whether it is closing, as the operator would.
      const stored = storage.commands.get(id);
      if (stored?.events.some(({ type }) => type === 'PeriodClosing')) this.closing.add(day);
    }
  }
}

/** A violation, also of what a service failed with. */
export const asViolation = (error: unknown): Violation =>
  error instanceof Violation ? error : new Violation((error as Error).message, { cause: error });

const callerOf = (reporterId: string): Principal =>
  reporterId === operatorPartyId
    ? operatorPrincipal
    : { ...operatorPrincipal, partyId: reporterId, kind: 'developer' as const };

const asCloudEvent = ({ payerId, source, id, time, app, model, offer, key, units }: Use) => ({
  ...{ specversion: '1.0', id, source, type: 'use', subject: payerId, time: new Date(time).toISOString() },
  data: { ...(app && { app }), ...(model && { model }), ...(offer && { offer }), ...(key && { key }), units },
});

const incomingOf = ({ id, isKeyed }: Report): IncomingCommand => ({
  ...{
    id,
    inputHash: id,
    correlationId: id,
    actor: 'simulation',
    traceparent: undefined,
    isRepeatInFlight: false,
    isKeyed,
  },
  to: (streamId, data) => ({ id, streamId, data, correlationId: id, actor: 'simulation', inputHash: id }),
});
