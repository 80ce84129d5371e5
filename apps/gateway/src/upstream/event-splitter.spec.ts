import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventSplitter, EventTooLong } from './event-splitter.ts';

const split = (...chunks: readonly (string | Buffer)[]) => {
  const splitter = new EventSplitter(1000);
  return chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)).map(String));
};

describe('events of a stream', () => {
  it('end with a blank line, whatever the line ends', () =>
    expect(split('data: a\n\ndata: b\r\n\r\ndata: c\ndata: d\n\ndata: unfinished')).toEqual([
      'data: a\n\n',
      'data: b\r\n\r\n',
      'data: c\ndata: d\n\n',
    ]));

  it('have no blank lines between them', () => expect(split('\n\r\n\ndata: a\n\n\n\n')).toEqual(['data: a\n\n']));

  it('are the same, whatever the chunks', () => {
    const text = 'data: {"a":"ü€😀"}\r\n\r\n: comment\n\nevent: x\ndata: y\n\ndata: 一二三\n\n';
    const whole = split(text);
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(split(...chunks)).toEqual(whole);
      }),
    );
    expect(split(...[...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  it('have a maximum size', () => {
    const splitter = new EventSplitter(10);
    splitter.push(Buffer.from('data: 1234'));
    expect(() => splitter.push(Buffer.from('5'))).toThrow(EventTooLong);
  });
});
