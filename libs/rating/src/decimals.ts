import { decimals } from '@tokengrid/contracts';

/** One unit in the scale of units: × 10^6. */
export const oneUnit = 10n ** BigInt(decimals);

/** Scale of a product of units and a unit price: 10^6 each. */
export const productScale = oneUnit * oneUnit;

/** The decimal string of a number × 10^6; the inverse of `scaled` of contracts, with a sign. */
export function decimalOf(scaledValue: bigint): string {
  const size = scaledValue < 0n ? -scaledValue : scaledValue;
  const fraction = (size % oneUnit).toString().padStart(decimals, '0').replace(/0+$/, '');
  return `${scaledValue < 0n ? '-' : ''}${size / oneUnit}${fraction && `.${fraction}`}`;
}
