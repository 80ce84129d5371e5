/**
 * What was told of a party, in whatever order: whether it is suspended, by the revision of the
 * event that said so.
 */
export type Told = Map<number, boolean>;

/**
 * rules "Suspension and reinstatement": of all that was told, the latest in the party's stream
 * holds.
 */
export function latestOf(told: Told): { readonly partyRevision: number; readonly isSuspended: boolean } {
  const partyRevision = Math.max(0, ...told.keys());
  return { partyRevision, isSuspended: told.get(partyRevision) ?? false };
}
