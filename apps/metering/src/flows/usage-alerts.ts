import { Inject, Injectable } from '@nestjs/common';
import { commandIdOf, operatorPartyId, systemActor } from '@tokengrid/contracts';
import { type Command, Overloaded, StorageClock, StoreUnavailable } from '@tokengrid/event-store';
import { keptCalendarOf, ProblemError, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { isUnusual, lowerMedian, reaches, reachesFloor, stepsOf } from '../decisions/rules/alert-steps.ts';
import { isLookedAt } from '../decisions/rules/alert-windows.ts';
import { type AlertStep, alertsStreamOf } from '../decisions/state/usage-alerts.ts';
import { NotRaised, type RaiseUsageAlert, raiseUsageAlert } from '../decisions/usage-alerts/raise-usage-alert.ts';
import { Visibility } from '../projections/visibility.ts';
import { UsageAlertStreams } from '../streams/usage-alert-streams.ts';
import { AlertLooks, type AlertRow, type TouchedAlert } from '../usage-alerts/alert-looks.ts';
import { AlertSums } from '../usage-alerts/alert-sums.ts';
import { windowAt, windowsBefore } from '../usage-alerts/compared-windows.ts';
import type { Period } from '../usage-sums/spans.ts';

/** A window of an alert, and its steps that were not raised. */
interface Looked {
  readonly alert: AlertRow;
  readonly window: Period;
  readonly steps: readonly AlertStep[];
}

interface Summed extends Looked {
  readonly value: string;
}

/** Windows that are looked at by one statement. */
const windowsAtOnce = 200;

/**
 * Looks at the windows of alerts to which usage was added, and raises the alerts that it reaches. A
 * look may be repeated, in whatever process: what is raised has a command by alert, window and
 * step.
 */
@Injectable()
export class UsageAlerts {
  constructor(
    private readonly looks: AlertLooks,
    private readonly sums: AlertSums,
    private readonly streams: UsageAlertStreams,
    private readonly visibility: Visibility,
    private readonly clock: StorageClock,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  /**
   * Looks at what was added since the last look, which is remembered once all of it is raised.
   * @returns whether there is more
   */
  async look(): Promise<boolean> {
    const { lanes, isAnySet } = await this.looks.due();
    if (lanes.length === 0) return false;
    if (isAnySet) {
      const now = this.clock.now();
      await this.lookAt(windowsOf(await this.looks.touched(lanes), now));
      for await (const alerts of this.looks.set(lanes))
        await this.lookAt(windowsOf(alerts.map(withQuarters(now)), now));
    }
    await this.looks.remember(lanes);
    return lanes.some(({ until, head }) => until < head);
  }

  private async lookAt(windows: readonly Omit<Looked, 'steps'>[]): Promise<void> {
    for (let from = 0; from < windows.length; from += windowsAtOnce) {
      const some = windows.slice(from, from + windowsAtOnce);
      const raised = await this.looks.raised(some.map(({ alert, window }) => ({ alert, start: window.start })));
      const open = some.flatMap((each, at) => {
        const steps = stepsOf(each.alert.terms).filter((step) => !raised[at]!.has(step));
        return steps.length > 0 ? [{ ...each, steps }] : [];
      });
      if (open.length > 0) await this.judge(open);
    }
  }

  private async judge(open: readonly Looked[]): Promise<void> {
    const sums = await this.sums.of(open.map(({ alert, window }) => ({ counted: alert.terms, windows: [window] })));
    const summed = open.map((each, at): Summed => ({ ...each, value: sums[at]![0]! }));
    await Promise.all(summed.flatMap((each) => thresholdsOf(each).map((step) => this.raise(each, step, []))));
    await this.judgeUnusual(summed);
  }

  private async judgeUnusual(summed: readonly Summed[]): Promise<void> {
    const unusual = summed.flatMap((each) => {
      const { anomaly } = each.alert.terms;
      const isOpen = anomaly !== undefined && each.steps.includes('anomaly') && reachesFloor(each.value, anomaly);
      return isOpen ? [{ ...each, anomaly }] : [];
    });
    if (unusual.length === 0) return;
    const sums = await this.sums.of(
      unusual.map(({ alert: { terms }, anomaly, window }) => ({
        counted: terms,
        windows: windowsBefore(terms.window, anomaly, keptCalendarOf(terms.timeZone), window),
      })),
    );
    const raised = unusual.flatMap((each, at) => {
      const before = sums[at]!;
      return isUnusual(each.value, each.anomaly, lowerMedian(before)) ? [this.raise(each, 'anomaly', before)] : [];
    });
    await Promise.all(raised);
  }

  private async raise({ alert, window, value }: Summed, step: AlertStep, before: readonly string[]): Promise<void> {
    const { ownerId, name, version } = alert;
    if (!(await this.maySee(alert))) return;
    const id = commandIdOf('raise-usage-alert', ownerId, String(version), String(window.start), String(step));
    const data = { partyId: ownerId, name, version, ...window, value, before, step };
    const streamId = alertsStreamOf(ownerId);
    const actor = systemActor('usage-alerts', ownerId);
    const command: Command<RaiseUsageAlert> = {
      ...{ id, streamId, data, correlationId: id, actor },
      answerOnceStored: true,
    };
    try {
      await this.streams.handle(raiseUsageAlert, command);
    } catch (error) {
      if (error instanceof NotRaised) return;
      if (error instanceof StoreUnavailable || error instanceof Overloaded) throw error;
      // Of one owner's stream or lane: other alerts do not wait for it.
      this.log.error({ err: error, ownerId, name }, 'a usage alert could not be raised');
    }
  }

  /** Whether the owner may see what the alert counts, now that it is to be raised. */
  private async maySee({ ownerId, terms }: AlertRow): Promise<boolean> {
    if (ownerId === operatorPartyId || terms.party === ownerId) return true;
    const list = terms.measure === 'tokens' ? 'charges' : 'usage';
    try {
      const { partyId } = await this.visibility.of({ kind: 'developer', partyId: ownerId }, terms, list);
      return partyId === terms.party;
    } catch (error) {
      if (error instanceof ProblemError) return false;
      throw error;
    }
  }
}

/** Percentages of the budget that are to be raised. */
function thresholdsOf({ alert: { terms }, steps, value }: Summed): readonly number[] {
  const { threshold } = terms;
  if (!threshold) return [];
  return steps.filter((step) => step !== 'anomaly').filter((percent) => reaches(value, threshold, percent));
}

/** A new alert, as if usage were added to its window of now and to the one before. */
const withQuarters =
  (now: number) =>
  (alert: AlertRow): TouchedAlert => {
    const { window, timeZone } = alert.terms;
    const { start } = windowAt(window, keptCalendarOf(timeZone), now);
    return { ...alert, quarters: [start - 1, start] };
  };

/** Windows of the alerts to which usage was added, of those that may still be raised. */
function windowsOf(touched: readonly TouchedAlert[], now: number): readonly Omit<Looked, 'steps'>[] {
  return touched.flatMap(({ quarters, ...alert }) => {
    const calendar = keptCalendarOf(alert.terms.timeZone);
    const windows = new Map<number, Period>();
    for (const quarter of quarters) {
      const window = windowAt(alert.terms.window, calendar, quarter);
      if (isLookedAt(window, alert.since, now)) windows.set(window.start, window);
    }
    return Array.from(windows.values(), (window) => ({ alert, window }));
  });
}
