import { describe, expect, it } from '@jest/globals';
import { simulate } from './simulate.ts';

/** Enough for what goes wrong often; `npm run simulate` runs as many as one likes. */
const commands = 12_000;

describe('the wallet', () => {
  it('does what the reference model does, event by event, whatever crashes, repeats and clocks do', async () => {
    const { found, ...ran } = await simulate(1, commands);
    expect(found && [`seed ${found.seed}`, found.violation.message, ...found.events].join('\n')).toBeUndefined();
    expect(ran.commands).toBeGreaterThanOrEqual(commands);
  }, 300_000);

  it('has the same history for the same seed', async () => {
    const [one, other, third] = [await simulate(7, 300), await simulate(7, 300), await simulate(8, 300)];
    expect(one).toEqual(other);
    expect(one).not.toEqual(third);
  });
});
