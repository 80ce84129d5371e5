import type { Freezer, WalletStatus, WalletStreamEvent } from '@tokengrid/contracts';
import { WalletFrozen, WalletUnfrozen } from '@tokengrid/contracts';
import type { EventNamed } from '@tokengrid/kernel';
import type { Suspension } from './suspension.ts';
import { laterOf } from './suspension.ts';

/** A wallet's status. */
export interface Status {
  /** Freezers of the wallet; each lifts only its own freeze. */
  readonly frozenBy: readonly Freezer[];
  /**
   * Revision of the party's last suspension or reinstatement, in its stream; 0 before the first.
   */
  readonly partyRevision: number;
  /**
   * True after the operator closed the empty wallet. Receipts due to its party still arrive and
   * reopen it.
   */
  readonly closed: boolean;
}

export const neverFrozen: Status = { frozenBy: [], partyRevision: 0, closed: false };

/** Status as in events and answers. */
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

/** The suspension of a wallet's party. */
export const suspensionOf = ({ frozenBy, partyRevision }: Status): Suspension => ({
  suspended: frozenBy.includes('suspension'),
  partyRevision,
});

interface Whose {
  readonly walletId: string;
  readonly status: Status;
}

/** Events for a wallet after an event of its party, in any order of arrival. */
export function followingOwner({ walletId, status }: Whose, told: Suspension) {
  const { suspended, partyRevision } = laterOf(suspensionOf(status), told);
  const next = statusName((suspended ? frozen : unfrozen)(status, 'suspension'));
  return [(suspended ? WalletFrozen : WalletUnfrozen)({ walletId, status: next, by: 'suspension', partyRevision })];
}

type StatusEvent = EventNamed<WalletStreamEvent, 'WalletFrozen' | 'WalletUnfrozen' | 'WalletClosed' | 'WalletReopened'>;

/** The wallet after a change of its status. */
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

/** The party's revision after a freeze or its end; unchanged by the operator's own. */
const toldBy = ({ partyRevision }: { readonly partyRevision?: number | undefined }, status: Status): Status =>
  partyRevision === undefined ? status : { ...status, partyRevision };
