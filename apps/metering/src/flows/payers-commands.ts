import { commandIdOf, mostUsesOfEvent } from '@tokengrid/contracts';
import { repeatsToldMs } from '../decisions/rules/marks.ts';
import type { PayersUse } from '../usage-events/reported-use.ts';

/** A use with its index in a report. */
export interface Placed extends PayersUse {
  readonly index: number;
}

/** A command to rate uses of one payer, before their terms are looked up. */
export interface PayersCommand {
  readonly id: string;
  readonly partyId: string;
  readonly placed: readonly Placed[];
  /** True for a use that is older than repeats are told. */
  readonly isBackfill: boolean;
}

/** A report's identity. */
export interface ReportIdentity {
  /** Id of the request's command: the same for a repeat under its key, else random. */
  readonly id: string;
  /** Arrival of the report; of a repeat, that of the first one. */
  readonly receivedAt: number;
  /** True if the reporter may report uses older than the window of repeats. */
  readonly mayBackfill: boolean;
}

/** A report as commands. */
export interface SplitReport {
  readonly commands: readonly PayersCommand[];
  /** Uses that are in no command, because an earlier one of the report has the same id. */
  readonly repeats: readonly Placed[];
}

/**
 * Splits a report into commands, in its order: a payer's uses are together, at most a hundred to a
 * command. A repeat of the report under its key makes the same commands. A use that is older than
 * repeats are told has a command of its own, under an id of the use: command ids are kept for ever.
 */
export function commandsOf(placed: readonly Placed[], { id, receivedAt, mayBackfill }: ReportIdentity): SplitReport {
  const earliest = mayBackfill ? receivedAt - repeatsToldMs : -Infinity;
  const commands: PayersCommand[] = [];
  const recent = new Map<string, Placed[]>();
  const repeats: Placed[] = [];
  const seen = new Set<string>();
  for (const each of placed) {
    const { partyId, use } = each;
    if (seen.has(use.usageId)) {
      repeats.push(each);
      continue;
    }
    seen.add(use.usageId);
    if (Date.parse(use.time) < earliest) {
      commands.push({ id: backfillIdOf(each), partyId, placed: [each], isBackfill: true });
      continue;
    }
    const ofPayer = recent.get(partyId);
    if (ofPayer) ofPayer.push(each);
    else recent.set(partyId, [each]);
  }
  for (const [partyId, ofPayer] of recent) {
    for (let start = 0; start < ofPayer.length; start += mostUsesOfEvent) {
      const some = ofPayer.slice(start, start + mostUsesOfEvent);
      const ownId = commandIdOf('usage', id, partyId, String(start / mostUsesOfEvent));
      commands.push({ id: ownId, partyId, placed: some, isBackfill: false });
    }
  }
  return { commands, repeats };
}

/** Groups of commands, each of about as many uses as may be in flight at a time. */
export function* inFlight(commands: readonly PayersCommand[], most: number): Generator<PayersCommand[]> {
  let group: PayersCommand[] = [];
  let uses = 0;
  for (const command of commands) {
    if (group.length > 0 && uses + command.placed.length > most) {
      yield group;
      [group, uses] = [[], 0];
    }
    group.push(command);
    uses += command.placed.length;
  }
  if (group.length > 0) yield group;
}

const backfillIdOf = ({ use: { reportedBy, source, eventId } }: Placed): string =>
  commandIdOf(reportedBy, 'usage', source, eventId);
