import { z } from 'zod';
import { modelName, slug } from './market-words.ts';
import type { EventOf } from './event.ts';
import { catalogue, event } from './event.ts';
import { callerKeyEvents } from './gateway/caller-keys.ts';
import { offerEvents } from './gateway/offers.ts';
import { keyId, typeId } from './ids.ts';
import { mostUsesOfEvent } from './metering.ts';
import { ofSlice, wantedOfSlice } from './metering/slices.ts';
import { instant, text, units } from './vocabulary.ts';

/*
 * Events of a payer at the network's edge, all in the stream `edge-<partyId>`: the uses of a slice
 * come in the order of its reports.
 */

export const SliceWanted = event(
  'SliceWanted',
  'A gateway process asks for tokens of a payer ahead of need, or renews what it has.',
  z.strictObject({ ...ofSlice, ...wantedOfSlice }),
);

/** How the answer of a use was delivered, and how its units are known. */
export const delivery = z.strictObject({
  /** `cut-off`: tokens ran out, the slice was called back, or the process stopped. */
  end: z.enum(['completed', 'client-left', 'upstream-failed', 'cut-off']),
  /** `estimate`: no tokenizer of the model is known; in doubt for the payer. */
  countedBy: z.enum(['upstream', 'running-usage', 'tokenizer', 'estimate']),
  /** Milliseconds from the request to the first unit of its answer. */
  firstUnitMs: z.int().min(0),
  /** Milliseconds from the request to the end of its answer. */
  totalMs: z.int().min(0),
});
export type Delivery = z.output<typeof delivery>;

/** A use that was served out of a slice. */
export const servedUse = z.strictObject({
  /** Id of the use at the process, by which a repeat is told. */
  eventId: text(255),
  time: instant,
  app: slug.optional(),
  model: modelName.optional(),
  offer: typeId('mod').optional(),
  key: keyId.optional(),
  units,
  /** Units of it that were set aside for the slice; absent: none. */
  free: units.optional(),
  delivery: delivery.optional(),
});
export type ServedUse = z.output<typeof servedUse>;

export const UsesServed = event(
  'UsesServed',
  'Uses of one payer were served out of a slice.',
  z.strictObject({
    ...ofSlice,
    /** Number of the report in its slice: 1, 2, 3 … The same number has the same uses. */
    report: z.int().min(1),
    uses: z.array(servedUse).min(1).max(mostUsesOfEvent),
  }),
);

export const SliceReturned = event(
  'SliceReturned',
  'A slice is not spent any more: what it has left can go back.',
  z.strictObject({
    ...ofSlice,
    /** Number of its last report; 0: nothing was served. */
    reports: z.int().min(0),
    reason: z.enum(['idle', 'recalled', 'ended', 'successor']),
  }),
);

/** Events of payers at the edge. */
export const edgeEvents = [SliceWanted, UsesServed, SliceReturned] as const;
export type EdgeEvent = EventOf<(typeof edgeEvents)[number]>;

export const gatewayEvents = [...edgeEvents, ...offerEvents, ...callerKeyEvents] as const;
export type GatewayEvent = EventOf<(typeof gatewayEvents)[number]>;

/** Events of the gateway. */
export const gatewayCatalogue = catalogue(
  'gateway',
  gatewayEvents,
  {
    outsideUse: 'what is served at the edge',
    grant: "nobody outside: every party's requests as they happen",
  },
  // Usage may be reported without a gateway.
  { isOptional: true },
);
