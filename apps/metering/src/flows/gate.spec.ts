import { describe, expect, it } from '@jest/globals';
import { Overloaded } from '@tokengrid/event-store';
import { Gate } from './gate.ts';

/** Work that ends when it is told to. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let hasBegun = false;
  return { promise, resolve, reject, hasBegun: () => hasBegun, run: () => ((hasBegun = true), promise) };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a gate', () => {
  it('has at most its amount under way, and lets the rest in, in order', async () => {
    const gate = new Gate(10, 60_000);
    const all = [6, 4, 5, 1].map((amount) => ({ amount, ...work() }));
    const passed = all.map(({ amount, run }) => gate.pass(amount, run));
    const begun = () => all.map(({ hasBegun }) => hasBegun());
    await turn();
    expect(begun()).toEqual([true, true, false, false]);
    all[1]!.resolve();
    await turn();
    expect(begun()).toEqual([true, true, false, false]);
    all[0]!.resolve();
    await turn();
    expect(begun()).toEqual([true, true, true, true]);
    all.forEach(({ resolve }) => resolve());
    await Promise.all(passed);
  });

  it('lets larger work in alone, and makes room also where work fails', async () => {
    const gate = new Gate(10, 60_000);
    const [large, small] = [work(), work()];
    const passed = [gate.pass(11, large.run), gate.pass(1, small.run)];
    await turn();
    expect([large.hasBegun(), small.hasBegun()]).toEqual([true, false]);
    large.reject(new Error('failed'));
    await expect(passed[0]).rejects.toThrow('failed');
    await turn();
    expect(small.hasBegun()).toBe(true);
    small.resolve();
    await passed[1];
  });

  it('tells that it is overloaded where there is no room in time', async () => {
    const gate = new Gate(1, 1);
    const [first, second] = [work(), work()];
    const passed = gate.pass(1, first.run);
    await expect(gate.pass(1, second.run)).rejects.toThrow(Overloaded);
    expect(second.hasBegun()).toBe(false);
    first.resolve();
    await passed;
  });
});
