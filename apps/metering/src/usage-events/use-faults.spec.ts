import { describe, expect, it } from '@jest/globals';
import { encodeData, maxPointerBytes, ReportReceived } from '@tokengrid/contracts';
import { readUse } from './reported-use.ts';
import { detailOf, rejectedBy, shortened, useFaults } from './use-faults.ts';

const receipt = { reportedBy: 'operator', receivedAt: Date.UTC(2026, 0, 31, 8) };
const event = {
  specversion: '1.0',
  ...{ id: 'use-1', source: '/specs', type: 'use', subject: 'sub_01jzxw9k3de5v8m2q4r6t8y0ab' },
  data: { model: 'qwen', units: { input_tokens: 1 } },
};

describe('a rejection', () => {
  it.each<[string, unknown, string]>([
    ['no event', 5, 'the event: must be a CloudEvent'],
    ['no id', { ...event, id: undefined }, '/id: is missing'],
    ['an empty id', { ...event, id: '' }, '/id: must not be empty'],
    ['a long id', { ...event, id: 'x'.repeat(256) }, '/id: is too long'],
    ['another kind of id', { ...event, id: 7 }, '/id: is not valid'],
    ['a control character', { ...event, id: '\u0007' }, '/id: must not have control characters'],
    ['no payer', { ...event, subject: 'nobody' }, '/subject: must be the id of an organization or a subscriber'],
    ['no time', { ...event, time: 'now' }, '/time: must be a time by RFC 3339, from 2000 to 9999'],
    ['a later time', { ...event, time: '2026-02-01T00:00:00Z' }, '/time: must not be more than an hour in the future'],
    ['no meter', { ...event, data: { model: 'qwen', units: {} } }, '/data/units: must name at least one meter'],
    ['a field that there is not', { ...event, data: { ...event.data, price: 1 } }, '/data/price: unknown field'],
    ['its name, too', { ...event, data: { ...event.data, 'a/b~c': 1 } }, '/data/a~1b~0c: unknown field'],
    [
      'a fraction',
      { ...event, data: { model: 'qwen', units: { input_tokens: 1.5 } } },
      '/data/units/input_tokens: must be a whole number from 0 to 2^53 − 1, or a decimal string of up to 18 digits and 6 decimals',
    ],
    ['no base 64', { ...event, data: null, data_base64: 7 }, '/data_base64: must be JSON in base64 with padding'],
  ])('for %s is told by its place and its code', (_, sent, detail) => {
    const read = readUse(sent, receipt);
    expect('errors' in read && detailOf(rejectedBy(0, read.errors[0]!))).toBe(detail);
  });

  it('is for a time a millisecond more than an hour ahead, and for none up to that', () => {
    const at = (ahead: number) =>
      readUse({ ...event, time: new Date(receipt.receivedAt + ahead).toISOString() }, receipt);
    const hourMs = 3_600_000;
    expect(at(hourMs)).toMatchObject({ use: { time: '2026-01-31T09:00:00.000Z' } });
    expect(at(hourMs + 1)).toMatchObject({ errors: [{ pointer: '/time' }] });
  });

  it.each(['a', 'é', '😀', '"', '\u0001'])(
    'is short enough for fifty thousand of them in one event, of %j too',
    (unit) => {
      const where = shortened(`/data/units/${unit.repeat(500)}`);
      expect(Buffer.byteLength(JSON.stringify(where))).toBeLessThanOrEqual(maxPointerBytes);
      expect(where).toMatch(/^\/data\/units\/.*…$/su);
      expect(where.isWellFormed()).toBe(true);
      expect(shortened('/data/units/input_tokens')).toBe('/data/units/input_tokens');
      const codes = Object.keys(useFaults) as (keyof typeof useFaults)[];
      const code = codes.reduce((longest, each) => (each.length > longest.length ? each : longest));
      const rejected = Array.from({ length: 50_000 }, (_each, index) => ({ index, code, where }));
      const report = { reportId: 'rpt_0000000000000000000000000a', reportedBy: 'operator', events: 50_000, rejected };
      expect(encodeData(ReportReceived(report).data).length).toBeLessThan((8 << 20) - (64 << 10));
    },
  );
});
