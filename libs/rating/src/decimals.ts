import { decimals } from '@tokengrid/contracts';

/** One unit in the scale of units: × 10^6. */
export const oneUnit = 10n ** BigInt(decimals);

/** Scale of a product of units and a unit price: 10^6 each. */
export const productScale = oneUnit * oneUnit;
