import type { LaneMark } from './lane-mark.ts';

/**
 * Thrown by a handler that has applied the first part of its work and is blocked by the next event.
 */
export class HeldBack extends Error {
  override readonly name = 'HeldBack';

  /** @param mark the last applied event, and the offset of the blocking one */
  constructor(
    readonly mark: LaneMark,
    reason: string,
    cause: Error,
  ) {
    super(reason, { cause });
  }
}
