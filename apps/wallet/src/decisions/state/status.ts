import type { Freezer, WalletEvent, WalletStatus, WalletStreamEvent } from '@tokengrid/contracts';
import { WalletFrozen, WalletUnfrozen } from '@tokengrid/contracts';
import type { EventNamed } from '@tokengrid/kernel';
import type { Suspension } from './suspension.ts';
import { laterOf } from './suspension.ts';

/** What a wallet may do. */
export interface Standing {
  /** Who froze it; each undoes only its own freeze. */
  readonly frozenBy: readonly Freezer[];
  /** Revision of the event in its party's stream that suspended or reinstated the party last; 0 before the first time. */
  readonly partyRevision: number;
  /** Closed by the operator when it was empty. What is owed to its party still comes in, and opens it again. */
  readonly closed: boolean;
}

export const goodStanding: Standing = { frozenBy: [], partyRevision: 0, closed: false };

/** What a wallet is to those who look at it. */
export function statusOf({ closed, frozenBy }: Standing): WalletStatus {
  if (closed) return 'closed';
  return frozenBy.length > 0 ? 'frozen' : 'open';
}

export const frozen = (standing: Standing, by: Freezer): Standing =>
  standing.frozenBy.includes(by) ? standing : { ...standing, frozenBy: [...standing.frozenBy, by] };

export const unfrozen = (standing: Standing, by: Freezer): Standing => ({
  ...standing,
  frozenBy: standing.frozenBy.filter((freezer) => freezer !== by),
});

/** Whether the party of a wallet is suspended. */
export const suspensionOf = ({ frozenBy, partyRevision }: Standing): Suspension => ({
  suspended: frozenBy.includes('suspension'),
  partyRevision,
});

interface Whose {
  readonly walletId: string;
  readonly standing: Standing;
}

/** What a wallet is after an event of its party, whichever of the party's events comes first. */
export function followingOwner({ walletId, standing }: Whose, told: Suspension): readonly WalletEvent[] {
  const { suspended, partyRevision } = laterOf(suspensionOf(standing), told);
  const status = statusOf((suspended ? frozen : unfrozen)(standing, 'suspension'));
  return [(suspended ? WalletFrozen : WalletUnfrozen)({ walletId, status, by: 'suspension', partyRevision })];
}

type StandingEvent = EventNamed<
  WalletStreamEvent,
  'WalletFrozen' | 'WalletUnfrozen' | 'WalletClosed' | 'WalletReopened'
>;

/** A wallet after its standing has changed. */
export function withStanding<W extends { readonly standing: Standing }>(wallet: W, event: StandingEvent): W {
  const { standing } = wallet;
  switch (event.type) {
    case 'WalletFrozen':
      return { ...wallet, standing: frozen(toldBy(event.data, standing), event.data.by) };
    case 'WalletUnfrozen':
      return { ...wallet, standing: unfrozen(toldBy(event.data, standing), event.data.by) };
    case 'WalletClosed':
      return { ...wallet, standing: { ...standing, closed: true } };
    case 'WalletReopened':
      return { ...wallet, standing: { ...standing, closed: false } };
  }
}

/** What is known of the party after a freeze or its end; the operator's own says nothing of it. */
const toldBy = ({ partyRevision }: { readonly partyRevision?: number | undefined }, standing: Standing): Standing =>
  partyRevision === undefined ? standing : { ...standing, partyRevision };
