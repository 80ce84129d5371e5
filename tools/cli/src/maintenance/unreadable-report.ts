import type { UnreadableFound } from '@tokengrid/event-store';

/** Report of unreadable events: skipped ones, and those that need an action. */
export function unreadableReport(unreadable: readonly UnreadableFound[]): {
  readonly skipped: readonly string[];
  readonly faults: readonly string[];
} {
  const skipped: string[] = [];
  const faults: string[] = [];
  for (const { id, streamId, type, reason, skippedBecause } of unreadable) {
    if (skippedBecause === undefined) faults.push(`${id} (${type} of ${streamId}) is unreadable: ${reason}`);
    else skipped.push(`skipped: ${id} (${type} of ${streamId}): ${skippedBecause}`);
  }
  return { skipped, faults };
}

/** Prints it; the command fails for an unreadable event that is not skipped. */
export function tellUnreadableEvents(unreadable: readonly UnreadableFound[]): void {
  const { skipped, faults } = unreadableReport(unreadable);
  for (const sentence of skipped) console.log(sentence);
  for (const fault of faults) console.log(`FAULT ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
