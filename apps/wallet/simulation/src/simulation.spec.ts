import { describe, expect, it } from '@jest/globals';
import { walletCatalogue } from '@tokengrid/contracts';
import { expectSeedsToDecide, simulateInFull } from '@tokengrid/simulation-kit/testing';
import { refusals, seldom } from './checks/refusals.ts';
import { simulation } from './simulation.ts';

/**
 * Enough commands for frequent faults, with a seed that reaches all of them; `npm run simulate`
 * runs any number.
 */
const commands = 50_000;
const seed = 201;

describe('the wallet', () => {
  it('does what the reference model does, event by event, whatever crashes, repeats and clocks do', async () => {
    const { reached } = await simulateInFull(simulation, seed, commands);
    const events = Object.keys(walletCatalogue.events).filter((type) => !seldom.includes(type));
    const refused = Object.entries(refusals).flatMap(([type, codes]) => codes.map((code) => `${type} ${code}`));
    // A proof covers no more than its load, so each event and each refusal has to happen.
    expect([...events, ...refused].filter((each) => !reached.has(each))).toEqual([]);
  }, 900_000);

  it('has the same history for the same seed', () => expectSeedsToDecide(simulation));
});
