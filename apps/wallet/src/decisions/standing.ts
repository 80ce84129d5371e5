import type { Freezer, WalletStatus, WalletStreamEvent } from '@tokengrid/contracts';
import type { EventNamed } from '@tokengrid/kernel';

/** What a wallet may do. */
export interface Standing {
  /** Who froze it; each undoes only its own freeze. */
  readonly frozenBy: readonly Freezer[];
  /** Closed by the operator when it was empty. What is owed to its party still comes in, and opens it again. */
  readonly closed: boolean;
}

export const goodStanding: Standing = { frozenBy: [], closed: false };

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

type StandingEvent = EventNamed<
  WalletStreamEvent,
  'WalletFrozen' | 'WalletUnfrozen' | 'WalletClosed' | 'WalletReopened'
>;

/** A wallet after its standing has changed. */
export function withStanding<W extends { readonly standing: Standing }>(wallet: W, event: StandingEvent): W {
  const { standing } = wallet;
  switch (event.type) {
    case 'WalletFrozen':
      return { ...wallet, standing: frozen(standing, event.data.by) };
    case 'WalletUnfrozen':
      return { ...wallet, standing: unfrozen(standing, event.data.by) };
    case 'WalletClosed':
      return { ...wallet, standing: { ...standing, closed: true } };
    case 'WalletReopened':
      return { ...wallet, standing: { ...standing, closed: false } };
  }
}

/** Why nothing may leave a wallet, nor be bought on the bill or set aside for it; a debt comes after the standing. */
export function spendingBarred({ standing, debt }: { readonly standing: Standing; readonly debt: bigint }) {
  return standingRefusal({ standing }) ?? (debt > 0n ? ({ code: 'WALLET.IN_DEBT' } as const) : undefined);
}

/** Why nothing may be done with a wallet but pay what it owes. */
export function standingRefusal({ standing }: { readonly standing: Standing }) {
  switch (statusOf(standing)) {
    case 'open':
      return undefined;
    case 'frozen':
      return { code: 'WALLET.FROZEN' } as const;
    case 'closed':
      return { code: 'WALLET.CLOSED' } as const;
  }
}

/** Why nothing may be given to a wallet: a frozen one still takes what comes in. */
export const closedRefusal = ({ standing }: { readonly standing: Standing }) =>
  standing.closed ? ({ code: 'WALLET.CLOSED' } as const) : undefined;
