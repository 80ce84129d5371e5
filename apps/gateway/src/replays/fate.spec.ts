import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fateOf, type KnownRequest } from './fate.ts';

const running: KnownRequest = {
  ...{ requestId: 'req_1', inputHash: 'h', hasEnded: false, endedLongAgo: false, isKept: false },
  ...{ costsNothing: false, isCharged: false, isLiving: true, hasSlices: true },
};
const dead = { isLiving: false, hasSlices: false };
const ended = { hasEnded: true, isKept: true };

describe('a repeat of a request', () => {
  it.each<[string, Partial<KnownRequest>, string]>([
    ['that runs', {}, 'in-flight'],
    ['whose answer is kept, and whose use is about to be stored', ended, 'in-flight'],
    ['whose use is stored', { ...ended, isCharged: true }, 'answered'],
    ['that is charged after its process died', { ...ended, ...dead, isCharged: true }, 'answered'],
    ['that is free', { ...ended, costsNothing: true }, 'answered'],
    ['that is free, and too large to be kept', { hasEnded: true, costsNothing: true }, 'abandoned'],
    ['whose answer is too large', { hasEnded: true, isCharged: true }, 'not-kept'],
    ['whose process died in its stream, and whose slice reported it', { ...dead, isCharged: true }, 'not-kept'],
    ['whose recalled slice reported it before its end', { isCharged: true }, 'in-flight'],
    ['whose process died', dead, 'abandoned'],
    ['whose process died before it stored its use', { ...ended, ...dead }, 'abandoned'],
    ['whose process died, and whose slices are not given back', { isLiving: false }, 'in-flight'],
    ['whose use was in doubt for long', { ...ended, endedLongAgo: true }, 'abandoned'],
  ])('%s', (_, known, fate) => expect(fateOf({ ...running, ...known })).toBe(fate));

  const known = fc.record(
    Object.fromEntries(
      Object.entries(running).map(([name, value]) => [
        name,
        typeof value === 'boolean' ? fc.boolean() : fc.constant(value),
      ]),
    ),
  ) as unknown as fc.Arbitrary<KnownRequest>;

  it('is never served anew once it was charged, or while its process may store its use', () =>
    fc.assert(
      fc.property(known, (each) => {
        const mayBeStored = each.isLiving || each.hasSlices;
        const isDecided = each.hasEnded && (each.costsNothing || each.endedLongAgo);
        if (fateOf(each) === 'abandoned') {
          expect(each.isCharged && !each.costsNothing).toBe(false);
          expect(mayBeStored && !isDecided).toBe(false);
        }
      }),
    ));

  it('of a dead process does not wait for ever', () =>
    fc.assert(fc.property(known, (each) => expect(fateOf({ ...each, ...dead })).not.toBe('in-flight'))));
});
