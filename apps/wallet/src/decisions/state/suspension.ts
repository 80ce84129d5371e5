/** Whether a party is suspended, by the event of its stream in identity that said so last. */
export interface Suspension {
  readonly suspended: boolean;
  /** 0 before the first time. */
  readonly partyRevision: number;
}

export const neverSuspended: Suspension = { suspended: false, partyRevision: 0 };

/**
 * Which holds of what is known and what is told: the later one, though an older one may be told
 * last.
 */
export const laterOf = (known: Suspension, told: Suspension): Suspension =>
  told.partyRevision < known.partyRevision ? known : told;
