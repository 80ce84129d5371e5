import type { Freezer, WalletStatus, WalletStreamEvent } from '@tokengrid/contracts';
import { WalletFrozen, WalletUnfrozen } from '@tokengrid/contracts';
import type { EventNamed } from '@tokengrid/kernel';
import type { Suspension } from './suspension.ts';
import { laterOf } from './suspension.ts';

/** What a wallet may do. */
export interface Status {
  /** Who froze it; each undoes only its own freeze. */
  readonly frozenBy: readonly Freezer[];
  /**
   * Revision of the event in its party's stream that suspended or reinstated the party last; 0
   * before the first time.
   */
  readonly partyRevision: number;
  /**
   * Closed by the operator when it was empty. What is owed to its party still comes in, and opens
   * it again.
   */
  readonly closed: boolean;
}

export const neverFrozen: Status = { frozenBy: [], partyRevision: 0, closed: false };

/** The name of a status, as events and answers carry it. */
export function statusName({ closed, frozenBy }: Status): WalletStatus {
  if (closed) return 'closed';
  return frozenBy.length > 0 ? 'frozen' : 'open';
}

export const frozen = (status: Status, by: Freezer): Status =>
  status.frozenBy.includes(by) ? status : { ...status, frozenBy: [...status.frozenBy, by] };

export const unfrozen = (status: Status, by: Freezer): Status => ({
  ...status,
  frozenBy: status.frozenBy.filter((freezer) => freezer !== by),
});

/** Whether the party of a wallet is suspended. */
export const suspensionOf = ({ frozenBy, partyRevision }: Status): Suspension => ({
  suspended: frozenBy.includes('suspension'),
  partyRevision,
});

interface Whose {
  readonly walletId: string;
  readonly status: Status;
}

/** What a wallet is after an event of its party, whichever of the party's events comes first. */
export function followingOwner({ walletId, status }: Whose, told: Suspension) {
  const { suspended, partyRevision } = laterOf(suspensionOf(status), told);
  const next = statusName((suspended ? frozen : unfrozen)(status, 'suspension'));
  return [(suspended ? WalletFrozen : WalletUnfrozen)({ walletId, status: next, by: 'suspension', partyRevision })];
}

type StatusEvent = EventNamed<WalletStreamEvent, 'WalletFrozen' | 'WalletUnfrozen' | 'WalletClosed' | 'WalletReopened'>;

/** A wallet after its status has changed. */
export function withStatus<W extends { readonly status: Status }>(wallet: W, event: StatusEvent): W {
  const { status } = wallet;
  switch (event.type) {
    case 'WalletFrozen':
      return { ...wallet, status: frozen(toldBy(event.data, status), event.data.by) };
    case 'WalletUnfrozen':
      return { ...wallet, status: unfrozen(toldBy(event.data, status), event.data.by) };
    case 'WalletClosed':
      return { ...wallet, status: { ...status, closed: true } };
    case 'WalletReopened':
      return { ...wallet, status: { ...status, closed: false } };
  }
}

/** What is known of the party after a freeze or its end; the operator's own says nothing of it. */
const toldBy = ({ partyRevision }: { readonly partyRevision?: number | undefined }, status: Status): Status =>
  partyRevision === undefined ? status : { ...status, partyRevision };
