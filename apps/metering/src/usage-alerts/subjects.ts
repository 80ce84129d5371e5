import { type CountedByAlert, walletIdOf } from '@tokengrid/contracts';

/** The filter that selects most: usage finds its alerts by it, and an alert its sums. */
export type SubjectKind = 'party' | 'app' | 'model' | 'offer' | 'all';

export interface Subject {
  readonly kind: SubjectKind;
  /** Empty for all usage. */
  readonly value: string;
}

/** Shared wallet whose member's uses an alert counts. */
export const sharedWalletOf = ({ party, member }: Omit<CountedByAlert, 'measure'>): string | null =>
  member === undefined || party === undefined ? null : walletIdOf(party);

/** What usage an alert is about. Uses of a member are its own, with the wallet that pays them. */
export function subjectOf(counted: Omit<CountedByAlert, 'measure'>): Subject {
  if (counted.member !== undefined) return { kind: 'party', value: counted.member };
  for (const kind of ['party', 'app', 'model', 'offer'] as const) {
    const value = counted[kind];
    if (value !== undefined) return { kind, value };
  }
  return { kind: 'all', value: '' };
}
