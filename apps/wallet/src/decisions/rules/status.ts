import { type Status, statusName } from '../state/status.ts';

/**
 * The code that bars debits, purchases on the bill and holds, if any; the status comes before a
 * debt.
 */
export function spendingBarred({ status, debt }: { readonly status: Status; readonly debt: bigint }) {
  return statusRefusal({ status }) ?? (debt > 0n ? ({ code: 'WALLET.IN_DEBT' } as const) : undefined);
}

/** The code that bars a frozen or closed wallet from all but paying its debt, if any. */
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

/** The code that bars receipts, if any; a frozen wallet still receives. */
export const closedRefusal = ({ status }: { readonly status: Status }) =>
  status.closed ? ({ code: 'WALLET.CLOSED' } as const) : undefined;
