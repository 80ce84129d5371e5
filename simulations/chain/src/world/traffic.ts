import { operatorPartyId } from '@tokengrid/contracts';
import type { Dice } from '@tokengrid/simulation-kit';
import type { Use } from '../model/rating.ts';
import { apps, meters, models } from './market.ts';
import { consumers, keysOf, payers } from './parties.ts';

const dayMs = 86_400_000;
const sources = ['/gateway/1', '/gateway/2'];
/** Now and then one report is larger than one command may be. */
const reportSizes = [1, 1, 2, 3, 5, 8, 20, 40];

/** A use, and what its units are to be: `undefined`, it never was. */
interface Correction {
  readonly use: Use;
  readonly units: Use['units'] | undefined;
}

/** Kinds of uses by what metering made of them. */
export interface Kinds {
  readonly isRated: (use: Use) => boolean;
  readonly isCounted: (use: Use) => boolean;
  /** Units by meter that a use's plan still has free in its period. */
  readonly freeUnits: (use: Use) => readonly (readonly [meter: string, left: number])[];
  /** Free so far, and its void makes its period cheaper. */
  readonly wouldGiveBack: (use: Use) => boolean;
}

/** Uses as they are reported. */
export class Traffic {
  /** Of each reporter its own: two of them may say the same of different uses. */
  private readonly ids = new Map<string, number>();
  private readonly sent: (readonly Use[])[] = [];
  private corrected: Use | undefined;

  /** @param edges times of which uses are made now and then, to the millisecond */
  private readonly payers: readonly string[];

  /** @param isNarrow true if a wallet's owner, its members and few others use everything */
  constructor(
    private readonly dice: Dice,
    private readonly edges: readonly number[],
    isNarrow: boolean,
  ) {
    this.payers = isNarrow ? consumers.slice(0, 4) : payers;
  }

  /** A report of new uses. @param now is not before the uses' time */
  report(time: number, now: number): readonly Use[] {
    const { dice, payers } = this;
    const reporterId = dice.once(8) ? dice.one(apps).developerId : operatorPartyId;
    const count = dice.once(60) ? 230 : dice.one(reportSizes);
    const one = dice.once(4) || count > 100 ? dice.one(payers) : undefined;
    const uses = Array.from({ length: count }, () => this.use(reporterId, one ?? dice.one(payers), time, now));
    return this.remember(dice.once(6) ? [...uses, ...uses.slice(0, 3)] : uses);
  }

  /**
   * A report of what was reported before, by itself, in parts, or together with something else of
   * the same reporter; now and then it says something else of the same use.
   */
  repeat(time: number): readonly Use[] | undefined {
    const { dice, sent } = this;
    if (sent.length === 0) return undefined;
    const before = this.someSent();
    const some = before.filter(() => !dice.once(4));
    const { reporterId } = before[0]!;
    const another = this.someSent().filter((use) => use.reporterId === reporterId);
    const fresh = dice.once(2) ? [this.use(reporterId, dice.one(this.payers), time)] : [];
    const uses = dice.once(3) ? before : [...another.slice(0, 5), ...some, ...fresh];
    if (uses.length === 0) return undefined;
    return this.remember(dice.once(8) ? uses.map((use) => ({ ...use, units: this.units() })) : uses);
  }

  /**
   * A use that was sent, mostly a rated one, often one that counts over a period, and its units:
   * `undefined`, it never was. Now and then it is the one that was corrected last.
   */
  correction({ isRated, isCounted }: Kinds): Correction | undefined {
    const { dice } = this;
    if (this.sent.length === 0) return undefined;
    const some = Array.from({ length: 16 }, () => dice.one(this.someSent()));
    const again = dice.once(3) ? this.corrected : undefined;
    const counted = dice.once(2) ? some.find(isCounted) : undefined;
    const use = again ?? counted ?? some.find(isRated) ?? some[0]!;
    this.corrected = use;
    return { use, units: dice.once(4) ? undefined : dice.once(8) ? use.units : this.units() };
  }

