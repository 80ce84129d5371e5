import type { Counted } from './amounts.ts';

/** How a limit stands. */
export interface Standing {
  readonly what: Exclude<Counted, 'streams'>;
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until it is whole again, if nothing is used. */
  readonly resetMs: number;
}

/** Headers that say how limits stand, in the form of one API. */
export type LimitHeaders = (standings: readonly Standing[], now: number) => Readonly<Record<string, string>>;

/** As OpenAI's clients read them: `1s`, `6m0s`. Units are its tokens. */
export const openAiLimitHeaders: LimitHeaders = (standings) =>
  Object.fromEntries(
    standings.flatMap(({ what, limit, remaining, resetMs }) => {
      const name = what === 'units' ? 'tokens' : 'requests';
      return [
        [`x-ratelimit-limit-${name}`, String(limit)],
        [`x-ratelimit-remaining-${name}`, String(remaining)],
        [`x-ratelimit-reset-${name}`, duration(resetMs)],
      ];
    }),
  );

/** As Anthropic's clients read them: times in RFC 3339. */
export const anthropicLimitHeaders: LimitHeaders = (standings, now) =>
  Object.fromEntries(
    standings.flatMap(({ what, limit, remaining, resetMs }) => {
      const name = `anthropic-ratelimit-${what === 'units' ? 'tokens' : 'requests'}`;
      return [
        [`${name}-limit`, String(limit)],
        [`${name}-remaining`, String(remaining)],
        [`${name}-reset`, new Date(now + resetMs).toISOString().replace(/\.\d{3}/, '')],
      ];
    }),
  );

/** A duration in whole seconds, as Go writes it. */
function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
