/** A party's suspension, by the last event of its stream in identity. */
export interface Suspension {
  readonly suspended: boolean;
  /** 0 before the first event. */
  readonly partyRevision: number;
}

export const neverSuspended: Suspension = { suspended: false, partyRevision: 0 };

/** The later of two suspensions by revision, whichever arrives last. */
export const laterOf = (known: Suspension, told: Suspension): Suspension =>
  told.partyRevision < known.partyRevision ? known : told;