  /**
   * Uses that an allowance covers, one by one, and a large one that it does not: mostly of a party
   * that may be a member of another's wallet.
   */
  usedUp({ freeUnits }: Kinds, time: number): readonly Use[] | undefined {
    const { dice } = this;
    for (let tries = 0; tries < 12; tries++) {
      const payerId = dice.once(4) ? dice.one(consumers) : dice.one(consumers.slice(1, 3));
      const app = dice.one(apps.slice(0, 2)).slug;
      const like = { ...this.use(operatorPartyId, payerId, time), time: time - dice.roll(25 * dayMs), app };
      const use = { ...like, model: undefined, offer: undefined, key: undefined };
      const uses = freeUnits(use).flatMap(([meter, left]) =>
        [left - (left >> 1), left >> 1, 1 + dice.roll(4000)].map((units) => ({
          ...use,
          id: this.nextId(operatorPartyId),
          units: { [meter]: String(units) },
        })),
      );
      if (uses.length > 0) return this.remember(uses);
    }
    return undefined;
  }

  /**
   * Uses that were free, of one party that may be a member of another's wallet: without them, later
   * ones have their allowance.
   */
  coveredUses({ wouldGiveBack }: Kinds): readonly Use[] {
    const members = consumers.slice(1, 3);
    const covered = this.sent.flat().filter((use) => members.includes(use.payerId) && wouldGiveBack(use));
    return covered.filter(({ payerId }) => payerId === covered[0]!.payerId);
  }

  private remember(uses: readonly Use[]): readonly Use[] {
    this.sent.push(uses);
    return uses;
  }

  private someSent(): readonly Use[] {
    const recent = Math.min(this.sent.length, this.dice.once(3) ? this.sent.length : 10);
    return this.sent[this.sent.length - 1 - this.dice.roll(recent)]!;
  }

  private use(reporterId: string, payerId: string, time: number, now = time): Use {
    const { dice } = this;
    const isOperator = reporterId === operatorPartyId;
    const ofReporter = apps.filter(({ developerId }) => isOperator || developerId === reporterId);
    const app = !isOperator || dice.once(2) ? dice.one(ofReporter).slug : undefined;
    const served = app === undefined || dice.once(2) ? dice.one(models) : undefined;
    const model = served?.name;
    const offer =
      served && dice.once(2) ? dice.one([served.offer, served.offer, served.offer, dice.one(models).offer]) : undefined;
    const hasKey = isOperator && consumers.includes(payerId) && dice.once(4);
    return {
      ...{
        payerId,
        reporterId,
        source: dice.one(sources),
        id: this.nextId(reporterId),
        time: this.timeOfUse(time, now),
      },
      ...{ app, model, offer, key: hasKey ? dice.one(keysOf(payerId)) : undefined, units: this.units() },
    };
  }

  private nextId(reporterId: string): string {
    const number = (this.ids.get(reporterId) ?? 0) + 1;
    this.ids.set(reporterId, number);
    return `use ${number}`;
  }

  /** Mostly at a time; a little before, by days, at an edge, or later than anybody should be. */
  private timeOfUse(time: number, now: number): number {
    const { dice } = this;
    if (dice.once(5)) return time - dice.roll(dice.one([3, 3, 34]) * dayMs);
    const edges = dice.once(9) ? this.edges.filter((edge) => edge <= now && edge > now - 30 * dayMs) : [];
    if (edges.length > 0) return Math.min(now, dice.one(edges) + dice.one([-1, 0, 1]));
    if (dice.once(20)) return now - 35 * dayMs + dice.one([-1, 0, 1, -dayMs, dayMs]);
    return time - dice.roll(2000);
  }

  private units(): Readonly<Record<string, string>> {
    const { dice } = this;
    const some = meters.filter(() => dice.once(2));
    const names = some.length > 0 ? some : [dice.one(meters)];
    return Object.fromEntries(names.map((meter) => [meter, this.amount()]));
  }

  private amount(): string {
    const { dice } = this;
    if (dice.once(10)) return '0';
    if (dice.once(3)) return `${dice.roll(400)}.${1 + dice.roll(9)}`;
    if (dice.once(9)) return `0.${String(1 + dice.roll(9)).padStart(6, '0')}`;
    return String(dice.roll(dice.once(50) ? 1_000_000 : 3000));
  }
}
