import { describe, expect, it } from '@jest/globals';
import { Rest } from './rest.ts';

describe('work that looks for something to do', () => {
  function resting(findsNothing: () => boolean) {
    const store = { knownEvents: 7 };
    const rest = new Rest(store);
    let looks = 0;
    const tick = async () => {
      await rest.unlessResting(() => ((looks += 1), Promise.resolve(findsNothing())));
      return looks;
    };
    return { store, rest, tick };
  }

  it('rests once it has found nothing, until an event is stored', async () => {
    const { store, tick } = resting(() => true);
    expect([await tick(), await tick(), await tick()]).toEqual([1, 1, 1]);
    store.knownEvents = 8;
    expect([await tick(), await tick()]).toEqual([2, 2]);
  });

  it('goes on as long as something is left', async () => {
    const { tick } = resting(() => false);
    expect([await tick(), await tick()]).toEqual([1, 2]);
  });

  it('ends its rest when it is told to', async () => {
    const { rest, tick } = resting(() => true);
    await tick();
    rest.end();
    expect([await tick(), await tick()]).toEqual([2, 2]);
  });

  it('looks again when an event was stored while it looked', async () => {
    const { store, rest } = resting(() => true);
    let looks = 0;
    const look = () => {
      looks += 1;
      store.knownEvents = 8;
      return Promise.resolve(true);
    };
    for (let tick = 0; tick < 3; tick++) await rest.unlessResting(look);
    expect(looks).toBe(2);
  });

  it('does not rest after a look that failed', async () => {
    const { rest, tick } = resting(() => true);
    await tick();
    rest.end();
    await expect(rest.unlessResting(() => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
    expect(await tick()).toBe(2);
  });
});
