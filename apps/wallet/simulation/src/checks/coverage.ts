import type { WalletEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';

interface Said {
  readonly code?: string;
  readonly limit?: unknown;
}

/**
 * What an event shows that a history has reached: its type, and with a refusal why, by code and
 * limit. Of uses, each refused one is a `ChargeRefused`.
 */
export function reachedBy(event: Recorded<WalletEvent>): readonly string[] {
  const { type } = event;
  if (type === 'WalletCharged') return [type, ...event.data.refused.flatMap((use) => saidBy('ChargeRefused', use))];
  const said = event.data as Said;
  return said.code === undefined ? [type] : saidBy(type, said);
}

const saidBy = (what: string, { code, limit }: Said): readonly string[] =>
  typeof limit === 'string' ? [what, `${what} ${code} ${limit}`] : [what, `${what} ${code}`];
