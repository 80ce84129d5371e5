import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { serialize } from 'node:v8';
import { bytesOfState, stateOfBytes } from './state-bytes.ts';

const lot = (number: number) => ({
  lotId: `trf_01m8pnkd0ne6yae02w8nsa${String(number).padStart(4, '0')}`,
  tokens: BigInt(number),
  source: 'transfer',
  expiresAt: null,
});

/** Names of members: V8 itself does not keep `__proto__`. */
const name = fc.oneof(fc.constantFrom('a', 'b', '0'), fc.string()).filter((each) => each !== '__proto__');

/** What states are made of, and lists of like records above all. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('record'), tie('records'), tie('odd')),
  leaf: fc.oneof(fc.string(), fc.bigInt(), fc.double(), fc.boolean(), fc.constantFrom(null, undefined, 0, -0)),
  list: fc.array(tie('value'), { maxLength: 4 }),
  record: fc.dictionary(name, tie('value'), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
  records: fc.uniqueArray(name, { maxLength: 4 }).chain((names) =>
    fc.array(fc.record(Object.fromEntries(names.map((name) => [name, tie('value')])), { noNullPrototype: true }), {
      maxLength: 5,
    }),
  ),
  odd: fc.oneof(
    fc.array(fc.string(), { maxLength: 2 }).map((names) => new Set(names)),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 2 }).map((entries) => new Map(entries)),
    fc.date({ noInvalidDate: true }),
    // Reads like rows.
    fc.array(fc.string(), { maxLength: 2 }).map((names) => [new Set(names), ...names]),
  ),
}));

describe("a state's bytes", () => {
  it('give the state that they were made of', () => {
    fc.assert(
      fc.property(value, (state) => {
        expect(stateOfBytes(bytesOfState(state))).toStrictEqual(state);
      }),
      { numRuns: 2000 },
    );
  });

  it('name the members of like records once', () => {
    const state = { lots: Array.from({ length: 32 }, (_, number) => lot(number)) };
    expect(bytesOfState(state).length).toBeLessThan(serialize(state).length * 0.6);
    expect(stateOfBytes(bytesOfState(state))).toStrictEqual(state);
  });

  it('are those that V8 writes where no list is of like records', () => {
    const state = { lots: [lot(1)], members: [], ids: ['a', 'b'], mixed: [lot(1), { ...lot(2), more: true }] };
    expect(bytesOfState(state)).toEqual(serialize(state));
  });
});
