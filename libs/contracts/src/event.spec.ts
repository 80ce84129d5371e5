import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  catalogue,
  decodeData,
  encodeData,
  encodeEvent,
  event,
  type EventDeclaration,
  InvalidEvent,
  UnreadableEvent,
  writeEvent,
} from './event.ts';
import { amount } from './money.ts';

const bytes = (json: unknown) => Buffer.from(JSON.stringify(json));

/** Version 1 had `coins`, version 2 renamed them `tokens`, version 3 added their kind. */
const JarFilled = event('JarFilled', 'Somebody filled a jar.', z.strictObject({ tokens: amount, kind: z.string() }), {
  1: ({ coins, ...rest }) => ({ ...rest, tokens: coins }),
  2: (json) => ({ ...json, kind: 'round' }),
});

describe('an event', () => {
  it('is stated by calling its declaration', () =>
    expect(JarFilled({ tokens: 5n, kind: 'round' })).toEqual({
      type: 'JarFilled',
      data: { tokens: 5n, kind: 'round' },
    }));

  it('has as its version the number of its upcasters + 1', () => {
    expect(JarFilled.version).toBe(3);
    expect(event('JarBroken', 'A jar broke.', z.strictObject({})).version).toBe(1);
  });

  it('cannot be declared with an upcaster missing', () =>
    expect(() => event('JarBroken', 'A jar broke.', z.strictObject({}), { 2: (json) => json })).toThrow(
      new RangeError('JarBroken: the upcaster from version 1 is missing'),
    ));

  it('survives the wire, amounts of any size included', () => {
    const data = { tokens: 10n ** 30n, kind: 'round' };
    expect(encodeData(data).toString()).toBe('{"tokens":"1000000000000000000000000000000","kind":"round"}');
    expect(decodeData(JarFilled, 3, encodeData(data))).toEqual(data);
  });

  it.each([
    [1, { coins: '5' }],
    [2, { tokens: '5' }],
    [3, { tokens: '5', kind: 'round' }],
  ])('of version %i is read as the newest says it', (version, json) =>
    expect(decodeData(JarFilled, version, bytes(json))).toEqual({ tokens: 5n, kind: 'round' }),
  );

  it('is read without what a later release added to it, whichever version it is of', () => {
    const read = { tokens: 5n, kind: 'round' };
    expect(decodeData(JarFilled, 3, bytes({ tokens: '5', kind: 'round', lid: { made: 'of cork' } }))).toEqual(read);
    expect(decodeData(JarFilled, 1, bytes({ coins: '5', lid: 'on' }))).toEqual(read);
  });

  it('is written only as it is declared, and as readers find it in its bytes', () => {
    const write = (data: unknown) => encodeEvent(JarFilled as EventDeclaration, data).toString();
    expect(write({ tokens: 5n, kind: 'round' })).toBe('{"tokens":"5","kind":"round"}');
    // JSON has no undefined.
    expect(write({ tokens: 5n, kind: 'round', lid: undefined })).toBe('{"tokens":"5","kind":"round"}');
    for (const [data, message] of [
      [{ tokens: 5n, kind: 'round', lid: 'on' }, '/: Unrecognized key: "lid"'],
      [{ tokens: -5n, kind: 'round' }, '/tokens: '],
      [{ tokens: 10n ** 31n, kind: 'round' }, '/tokens: must not be larger than 10^30'],
      [{ tokens: 5n, kind: undefined }, '/kind: '],
      [{ tokens: 5n, kind: NaN }, '/kind: '],
    ] as const) {
      expect(() => write(data)).toThrow(InvalidEvent);
      expect(() => write(data)).toThrow(message);
    }
    expect(() => encodeEvent(JarFilled as EventDeclaration, { tokens: 5n, kind: 'round' }, 10)).toThrow('29 bytes');
  });

  it('is written without what a later release added to what it is made of, and with no other fault', () => {
    const write = (data: unknown, most?: number) => writeEvent(JarFilled as EventDeclaration, data, most);
    const known = { tokens: 5n, kind: 'round' };
    const value = Buffer.from('{"tokens":"5","kind":"round"}');
    expect(write(known)).toEqual({ value, data: known });
    expect(write({ ...known, lid: { made: 'of cork' } })).toEqual({
      ...{ value, data: known, leftOut: 'JarFilled: left out: /: Unrecognized key: "lid"' },
    });
    expect(() => write({ ...known, tokens: -5n, lid: 'on' })).toThrow(InvalidEvent);
    expect(() => write({ ...known, lid: 'on' }, 10)).toThrow('bytes, the maximum is 10');
  });

  it('is read from a part of a larger buffer', () => {
    const whole = Buffer.from('xx{"tokens":"5","kind":"round"}xx');
    expect(decodeData(JarFilled, 3, whole.subarray(2, -2))).toEqual({ tokens: 5n, kind: 'round' });
  });

  it.each<[string, number, Uint8Array, string]>([
    ['a later version', 4, bytes({}), 'JarFilled: version 4 is unknown, the latest here is 3'],
    ['what is not JSON', 3, Buffer.from('{'), 'JarFilled: '],
    ['a field of another type', 3, bytes({ tokens: 5, kind: 'round' }), 'JarFilled: /tokens: '],
    ['a field that is not there', 3, bytes({ tokens: '5' }), 'JarFilled: /kind: '],
    ['what its upcaster fails for', 1, bytes(null), 'JarFilled: not to be read from version 1: '],
    ['a version before the first', 0, bytes({}), 'JarFilled: not to be read from version 0: '],
  ])('is not read from %s, and says why', (_, version, value, message) => {
    const read = () => decodeData(JarFilled, version, value);
    expect(read).toThrow(UnreadableEvent);
    expect(read).toThrow(message);
  });
});

describe('a catalogue', () => {
  it('holds events by name, and its topic is named after the service', () => {
    const { service, topic, events } = catalogue('jars', [JarFilled]);
    expect({ service, topic, names: Object.keys(events) }).toEqual({
      service: 'jars',
      topic: 'tokengrid.jars',
      names: ['JarFilled'],
    });
  });

  it.each(Object.getOwnPropertyNames(Object.prototype))(
    'does not take %s, which every object has, for an event',
    (name) => expect((catalogue('jars', [JarFilled]).events as Record<string, unknown>)[name]).toBeUndefined(),
  );

  it('holds each event once', () =>
    expect(() => catalogue('jars', [JarFilled, JarFilled])).toThrow(
      new RangeError('jars: an event is declared twice'),
    ));
});
