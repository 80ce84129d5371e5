/** Folders of mutated sources. */
export const decisions = 'apps/wallet/src/decisions';
export const policies = 'apps/wallet/src/policies';
export const store = 'libs/event-store/src';
