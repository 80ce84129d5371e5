import { type Status, statusName } from '../state/status.ts';

/**
 * Why nothing may leave a wallet, nor be bought on the bill or set aside for it; a debt comes after
 * the status.
 */
export function spendingBarred({ status, debt }: { readonly status: Status; readonly debt: bigint }) {
  return statusRefusal({ status }) ?? (debt > 0n ? ({ code: 'WALLET.IN_DEBT' } as const) : undefined);
}

/** Why nothing may be done with a wallet but pay what it owes. */
export function statusRefusal({ status }: { readonly status: Status }) {
  switch (statusName(status)) {
    case 'open':
      return undefined;
    case 'frozen':
      return { code: 'WALLET.FROZEN' } as const;
    case 'closed':
      return { code: 'WALLET.CLOSED' } as const;
  }
}

/** Why nothing may be given to a wallet: a frozen one still takes what comes in. */
export const closedRefusal = ({ status }: { readonly status: Status }) =>
  status.closed ? ({ code: 'WALLET.CLOSED' } as const) : undefined;
