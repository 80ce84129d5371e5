import { onWallet } from '../rules/due.ts';

/**
 * Command of the clock: expires what is due in an idle wallet.
 * @throws NothingDue
 */
export const expireTokens = onWallet('expireTokens', () => []);
