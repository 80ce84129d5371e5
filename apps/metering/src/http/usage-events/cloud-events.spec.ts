import { describe, expect, it } from '@jest/globals';
import type { ProblemError } from '@tokengrid/service';
import fc from 'fast-check';
import { reportedBy } from './content-modes.ts';
import { readUse } from '../../usage-events/reported-use.ts';

const data = { model: 'qwen', units: { input_tokens: 1 } };
const event = {
  specversion: '1.0',
  ...{ id: 'use-1', source: '/specs', type: 'use', subject: 'sub_01jzxw9k3de5v8m2q4r6t8y0ab', data },
};
const receipt = { reportedBy: 'operator', receivedAt: Date.UTC(2026, 0, 31, 8) };
const read = (over: object) => readUse({ ...event, ...over }, receipt);
const used = (over: object) => {
  const found = read(over);
  return 'use' in found ? found.use : found.errors;
};
const inBase64 = (text: string) => ({ data: undefined, data_base64: Buffer.from(text, 'latin1').toString('base64') });
/** The result of `JSON.parse`: without `undefined` members. */
const base64Of = (text: string) => JSON.parse(JSON.stringify({ ...event, ...inBase64(text) })) as object;

describe('an attribute', () => {
  it('that is null is absent', () => {
    expect(used({ time: null, datacontenttype: null, dataschema: null, trace: null })).toEqual(used({}));
    expect(used({ id: null })).toEqual([{ pointer: '/id', code: 'METERING.MISSING', detail: expect.any(String) }]);
  });

  it.each([
    ['a control character', '\u0007'],
    ['one of those after ASCII', '\u0085'],
    ['a code point that is no character', '\uffff'],
    ['one in the midst of others', '\ufdd0'],
    ['one of a later plane', '\u{1fffe}'],
  ])('must not have %s', (_what, text) => {
    for (const name of ['id', 'source', 'type', 'extension'])
      expect(used({ [name]: `a${text}` })).toEqual([
        { pointer: `/${name}`, code: expect.any(String), detail: expect.any(String) },
      ]);
  });

  it.each(Object.getOwnPropertyNames(Object.prototype).map((name) => name.toLowerCase()))(
    'may be called %s, if CloudEvents lets it',
    (name) => {
      const sent = JSON.parse(`{"${name}":"x"}`) as object;
      const whole = JSON.parse(JSON.stringify(event).replace('{', `${JSON.stringify(sent).slice(0, -1)},`)) as object;
      const found = readUse(whole, receipt);
      if (/^[a-z0-9]+$/.test(name)) expect(found).toHaveProperty('use');
      else if (name !== '__proto__') expect(found).toMatchObject({ errors: [{ pointer: `/${name}` }] });
    },
  );

  it.each([2 ** 31, 0.5, {}, []])(
    'that is an extension is a text, a whole number of 32 bits or a boolean, not %j',
    (value) => expect(used({ extension: value })).toMatchObject([{ pointer: '/extension' }]),
  );

  it.each(['application/json', 'text/json', 'application/json; charset=utf-8', 'Application/Vnd.Use+JSON'])(
    'says that the data is JSON by %s',
    (datacontenttype) => expect(used({ datacontenttype })).toEqual(used({})),
  );

  it.each(['text/plain', 'application/jsonp', 'json', 'application/xml'])('must not say that it is %s', (type) =>
    expect(used({ datacontenttype: type })).toMatchObject([{ pointer: '/datacontenttype' }]),
  );

  it.each(['2026-01-31t07:59:59.123456789z', '2026-01-31T15:59:59+08:00', '2016-12-31T23:59:60Z'])(
    'may be %s, a time by RFC 3339',
    (time) => expect(read({ time })).toHaveProperty('use'),
  );

  it.each(['2026-01-31 07:59:59Z', '2026-01-31T07:59:59', 'now', 7])('must not be %s, which is no time', (time) =>
    expect(used({ time })).toMatchObject([{ pointer: '/time' }]),
  );
});

