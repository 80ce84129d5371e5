import { describe, expect, it } from '@jest/globals';
import { expectSeedsToDecide, simulateInFull } from '@tokengrid/simulation-kit/testing';
import { simulation } from './simulation.ts';

const steps = 40_000;
const seed = 1;

/** What has to happen: a proof covers what its load can do, and no more. */
const reached = [
  ...['SliceOffered', 'SliceRefused', 'SliceReported', 'SliceRecalled', 'SliceClosed'],
  ...[
    'HoldPlaced',
    'HoldRefused',
    'HoldExtended',
    'HoldExtensionRefused',
    'HoldReduced',
    'HoldReleased',
    'HoldExpired',
  ],
  ...[
    'recall frozen',
    'recall needed',
    'grant under a limit',
    'renewal without tokens',
    'final grant',
    'slice without tokens',
  ],
  ...['use paid by a hold', 'use paid by a hold and a voucher', 'use of no slice', 'use refused'],
  ...['late use charged from what is available', 'late use uncollected', 'death', 'successor'],
  ...['free units set aside', 'use in place of units set aside', 'unused units given back'],
  ...['edge: served', 'edge: cut off', 'edge: end withheld', 'edge: ended after its slice', 'edge: unavailable'],
  ...['edge: insufficient-tokens', 'edge: frozen', 'edge: limit-exceeded', 'edge: successor reports what is stored'],
  ...['slice gives tokens back', 'month after another', 'refused: period-over'],
];

describe('slices at gateways, metering and the wallet', () => {
  it('are granted, charged and given back to the µAIT, whatever dies, repeats, waits or comes late', async () => {
    const ran = await simulateInFull(simulation, seed, steps);
    expect(reached.filter((each) => !ran.reached.has(each))).toEqual([]);
  }, 300_000);

  it('have the same history for the same seed', () => expectSeedsToDecide(simulation), 60_000);
});
