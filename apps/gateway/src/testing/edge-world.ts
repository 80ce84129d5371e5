import {
  type Catalogue,
  decodeData,
  declarationOf,
  type EventOf,
  eventOfMessage,
  gatewayCatalogue,
  type EdgeEvent,
  HoldPlaced,
  instantOf,
  SliceOffered,
  SliceRecalled,
  type SliceWanted,
  walletIdOf,
} from '@tokengrid/contracts';
import type { InMemoryLog } from '@tokengrid/event-store';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { lanesOfSpecs, until } from '@tokengrid/service/testing';
import type { Ground } from '@tokengrid/service/testing';

type Wanted = EventOf<typeof SliceWanted>['data'];

/** How metering and the wallet answer, where a spec says nothing else. */
export interface GrantTerms {
  /** µAIT granted; what is wanted by default. */
  readonly tokens?: bigint;
  /** µAIT of a unit of each meter. */
  readonly unitPrices?: Readonly<Record<string, string>>;
}

const usualPrices = { input_tokens: '1', output_tokens: '2' };

/** Metering, the wallet and identity, as a process of the gateway hears them: a spec plays them. */
export class EdgeWorld {
  private seen = 0;

  constructor(private readonly ground: Pick<Ground, 'log' | 'listening'>) {}

  /** Events of the gateway so far, by lane. */
  said(): readonly EdgeEvent[] {
    const lanes = Array.from({ length: lanesOfSpecs }, (_, lane) => gatewayEventsOf(this.ground.log, lane));
    return lanes.flat();
  }

  /** Events of a payer's stream, or of one slice. */
  of(id: string): readonly EdgeEvent[] {
    const isOf = (data: object) => {
      const { partyId, sliceId } = data as { readonly partyId?: string; readonly sliceId?: string };
      return partyId === id || sliceId === id;
    };
    return this.said().filter(({ data }) => isOf(data));
  }

  /** The request of a slice of a payer that comes next. */
  async wanted(partyId: string, number = 1): Promise<Wanted> {
    const found = await until(async () =>
      this.of(partyId).findLast((event) => event.type === 'SliceWanted' && event.data.number === number),
    );
    return found.data as Wanted;
  }

  /** Another service says something, which all listening processes hear. */
  say(catalogue: Pick<Catalogue, 'service'>, event: DomainEvent): void {
    this.seen += 1;
    const heard = { ...event, service: catalogue.service, sequence: this.seen } as Recorded<DomainEvent>;
    for (const listening of this.ground.listening) {
      if (listening.from.service === catalogue.service && listening.on.includes(event.type)) listening.hear([heard]);
    }
  }

  /** Slices of a payer that were asked for, and not given back. */
  open(partyId: string): string[] {
    const said = this.of(partyId);
    const idsOf = (type: EdgeEvent['type']) =>
      said.flatMap((event) => (event.type === type ? [(event.data as { readonly sliceId: string }).sliceId] : []));
    const returned = new Set(idsOf('SliceReturned'));
    return [...new Set(idsOf('SliceWanted'))].filter((sliceId) => !returned.has(sliceId));
  }

  /** Metering calls all slices of a payer back: its wallet is frozen. */
  freeze({ partyId }: { readonly partyId: string }): void {
    const sliceIds = this.open(partyId);
    if (sliceIds.length > 0) this.say({ service: 'metering' }, SliceRecalled({ partyId, sliceIds, reason: 'frozen' }));
  }

  /** Metering states the terms of a request. */
  offer(wanted: Wanted, { unitPrices = usualPrices }: GrantTerms = {}): void {
    const prices = wanted.scope.map(({ app, model, offer }) => ({
      of: app === undefined ? `model:${model}` : `app:${app}:basic`,
      ...(app === undefined && offer !== undefined && { offer }),
      version: 1,
      prices: Object.entries(unitPrices).map(([meter, unitPrice]) => ({
        ...{ meter, unitPrice, aggregation: 'sum' as const },
      })),
    }));
    const times = { validUntil: instantOf(Date.now() + 60_000), graceMs: 10_000, idleMs: 15_000, renewBelowBps: 3000 };
    this.say({ service: 'metering' }, SliceOffered({ ...wanted, prices, ...times }));
  }

  /** Metering offers a request, and the wallet grants it. */
  grant(wanted: Wanted, terms: GrantTerms = {}): void {
    this.offer(wanted, terms);
    const { sliceId, partyId, number } = wanted;
    const walletId = walletIdOf(partyId);
    const tokens = terms.tokens ?? wanted.tokens;
    const slice = { sliceId, partyId, number, final: false, then: 'stop' as const };
    const hold = { walletId, holdId: sliceId.replace('slc_', 'hld_'), tokens, slice };
    const expiresAt = instantOf(Date.now() + 70_000);
    const lots = [{ lotId: 'pur_1', tokens }];
    const placed = HoldPlaced({ ...hold, reason: 'slice', expiresAt, lots, postings: [] as never });
    const type = number === 1 ? 'HoldPlaced' : 'HoldExtended';
    this.say({ service: 'wallet' }, { ...placed, type });
  }
}

function gatewayEventsOf(log: InMemoryLog, lane: number): readonly EdgeEvent[] {
  return log.records(gatewayCatalogue.topic, lane).map((record) => {
    const { event } = eventOfMessage(record);
    const declaration = declarationOf(gatewayCatalogue as unknown as Catalogue, event.type)!;
    return { type: event.type, data: decodeData(declaration, event.version, event.value) } as unknown as EdgeEvent;
  });
}
