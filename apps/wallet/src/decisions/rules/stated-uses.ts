import { type ChargedUse, decimalOf, type RefusedUse, scaled } from '@tokengrid/contracts';

/** What metering stated of a use or of its correction; its price may be negative. */
export type StatedUse = Omit<ChargedUse, 'memberIds' | 'lots' | 'held' | 'first'>;

/** Fields of a refused use as stated, without the refusal. */
export function statedOf(refused: RefusedUse): StatedUse {
  const { code: _, limit: __, available: ___, required: ____, setOffBy: _____, ...use } = refused;
  return use;
}

/**
 * A use that waits together with a correction of it: prices, units, lines and shares add up. All of
 * them are differences, so the sum is what both would have been at once.
 */
export function together(waiting: StatedUse, correction: StatedUse): StatedUse {
  return {
    ...correction,
    ...(waiting.slice && { slice: waiting.slice }),
    tokens: waiting.tokens + correction.tokens,
    units: unitsOf([waiting.units, correction.units]),
    lines: linesOf([...waiting.lines, ...correction.lines]),
    shares: addedShares([...waiting.shares, ...correction.shares]),
  };
}

function unitsOf(all: readonly StatedUse['units'][]): StatedUse['units'] {
  const sums = new Map<string, bigint>();
  for (const units of all)
    for (const [meter, count] of Object.entries(units)) sums.set(meter, (sums.get(meter) ?? 0n) + scaled(count));
  return Object.fromEntries(Array.from(sums, ([meter, count]) => [meter, decimalOf(count)]));
}

/**
 * Lines of one price add up; those that count over a period stay as they are, one after the other.
 */
function linesOf(all: StatedUse['lines']): StatedUse['lines'] {
  const sums = new Map<string, StatedUse['lines'][number]>();
  all.forEach((line, index) => {
    if (!('units' in line)) {
      sums.set(String(index), line);
      return;
    }
    const key = JSON.stringify([line.of, line.meter, line.unitPrice]);
    const before = sums.get(key) as typeof line | undefined;
    const units = decimalOf(scaled(before?.units ?? '0') + scaled(line.units));
    sums.set(key, { ...line, units, tokens: (before?.tokens ?? 0n) + line.tokens });
  });
  return [...sums.values()];
}

/** Shares of one party in one role add up. */
export function addedShares(all: StatedUse['shares']): StatedUse['shares'] {
  const sums = new Map<string, StatedUse['shares'][number]>();
  for (const share of all) {
    const key = `${share.role} ${share.partyId}`;
    sums.set(key, { ...share, tokens: (sums.get(key)?.tokens ?? 0n) + share.tokens });
  }
  return [...sums.values()];
}
