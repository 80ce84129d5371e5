import { describe, expect, it } from '@jest/globals';
import { defaultSources, memberAt, sourced, type SourceMapping } from './sourced-event.ts';
import { readUse } from './reported-use.ts';

const mapping = (units: SourceMapping['units']): SourceMapping => ({ model: { pointer: '/data/m' }, units });
const event = (data: unknown) => ({
  specversion: '1.0',
  ...{ id: 'use-1', source: '/specs', type: 'chat', subject: 'sub_01jzxw9k3de5v8m2q4r6t8y0ab' },
  data,
});
const read = (data: unknown, units: SourceMapping['units'] = [{ meter: 'input_tokens', pointer: '/data/n' }]) => {
  const sources = new Map([['chat', mapping(units)]]);
  return readUse(event(data), { reportedBy: 'operator', receivedAt: Date.UTC(2026, 0, 31), sources });
};

describe('units at a pointer', () => {
  it.each<[unknown, string]>([
    [7, '7'],
    [0, '0'],
    [0.5, '0.5'],
    [12.000001, '12.000001'],
    ['7', '7'],
    ['1.250000', '1.250000'],
    ['999999999999999999', '999999999999999999'],
  ])('are counted as they are written: %j', (n, counted) => {
    expect(read({ m: 'qwen', n })).toMatchObject({ use: { units: { input_tokens: counted } } });
  });

  it.each<unknown>([
    ...[-1, -0.5, 1e-7, 1.1234567, 9_007_199_254_740_993, 10_000_000_000.5, 1e300],
    ...['', '-1', '1e3', '07', '1.1234567', '1234567890123456789', true, [], {}],
  ])('are refused at their place where they are no count: %j', (n) => {
    expect(read({ m: 'qwen', n })).toMatchObject({ errors: [{ pointer: '/data/n', code: 'METERING.NOT_A_COUNT' }] });
  });

  it.each<[unknown]>([[{ m: 'qwen', k: 1 }], [{ m: 'qwen', k: 1, n: null }]])(
    'are not counted where there are none: %j',
    (data) => {
      const units = [
        { meter: 'input_tokens', pointer: '/data/n' },
        { meter: 'requests', pointer: '/data/k' },
      ];
      expect(read(data, units)).toMatchObject({ use: { units: { requests: '1' } } });
      expect(read({ m: 'qwen' }, units)).toMatchObject({ errors: [{ pointer: '/data', code: 'METERING.NO_METER' }] });
    },
  );

  it('leave faults of names at their places, too', () => {
    expect(read({ m: 'Not a name!', n: 1 })).toMatchObject({ errors: [{ pointer: '/data/m' }] });
    expect(read({ m: 5, n: 1 })).toMatchObject({ errors: [{ pointer: '/data/m' }] });
    expect(read({ n: 1 })).toMatchObject({ errors: [{ pointer: '/data', code: 'METERING.NEITHER_APP_NOR_MODEL' }] });
    expect(read('no object')).toMatchObject({ errors: [{ pointer: '/data' }, { pointer: '/data' }] });
  });
});

describe('a member at a pointer', () => {
  const sent = { data: { 'a/b': { '~': [1, { n: 2 }] }, '': 3, '~1': 4 }, tenant: 'five' };

  it.each<[string, unknown]>([
    ['/data/a~1b/~0/0', 1],
    ['/data/a~1b/~0/1/n', 2],
    ['/data/', 3],
    ['/data/~01', 4],
    ['/tenant', 'five'],
    ['/data/a~1b/~0/2', undefined],
    ['/data/a~1b/~0/01', undefined],
    ['/data/a~1b/~0/-', undefined],
    ['/data/a~1b/~0/length', undefined],
    ['/tenant/length', undefined],
    ['/data/__proto__', undefined],
    ['/data/constructor/name', undefined],
    ['/data/toString', undefined],
  ])('is found by RFC 6901 among own members: %s', (pointer, member) => {
    expect(memberAt(sent, pointer)).toEqual(member);
  });
});

describe('an event', () => {
  it('without a source is as it was sent', () => {
    const sent = event({ model: 'qwen', units: { input_tokens: 1 } });
    for (const each of [sent, { ...sent, type: 7 }, { ...sent, type: '__proto__' }, null, [], 'x']) {
      expect(sourced(each, defaultSources).event).toBe(each);
    }
  });
});
