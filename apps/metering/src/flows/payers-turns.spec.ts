import { beforeEach, describe, expect, it } from '@jest/globals';
import { PayersTurns } from './payers-turns.ts';

const outage = new Error('the database does not answer');

describe("a payer's turns", () => {
  let executed: string[][];
  let endings: PromiseWithResolvers<void>[];
  /** False while commands wait for their lanes. */
  let lanesAreFree: boolean;
  let turns: PayersTurns<string, number>;
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    executed = [];
    endings = [];
    lanesAreFree = true;
    turns = new PayersTurns<string, number>({
      execute: async (parts, taken) => {
        const ending = Promise.withResolvers<void>();
        endings.push(ending);
        if (!lanesAreFree) await ending.promise;
        taken();
        executed.push([...parts]);
        if (lanesAreFree) await ending.promise;
        return parts.map(({ length }) => length);
      },
      usesOf: ({ length }) => length,
      most: 4,
      failsAll: (error) => error === outage,
      mostTurnMs: 50,
    });
  });

  it('are not held up by one that takes too long, as while the log is away', async () => {
    const taken = ['a', 'b'].map((part) => turns.take('one', part));
    while (executed.length < 2) await turn();
    expect(executed).toEqual([['a'], ['b']]);
    for (const ending of endings) ending.resolve();
    expect(await Promise.all(taken)).toEqual([1, 1]);
  });

  it('come one after the other, with all that came meanwhile, in order, up to a bound', async () => {
    const taken = ['a', 'bb', 'cc', 'ddddd', 'e'].map((part) => turns.take('one', part));
    expect(executed).toEqual([['a']]);
    for (let end = 0; end < 4; end++) {
      endings[end]!.resolve();
      await turn();
    }
    expect(executed).toEqual([['a'], ['bb', 'cc'], ['ddddd'], ['e']]);
    expect(await Promise.all(taken)).toEqual([1, 2, 2, 5, 1]);
  });

  it('take in what comes before the lane takes the command, up to a bound and in order', async () => {
    lanesAreFree = false;
    const taken = ['a', 'bb', 'cc', 'd'].map((part) => turns.take('one', part));
    expect(executed).toEqual([]);
    endings[0]!.resolve();
    await turn();
    expect(executed).toEqual([['a', 'bb']]);
    endings[1]!.resolve();
    expect(await Promise.all(taken)).toEqual([1, 2, 2, 1]);
    expect(executed).toEqual([
      ['a', 'bb'],
      ['cc', 'd'],
    ]);
  });

  it('do not wait for another payer, nor for a command that has ended', async () => {
    void turns.take('one', 'a');
    void turns.take('two', 'b');
    expect(executed).toEqual([['a'], ['b']]);
    endings[0]!.resolve();
    await turn();
    void turns.take('one', 'c');
    expect(executed).toEqual([['a'], ['b'], ['c']]);
  });

  it('are tried apart where they fail together, but not in an outage', async () => {
    const first = turns.take('one', 'a');
    const both = Promise.allSettled([turns.take('one', 'b'), turns.take('one', 'c')]);
    endings[0]!.resolve();
    await first;
    await turn();
    endings[1]!.reject(new Error('a fault'));
    await turn();
    endings[2]!.reject(new Error('a fault of b'));
    await turn();
    endings[3]!.resolve();
    expect(executed.slice(1)).toEqual([['b', 'c'], ['b'], ['c']]);
    expect(await both).toMatchObject([{ reason: { message: 'a fault of b' } }, { value: 1 }]);
    await turn();

    const next = turns.take('one', 'd');
    const away = Promise.allSettled([turns.take('one', 'e'), turns.take('one', 'f')]);
    endings[4]!.resolve();
    await next;
    await turn();
    endings[5]!.reject(outage);
    expect(await away).toMatchObject([{ reason: outage }, { reason: outage }]);
    expect(executed.slice(4)).toEqual([['d'], ['e', 'f']]);
  });
});
