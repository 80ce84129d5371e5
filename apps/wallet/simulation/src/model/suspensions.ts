/** Events told about a party, in any order: true for a suspension, by the event's revision. */
export type Told = Map<number, boolean>;

/**
 * rules "Suspension and reinstatement": of all events told, the latest in the party's stream holds.
 */
export function latestOf(told: Told): { readonly partyRevision: number; readonly isSuspended: boolean } {
  const partyRevision = Math.max(0, ...told.keys());
  return { partyRevision, isSuspended: told.get(partyRevision) ?? false };
}
