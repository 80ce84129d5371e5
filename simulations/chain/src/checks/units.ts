import { microsOf } from '../model/earnings.ts';

const microsOfSigned = (units: string): bigint => (units.startsWith('-') ? -microsOf(units.slice(1)) : microsOf(units));

/** Units by meter as millionths, less others, in the order of their names: to be compared. */
export function signedMicrosOf(units: Readonly<Record<string, string>>, less: Readonly<Record<string, string>> = {}) {
  const sums = new Map<string, bigint>();
  for (const [meter, amount] of Object.entries(units)) sums.set(meter, microsOfSigned(amount));
  for (const [meter, amount] of Object.entries(less)) {
    sums.set(meter, (sums.get(meter) ?? 0n) - microsOfSigned(amount));
  }
  const some = [...sums].filter(([, amount]) => amount !== 0n).map(([meter, amount]) => `${meter} ${amount}`);
  return some.sort().join(', ');
}
