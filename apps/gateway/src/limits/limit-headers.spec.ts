import { expect, it } from '@jest/globals';
import { anthropicLimitHeaders, openAiLimitHeaders } from './limit-headers.ts';

const standings = [
  { what: 'requests', limit: 60, remaining: 59, resetMs: 60_400 },
  { what: 'units', limit: 1000, remaining: 0, resetMs: 900 },
] as const;
const now = Date.UTC(2026, 0, 1);

it('limits stand in the headers that OpenAI’s clients read', () =>
  expect(openAiLimitHeaders(standings, now)).toEqual({
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '59',
    'x-ratelimit-reset-requests': '1m1s',
    'x-ratelimit-limit-tokens': '1000',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '1s',
  }));

it('limits stand in the headers that Anthropic’s clients read', () =>
  expect(anthropicLimitHeaders(standings, now)).toEqual({
    'anthropic-ratelimit-requests-limit': '60',
    'anthropic-ratelimit-requests-remaining': '59',
    'anthropic-ratelimit-requests-reset': '2026-01-01T00:01:00Z',
    'anthropic-ratelimit-tokens-limit': '1000',
    'anthropic-ratelimit-tokens-remaining': '0',
    'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:00Z',
  }));

it('no limit has no headers', () => expect(openAiLimitHeaders([], now)).toEqual({}));
