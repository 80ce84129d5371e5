import { describe, expect, it } from '@jest/globals';
import {
  instantOf,
  mostUsesOfEvent,
  type ServedUse,
  SliceReturned,
  SliceWanted,
  UsesServed,
} from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { SliceGone } from '../rules/own-slice.ts';
import { edge } from '../state/edge.ts';
import { returnSlice } from './return-slice.ts';
import { serveUses } from './serve-uses.ts';
import { mostEdgeSlices, TooManySlices, wantSlice } from './want-slice.ts';

const given = givenFor(edge);
const idOf = (digit: string) => `slc_${digit.repeat(26)}`;
const partyId = `sub_${'1'.repeat(26)}`;
const of = { sliceId: idOf('a'), partyId, gatewayId: 'gateway-1', epoch: 3 };
const successor = { ...of, epoch: 4 };
const ask = { scope: [{ model: 'qwen' }], tokens: 1000n, atLeast: 10n, spare: 0n };
const wanted = (number = 1, sliceId = of.sliceId) => SliceWanted({ ...of, sliceId, number, ...ask });
const use = (eventId: string): ServedUse => ({
  ...{ eventId, time: instantOf(someContext.time), model: 'qwen' },
  units: { output_tokens: '7' },
});
const served = (report: number, ...uses: ServedUse[]) => UsesServed({ ...of, report, uses });
const returned = (reports: number, reason: 'idle' | 'successor', by = of) => SliceReturned({ ...by, reports, reason });

describe('a slice is wanted', () => {
  it('and renewed, in the order of its requests', () => {
    given()
      .when(wantSlice, { ...of, number: 1, ...ask })
      .then(wanted());
    given(wanted())
      .when(wantSlice, { ...of, number: 2, ...ask })
      .then(wanted(2));
    for (const number of [1, 3]) {
      expect(() => given(wanted()).when(wantSlice, { ...of, number, ...ask })).toThrow(RangeError);
    }
  });

  it('for a key whose caps bind it', () => {
    const key = `key_${'2'.repeat(26)}`;
    given()
      .when(wantSlice, { ...of, number: 1, ...ask, key })
      .then(SliceWanted({ ...of, number: 1, ...ask, key }));
  });

  it('not beside too many of its payer', () => {
    const many = Array.from({ length: mostEdgeSlices }, (_, at) => wanted(1, `slc_${String(at).padStart(26, '0')}`));
    expect(() => given(...many).when(wantSlice, { ...of, number: 1, ...ask })).toThrow(TooManySlices);
  });

  it('not again after it was given back', () =>
    expect(() => given(wanted(), returned(0, 'idle')).when(wantSlice, { ...of, number: 2, ...ask })).toThrow(
      SliceGone,
    ));
});

describe('uses of a slice', () => {
  it('are reported under its next number', () => {
    given(wanted())
      .when(serveUses, { ...of, uses: [use('r1')] })
      .then(served(1, use('r1')));
    given(wanted(), served(1, use('r1')))
      .when(serveUses, { ...of, uses: [use('r2'), use('r3')] })
      .then(served(2, use('r2'), use('r3')));
  });

  it('are as many to a report as an event takes', () => {
    const uses = Array.from({ length: mostUsesOfEvent + 1 }, (_, at) => use(`r${at}`));
    given(wanted())
      .when(serveUses, { ...of, uses })
      .then(served(1, ...uses.slice(0, mostUsesOfEvent)), served(2, uses.at(-1)!));
  });

  it('are of the process that has the slice, and of no other', () => {
    for (const other of [{ gatewayId: 'gateway-2' }, { epoch: 2 }, { epoch: 4 }, { sliceId: idOf('b') }]) {
      expect(() => given(wanted()).when(serveUses, { ...of, ...other, uses: [use('r1')] })).toThrow(SliceGone);
    }
  });
});

describe('a slice is given back', () => {
  it('with the number of its last report', () => {
    given(wanted())
      .when(returnSlice, { ...of, reason: 'idle', uses: [] })
      .then(returned(0, 'idle'));
    given(wanted(), served(1, use('r1')))
      .when(returnSlice, { ...of, reason: 'idle', uses: [use('r2')] })
      .then(served(2, use('r2')), returned(2, 'idle'));
  });

  it('once, and by its own process', () => {
    const command = { ...of, reason: 'idle' as const, uses: [] };
    expect(() => given(wanted(), returned(0, 'idle')).when(returnSlice, command)).toThrow(SliceGone);
    expect(() => given(wanted()).when(returnSlice, { ...command, epoch: 4 })).toThrow(SliceGone);
  });

  it('by a successor of its process, which says what was stored of it', () => {
    const { sliceId, gatewayId, epoch } = successor;
    given(wanted(), served(1, use('r1')))
      .when(returnSlice, { ...successor, reason: 'successor', uses: [use('r2')] })
      .then(
        UsesServed({ sliceId, partyId, gatewayId, epoch, report: 2, uses: [use('r2')] }),
        returned(2, 'successor', successor),
      );
    for (const other of [{ gatewayId: 'gateway-2' }, { epoch: 3 }]) {
      const command = { ...successor, ...other, reason: 'successor' as const, uses: [] };
      expect(() => given(wanted()).when(returnSlice, command)).toThrow(SliceGone);
    }
  });

  it('and what its process says after a successor gave it back is refused', () => {
    const history = [wanted(), returned(0, 'successor', successor)];
    expect(() => given(...history).when(serveUses, { ...of, uses: [use('r1')] })).toThrow(SliceGone);
    expect(() => given(...history).when(wantSlice, { ...of, number: 2, ...ask })).toThrow(SliceGone);
    expect(() => given(...history).when(returnSlice, { ...of, reason: 'idle', uses: [] })).toThrow(SliceGone);
  });

  it('and leaves nothing behind', () =>
    expect(given(wanted(), wanted(2), served(1, use('r1')), returned(1, 'idle')).state).toEqual(edge.initial));
});
