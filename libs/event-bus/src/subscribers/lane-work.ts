import type { StoredEvent } from '@tokengrid/contracts';
import type { LaneMark } from './lane-mark.ts';
import type { MarkKey } from './subscriber-tables.ts';

/** The next events of a lane for a handler to apply, together with the mark that stands for them. */
export interface LaneWork {
  readonly lane: number;
  readonly key: MarkKey;
  readonly events: readonly { readonly event: StoredEvent; readonly offset: number }[];
  readonly from: LaneMark;
  readonly to: LaneMark;
  /** Aborts when the lane is no longer this process' to apply. */
  readonly signal: AbortSignal;
}

/** Reads an event of a lane again, by its sequence. Its offset is a hint. `undefined` if the topic does not have it. */
export type Reread = (sequence: number, offset: number) => Promise<StoredEvent | undefined>;
