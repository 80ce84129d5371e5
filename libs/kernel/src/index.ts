export type { DomainEvent, EventNamed, EventPosition, Recorded } from './event.ts';
export type { Calendar } from './calendar.ts';
export { dayAfter, dayBefore, firstOfNextMonth, monthOf, utcCalendar } from './calendar.ts';
export type { Aggregate, Decide, DecisionContext, OnSystemStream } from './decide.ts';
export { fold, onSystemStream } from './decide.ts';
export { NotYet } from './not-yet.ts';
export { laneOf, skippedStreamId, systemStreamId } from './lane.ts';
export { givenFor, someContext } from './given-when-then.ts';
export { precedenceCases } from './precedence.ts';
