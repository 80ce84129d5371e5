import type { StoredEvent } from '@tokengrid/contracts';
import type { LaneMark } from './lane-mark.ts';
import type { MarkKey } from './subscriber-tables.ts';

/** Next events of a lane for a handler to apply, together with their mark. */
export interface LaneWork {
  readonly lane: number;
  readonly key: MarkKey;
  readonly events: readonly { readonly event: StoredEvent; readonly offset: number }[];
  readonly from: LaneMark;
  readonly to: LaneMark;
  /** Aborts when another process applies the lane. */
  readonly signal: AbortSignal;
}

/**
 * Reads an event of a lane again by its sequence; the offset is a hint. `undefined` if the topic
 * lacks it.
 */
export type Reread = (sequence: number, offset: number) => Promise<StoredEvent | undefined>;
