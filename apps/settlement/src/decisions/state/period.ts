import type { EventsOf, periodEvents, SettlementEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import type { Day } from './days.ts';

/** True if the closing of a day was requested. The lanes and the book decide the rest. */
export interface Period {
  readonly status: 'open' | 'closing';
}

function evolve(period: Period, event: EventsOf<typeof periodEvents>): Period {
  switch (event.type) {
    case 'PeriodClosing':
      return { status: 'closing' };
    case 'PeriodCloseRepeated':
    case 'PeriodCloseRefused':
      return period;
  }
}

/** Streams named by {@link periodStreamId}. */
export const period: Aggregate<Period, SettlementEvent> = {
  name: 'period',
  stateVersion: 1,
  initial: { status: 'open' },
  evolve,
};

/** The stream of a period. */
export function periodStreamId(day: Day): string {
  return `period-${day}`;
}
