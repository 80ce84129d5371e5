import { nextDay } from './days.ts';
import type { Role } from './rating.ts';

/** A use that a wallet paid for, and who earns it. */
export interface Collected {
  readonly usageId: string;
  /** Day of the use, in the operator's zone. */
  readonly day: string;
  readonly app?: string | undefined;
  readonly plan?: string | undefined;
  readonly model?: string | undefined;
  readonly priceVersion: string;
  readonly units: Readonly<Record<string, string>>;
  /** Below zero where it was given back. */
  readonly tokens: bigint;
  /** A use counts once: as soon as anything is collected for it. */
  readonly isFirst: boolean;
  readonly earners: readonly { readonly role: Role; readonly partyId: string; readonly tokens: bigint }[];
}

export interface Sum {
  tokens: bigint;
  uses: number;
}

/** Sums under names, each of several words. */
export class Sums {
  private readonly sums = new Map<string, Sum>();

  add(words: readonly (string | number | undefined)[], tokens: bigint, uses = 1): void {
    const name = words.map((word) => word ?? '').join(' ');
    const sum = this.sums.get(name) ?? { tokens: 0n, uses: 0 };
    this.sums.set(name, { tokens: sum.tokens + tokens, uses: sum.uses + uses });
  }

  of(...words: readonly (string | number | undefined)[]): Sum {
    return this.sums.get(words.map((word) => word ?? '').join(' ')) ?? { tokens: 0n, uses: 0 };
  }

  /** Sums other than zero, by name, for comparison. */
  get all(): readonly string[] {
    const some = [...this.sums].filter(([, { tokens }]) => tokens !== 0n);
    return some.map(([name, { tokens, uses }]) => `${name}: ${tokens} of ${uses}`).sort();
  }

  get total(): bigint {
    return [...this.sums.values()].reduce((sum, { tokens }) => sum + tokens, 0n);
  }
}

/** Debts of a settlement lane for one day. */
export class Owed {
  /** By party and role. */
  readonly earned = new Sums();
  /** By wallet lane. */
  readonly escrow = new Sums();
  /** Advances of the operator, by party and role. */
  readonly advanced = new Sums();
  uses = 0;
}

/** Advance of the operator for a party whose refunds exceed its earnings. */
export interface Advance {
  readonly usageId: string;
  readonly day: string;
  readonly role: Role;
  readonly partyId: string;
  readonly tokens: bigint;
}

/**
 * A settlement lane: collects for some wallet lanes what their charges brought, day by day, until
 * it closes the day. What comes later counts for the first day that is open.
 */
export class EarningsLane {
  private readonly days = new Map<string, Owed>();
  private readonly closed = new Set<string>();

  owedFor(day: string): Owed {
    const owed = this.days.get(day) ?? new Owed();
    this.days.set(day, owed);
    return owed;
  }

  isClosed(day: string): boolean {
    return this.closed.has(day);
  }

  /** Days that are owed for, and not closed. */
  get openDays(): readonly string[] {
    return [...this.days.keys()].filter((day) => !this.closed.has(day));
  }

  close(day: string): void {
    this.closed.add(day);
  }

  openDayFor(day: string): string {
    let open = day;
    while (this.closed.has(open)) open = nextDay(open);
    return open;
  }

  /**
   * Uses count one after another, so that it does not matter with which others one is read. Nobody
   * but the operator is owed less than nothing in a role for a day that is open: what is lacking,
   * the operator lays out, and may come to owe.
   *
   * @returns the sums that these uses add up to, by what an accrual tells apart */
  accrue(walletLane: number, uses: readonly Collected[]): Accrued {
    const accrued = new Accrued();
    for (const use of uses) {
      const day = this.openDayFor(use.day);
      const owed = this.owedFor(day);
      const uses = use.isFirst ? 1 : 0;
      owed.uses += uses;
      owed.escrow.add([walletLane], use.tokens, uses);
      for (const { role, partyId, tokens } of use.earners) {
        owed.earned.add([partyId, role], tokens, uses);
        accrued.add(use, day, role, partyId, tokens);
        const owing = owed.earned.of(partyId, role).tokens;
        if (role === 'operator' || owing >= 0n) continue;
        owed.earned.add([partyId, role], -owing, 0);
        owed.earned.add(['operator', 'operator'], owing, 0);
        owed.advanced.add([partyId, role], -owing);
        accrued.advances.push({ usageId: use.usageId, day, role, partyId, tokens: -owing });
      }
    }
    return accrued;
  }
}

/** Sums of an accrual. */
export class Accrued {
  readonly sums = new Sums();
  /** Micro-units, by the words of a sum and the meter. */
  readonly units = new Sums();
  readonly advances: Advance[] = [];

  add(use: Collected, day: string, role: Role, partyId: string, tokens: bigint): void {
    const lateFor = day === use.day ? undefined : use.day;
    const words = [day, lateFor, partyId, role, use.app, use.plan, use.model, use.priceVersion];
    this.sums.add(words, tokens, use.isFirst ? 1 : 0);
    for (const [meter, units] of Object.entries(use.units)) this.units.add([...words, meter], microsOf(units), 0);
  }
}

/** Decimal units as millionths, with their sign. */
export function microsOf(units: string): bigint {
  const [whole = '', part = ''] = units.split('.');
  return BigInt(whole + part.padEnd(6, '0'));
}
