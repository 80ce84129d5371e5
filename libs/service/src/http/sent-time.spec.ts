import { describe, expect, it } from '@jest/globals';
import { sentTime } from './sent-time.ts';

const eight = Date.UTC(2026, 0, 31, 8);

describe('a time that a caller sends', () => {
  it.each([
    ['2026-01-31T08:00:00.000Z', eight],
    ['2026-01-31T08:00:00Z', eight],
    ['2026-01-31T16:00:00+08:00', eight],
    ['2026-01-31T08:00:00.123456Z', eight + 123],
  ])('may be %s', (text, epochMs) => {
    expect(sentTime.parse(text)).toBe(epochMs);
  });

  it.each(['2026-01-31', '2026-01-31T08:00:00', '2026-02-30T08:00:00Z', 'tomorrow', ''])('may not be "%s"', (text) => {
    expect(sentTime.safeParse(text).success).toBe(false);
  });
});
