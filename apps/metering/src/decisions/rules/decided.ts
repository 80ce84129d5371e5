import type { MeteringEvent, StatedBy } from '@tokengrid/contracts';

/** Events that a command of metering may state. No event refuses one: uses that wait are parked. */
export type Decided = readonly StatedBy<MeteringEvent, never>[];
