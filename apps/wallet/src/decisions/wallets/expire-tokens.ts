import { onWallet } from '../rules/due.ts';

/**
 * The clock's own command: lets expire what is due in a wallet that nobody has called.
 * @throws NothingDue
 */
export const expireTokens = onWallet('expireTokens', () => []);
