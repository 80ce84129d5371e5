import type { MeteringEvent, RatedUse } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { correctionMark } from '@tokengrid/metering/decisions/rules/marks';
import type { Waiting } from '@tokengrid/metering/flows/recycling';
import { FoundUses, type ReportedUse } from '@tokengrid/metering/projections/found-uses';
import { KnownUses } from '@tokengrid/metering/projections/known-uses';
import type { PayersUse } from '@tokengrid/metering/usage-events/reported-use';

type Rated = Extract<ReportedUse, { readonly status: 'rated' }>;
type Voided = Extract<ReportedUse, { readonly status: 'voided' }>;

/** Uses that wait, that are rated and corrected, as the service's own tables have them. */
export class UseTables {
  private readonly parked = new Map<string, Waiting>();
  private readonly rated = new Map<string, Rated>();
  private readonly voided = new Map<string, Voided>();
  private readonly known = new Set<string>();

  see({ type, data, sequence }: Recorded<MeteringEvent>): void {
    if (type === 'UsageParked') {
      for (const [place, { waitsFor, ...use }] of data.uses.entries()) {
        this.park({ partyId: data.partyId, use, waitsFor, sequence, place });
      }
    } else if (type === 'UsageRated') {
      for (const use of data.uses) this.rate(data.partyId, use);
    } else if (type === 'ParkedUseCorrected') {
      const { waitsFor, ...use } = data.use;
      this.park({ partyId: data.partyId, use, waitsFor, sequence, place: 0 });
      if (data.voided) this.parked.delete(use.usageId);
      if (data.voided) this.voided.set(use.usageId, { status: 'voided', partyId: data.partyId, use });
    } else if (type === 'UsageCorrected') {
      for (const correction of data.corrections) {
        const rated = this.rated.get(correction.usageId);
        if (!rated) continue;
        const mark = correctionMark(correction.number, sequence);
        this.rated.set(correction.usageId, { ...rated, corrections: [...rated.corrections, correction], mark });
      }
    }
  }

  private park(waiting: Waiting): void {
    this.parked.set(waiting.use.usageId, waiting);
    this.known.add(waiting.use.usageId);
  }

  private rate(partyId: string, use: RatedUse): void {
    this.parked.delete(use.usageId);
    this.known.add(use.usageId);
    this.rated.set(use.usageId, { status: 'rated', partyId, use, corrections: [], mark: undefined });
  }

  has(usageId: string): boolean {
    return this.known.has(usageId);
  }

  /** Uses that wait for one of some things: a page of them. */
  waitingFor(things: readonly string[], after: string, most: number): readonly Waiting[] {
    return [...this.parked.values()]
      .filter(({ use, waitsFor }) => things.includes(waitsFor) && use.usageId > after)
      .sort((one, other) => (one.use.usageId < other.use.usageId ? -1 : 1))
      .slice(0, most);
  }

  reported(usageId: string): ReportedUse | undefined {
    const waiting = this.parked.get(usageId);
    if (!waiting) return this.voided.get(usageId) ?? this.rated.get(usageId);
    const { partyId, use, waitsFor, sequence, place } = waiting;
    return { status: 'parked', partyId, use, waitsFor, parkedBy: { sequence, place } };
  }
}

/** Which uses are known, by the tables. */
export class KnownInTables extends KnownUses {
  constructor(private readonly tables: UseTables) {
    super(undefined as never, undefined as never);
  }

  override among(uses: readonly PayersUse[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(uses.map(({ use }) => use.usageId).filter((usageId) => this.tables.has(usageId))));
  }
}

/** Uses to correct, by the tables. */
export class FoundInTables extends FoundUses {
  constructor(
    private readonly tables: UseTables,
    private readonly closing: ReadonlySet<string>,
  ) {
    super(undefined as never, undefined as never);
  }

  override find(usageIds: readonly string[]): Promise<ReportedUse[]> {
    return Promise.resolve(usageIds.flatMap((usageId) => this.tables.reported(usageId) ?? []));
  }

  override isRated(usageId: string): Promise<boolean> {
    return Promise.resolve(this.tables.reported(usageId)?.status === 'rated');
  }

  override isClosing(day: string): Promise<boolean> {
    return Promise.resolve(this.closing.has(day));
  }

  override developers(): Promise<string[]> {
    return Promise.resolve([]);
  }
}
