import type { LaneMark } from './lane-mark.ts';

/** What a handler throws that has applied the beginning of its work and can't get past an event behind that. */
export class HeldBack extends Error {
  override readonly name = 'HeldBack';

  /** @param mark the last event that was applied, and the offset of the one that was not */
  constructor(
    readonly mark: LaneMark,
    reason: string,
    cause: Error,
  ) {
    super(reason, { cause });
  }
}
