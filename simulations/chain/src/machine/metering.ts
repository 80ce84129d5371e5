import { type MeteringEvent, meteringCatalogue } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { Recycling, type Waiting } from '@tokengrid/metering/flows/recycling';
import { UsageReports } from '@tokengrid/metering/flows/usage-reports';
import { WhenApiKeyIssuedRecycleUses } from '@tokengrid/metering/policies/when-api-key-issued-recycle-uses';
import { WhenAppSubscribedRecycleUses } from '@tokengrid/metering/policies/when-app-subscribed-recycle-uses';
import { WhenModelOfferedOrModelPricedRecycleUses } from '@tokengrid/metering/policies/when-model-offered-or-model-priced-recycle-uses';
import { WhenOrganizationRegisteredOrSubscriberRegisteredRecycleUses } from '@tokengrid/metering/policies/when-organization-registered-or-subscriber-registered-recycle-uses';
import { WhenUsageParkedRecycleUses } from '@tokengrid/metering/policies/when-usage-parked-recycle-uses';
import { WhenUsageRatedChargeSubsidies } from '@tokengrid/metering/policies/when-usage-rated-charge-subsidies';
import { WhenVersionPublishedRecycleUses } from '@tokengrid/metering/policies/when-version-published-recycle-uses';
import { KnownUses } from '@tokengrid/metering/projections/known-uses';
import type { Sources } from '@tokengrid/metering/projections/sources.reads';
import { Payers } from '@tokengrid/metering/streams/payers';
import { Reports } from '@tokengrid/metering/streams/reports';
import type { PayersUse } from '@tokengrid/metering/usage-events/reported-use';
import { pino } from 'pino';
import type { HeardRateCard } from './rate-card.ts';
import type { SimulatedStore } from './store.ts';
import type { Subscriber } from './subscription.ts';

/** Uses that a report may have under way at once. */
const maxReportEventsInFlight = 150;

/** Uses that wait and that are rated, as the service's own tables have them. */
export class UseTables {
  private readonly parked = new Map<string, Waiting>();
  private readonly known = new Set<string>();

  see(event: Recorded<MeteringEvent>): void {
    if (event.type === 'UsageParked') {
      const { partyId, uses } = event.data;
      for (const [place, { waitsFor, ...use }] of uses.entries()) {
        this.parked.set(use.usageId, { partyId, use, waitsFor, sequence: event.sequence, place });
        this.known.add(use.usageId);
      }
    } else if (event.type === 'UsageRated') {
      for (const { usageId } of event.data.uses) {
        this.parked.delete(usageId);
        this.known.add(usageId);
      }
    }
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
}

class FoundUses extends KnownUses {
  constructor(private readonly tables: UseTables) {
    super(undefined as never, undefined as never);
  }

  override among(uses: readonly PayersUse[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(uses.map(({ use }) => use.usageId).filter((usageId) => this.tables.has(usageId))));
  }
}

/** One process of metering. */
export class MeteringProcess {
  readonly reports: UsageReports;
  readonly subscribers: readonly Subscriber[];

  constructor(store: SimulatedStore<MeteringEvent>, rateCard: HeardRateCard, tables: UseTables, now: () => number) {
    const payers = new Payers(store);
    const config = { maxReportEvents: 50_000, maxReportEventsInFlight, answerTimeoutMs: 5000 };
    this.reports = new UsageReports(
      ...([payers, new Reports(store), rateCard, new FoundUses(tables), noSources, store] as const),
      ...([{ now }, config as never, pino({ level: 'silent' })] as const),
    );
    const query = (_: string, [things, after, most]: readonly [readonly string[], string, number]) =>
      Promise.resolve(tables.waitingFor(things, after, most));
    const recycling = new Recycling({ query } as never, rateCard, payers);
    this.subscribers = subscribersOf(recycling, payers);
  }
}

/** Sources of events; those of the simulation are of a type that has none. */
const noSources = { of: () => Promise.resolve(new Map()) } as unknown as Sources;

function subscribersOf(recycling: Recycling, payers: Payers): readonly Subscriber[] {
  const [identity, registry, own] = ['identity', 'app-registry', meteringCatalogue.service];
  const registered = new WhenOrganizationRegisteredOrSubscriberRegisteredRecycleUses(recycling);
  const issued = new WhenApiKeyIssuedRecycleUses(recycling);
  const subscribed = new WhenAppSubscribedRecycleUses(recycling);
  const priced = new WhenModelOfferedOrModelPricedRecycleUses(recycling);
  const published = new WhenVersionPublishedRecycleUses(recycling);
  const parked = new WhenUsageParkedRecycleUses(recycling);
  const subsidies = new WhenUsageRatedChargeSubsidies(payers);
  return [
    {
      ...{ name: 'when-organization-registered-recycle-uses', from: identity, on: ['OrganizationRegistered'] },
      react: async (event, reaction) => registered.recycleUses(event, reaction),
    },
    {
      ...{ name: 'when-api-key-issued-recycle-uses', from: identity, on: ['ApiKeyIssued'] },
      react: async (event, reaction) => issued.recycleUses(event, reaction),
    },
    {
      ...{ name: 'when-app-subscribed-recycle-uses', from: registry, on: ['AppSubscribed'] },
      react: async (event, reaction) => subscribed.recycleUses(event, reaction),
    },
    {
      ...{ name: 'when-model-priced-recycle-uses', from: registry, on: ['ModelOffered', 'ModelPriced'] },
      react: async (event, reaction) => priced.recycleUses(event, reaction),
    },
    {
      ...{ name: 'when-version-published-recycle-uses', from: registry, on: ['VersionPublished'] },
      react: async (event, reaction) => published.recycleUses(event, reaction),
    },
    {
      ...{ name: 'when-usage-parked-recycle-uses', from: own, on: ['UsageParked'] },
      react: async (event, reaction) => parked.lookAgain(event, reaction),
    },
    {
      ...{ name: 'when-usage-rated-charge-subsidies', from: own, on: ['UsageRated'] },
      react: async (event, reaction) => subsidies.chargeSubsidies(event, reaction),
    },
  ];
}