describe('data in base 64', () => {
  it('is what the bytes say', () => {
    expect(readUse(base64Of(JSON.stringify(data)), receipt)).toMatchObject({ use: used({}) });
  });

  it.each([
    ['together with data', { data_base64: 'e30=' }],
    ['that is no base 64', { data: null, data_base64: 'e30' }],
    ['of URLs', { data: null, data_base64: 'e-_=' }],
    ['that is no text', { data: null, data_base64: 7 }],
    ['of no JSON', { data: null, data_base64: Buffer.from('{').toString('base64') }],
    ['of no UTF-8', { data: null, data_base64: Buffer.from('"\xff"', 'latin1').toString('base64') }],
  ])('is refused %s', (_what, over) => expect(used(over)).toMatchObject([{ pointer: '/data_base64' }]));
});

const headers = {
  'content-type': 'application/json',
  ...{ 'ce-specversion': '1.0', 'ce-id': 'use-1', 'ce-source': '/specs', 'ce-type': 'use' },
  'ce-subject': event.subject,
};
const inHeader = (id: string) => (reportedBy({ ...headers, 'ce-id': id }, data).events[0] as typeof event).id;

/** Encoding of senders by the HTTP binding. */
const encoded = (text: string) =>
  text.replace(/[^\x21-\x7e]|["%]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

describe('an attribute in a header', () => {
  it('is what the sender wrote, percent-encoded or in quotes', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(inHeader(encoded(text))).toBe(text);
        const quoted = `"${encoded(text).replaceAll('%20', ' ').replaceAll('%22', '\\"').replaceAll('\\\\', '\\\\')}"`;
        if (!text.includes('\\')) expect(inHeader(quoted)).toBe(text);
      }),
    ));

  it.each([
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['"a b"', 'a b'],
    ['"a \\"b\\" \\\\c"', 'a "b" \\c'],
    ['"caf%C3%A9"', 'café'],
    ['%2520', '%20'],
    ['a "b c" d', 'a b c d'],
    ['%61', 'a'],
  ])('%s is %s', (header, text) => expect(inHeader(header)).toBe(text));

  it.each(['caf\xe9', 'caf\xc3\xa9', '%C0%A0', '%E2%82', '%', '%zz', '%ED%A0%80', '"a', 'a"', '"a\\"', 'a\tb'])(
    'is refused as %j',
    (header) => {
      let refused: unknown;
      try {
        inHeader(header);
      } catch (error) {
        refused = error;
      }
      expect((refused as ProblemError).problem).toMatchObject({ status: 400, extra: { errors: [{ pointer: '/id' }] } });
    },
  );

  it.each(['ce-data', 'ce-data_base64', 'ce-datacontenttype', 'ce-__proto__', 'ce-a-b', 'ce-'])(
    'is not called %s',
    (name) => expect(() => reportedBy({ ...headers, [name]: 'x' }, data)).toThrow('unknown field'),
  );
});

describe('the content mode', () => {
  it.each([
    ['application/cloudevents+json', 'structured'],
    ['Application/CloudEvents+JSON ; charset=UTF-8', 'structured'],
    ['application/cloudevents-batch+json;charset="utf-8"', 'batched'],
    ['application/JSON; charset=utf-8', 'binary'],
    ['application/vnd.use+json', 'binary'],
  ])('of %s is %s', (type, mode) =>
    expect(reportedBy({ ...headers, 'content-type': type }, mode === 'batched' ? [] : event).mode).toBe(mode),
  );

  it.each([
    'application/cloudevents+avro',
    'application/cloudevents-batch+xml',
    'application/cloudevents',
    'text/plain',
    '',
  ])('of %j is none', (type) =>
    expect(() => reportedBy({ ...headers, 'content-type': type }, event)).toThrow('unsupported media type'),
  );

  it('takes the media type of the data from the content type', () => {
    const { events } = reportedBy({ ...headers, 'content-type': 'application/json; charset=utf-8' }, data);
    expect(readUse(events[0], receipt)).toMatchObject({ use: used({}) });
  });
});
