/**
 * A count of units in its reported form: a number if every JSON parser keeps it exactly, else the
 * decimal string.
 * @param count a decimal string
 */
export function countInJson(count: string): number | string {
  const number = Number(count);
  return Number.isSafeInteger(number) && !count.includes('.') ? number : count;
}
