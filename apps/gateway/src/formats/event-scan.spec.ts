import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scanned } from './event-scan.ts';

const scan = (text: string) => scanned(Buffer.from(`data: ${text}\n\n`));
const nothing = { hasUsage: false, hasError: false, writtenBytes: 0 };

describe('the bytes of an event', () => {
  it.each([
    ['{"choices":[{"delta":{"content":"hello"}}],"usage":null}', { ...nothing, writtenBytes: 5 }],
    [
      '{"choices": [{"delta": {"content": "a\\"b\\\\"}}], "usage": {"a": 1}}',
      { ...nothing, hasUsage: true, writtenBytes: 6 },
    ],
    ['{"a":"\\"usage\\":{}","b":"usage","error":null}', nothing],
    ['{"error":{"message":"content"}}', { ...nothing, hasError: true }],
    [
      '{"delta":{"reasoning_content":"ab","tool_calls":[{"function":{"name":"content","arguments":"{}"}}]}}',
      { ...nothing, writtenBytes: 4 },
    ],
    ['{"content":null,"content":["a"],"x":"content"}', nothing],
    ['[DONE]', nothing],
    ['{"content":"unfinished', { ...nothing, writtenBytes: 12 }],
    ['{"content', nothing],
  ])('%s say what is in them', (text, expected) => expect(scan(text)).toEqual(expected));

  it('say it of any text that a model may write', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (content, hasUsage) => {
        const text = JSON.stringify({ choices: [{ delta: { content } }], ...(hasUsage && { usage: {} }) });
        const writtenBytes = Buffer.byteLength(JSON.stringify(content)) - 2;
        expect(scan(text)).toEqual({ hasUsage, hasError: false, writtenBytes });
      }),
    ));
});
