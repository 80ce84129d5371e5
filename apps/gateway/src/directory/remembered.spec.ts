import { describe, expect, it } from '@jest/globals';
import { until } from '@tokengrid/service/testing';
import { Remembered } from './remembered.ts';

/** A table of values by key, and the keys of each look. */
function table(forMs: number, entries = 10) {
  const rows = new Map<string, { readonly value: string }>();
  const looks: (readonly string[])[] = [];
  const read = (keys: readonly string[]) => {
    looks.push(keys);
    return Promise.resolve(new Map(keys.flatMap((key) => (rows.has(key) ? [[key, rows.get(key)!] as const] : []))));
  };
  return { rows, looks, remembered: new Remembered(read, { forMs, entries }) };
}

describe('what is remembered', () => {
  it('is looked up once for all that ask in a tick', async () => {
    const { rows, looks, remembered } = table(1000);
    rows.set('a', { value: '1' });
    expect(await Promise.all(['a', 'b', 'a'].map(async (key) => remembered.get(key)))).toEqual([
      { value: '1' },
      undefined,
      { value: '1' },
    ]);
    expect(looks).toEqual([['a', 'b']]);
  });

  it('is there at once while it holds', async () => {
    const { rows, looks, remembered } = table(60_000);
    rows.set('a', { value: '1' });
    await remembered.get('a');
    expect(remembered.get('a')).toEqual({ value: '1' });
    expect(looks).toHaveLength(1);
  });

  it('is looked up anew after its time', async () => {
    const { rows, remembered } = table(20);
    rows.set('a', { value: '1' });
    await remembered.get('a');
    rows.set('a', { value: '2' });
    await until(async () => (await remembered.get('a'))?.value === '2');
  });

  it('is never that something is missing', async () => {
    const { rows, remembered } = table(60_000);
    expect(await remembered.get('a')).toBeUndefined();
    rows.set('a', { value: '1' });
    expect(await remembered.get('a')).toEqual({ value: '1' });
  });

  it('is no more than the bound', async () => {
    const { rows, looks, remembered } = table(60_000, 2);
    for (const key of ['a', 'b', 'c']) {
      rows.set(key, { value: key });
      await remembered.get(key);
    }
    await remembered.get('a');
    expect(looks).toEqual([['a'], ['b'], ['c'], ['a']]);
  });
});
