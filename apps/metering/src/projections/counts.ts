/**
 * A count of units as it is reported: a number where every JSON parser keeps it whole, else the decimal string.
 * @param count a decimal string
 */
export function countInJson(count: string): number | string {
  const number = Number(count);
  return Number.isSafeInteger(number) && !count.includes('.') ? number : count;
}
