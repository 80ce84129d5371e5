import { type Standing, statusOf } from '../state/status.ts';

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
