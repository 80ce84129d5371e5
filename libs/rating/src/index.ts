export type { UseLine, UsePrice } from './by-use.ts';
export { rateByUse } from './by-use.ts';
export { maxRememberedValues, maxUniqueValues } from './counter.ts';
export type { MeasuredUse, Period, Plan, PlanTerms, Rated, Unrated } from './period.ts';
export {
  closePeriod,
  correctInPeriod,
  emptyPeriod,
  evolvePeriod,
  periodAt,
  rateInPeriod,
  termsOf,
  totalOf,
} from './period.ts';
export { planProblems } from './plan-problems.ts';
export type { Aggregation, PlanPrice } from './price.ts';
export { isByUse } from './price.ts';
export { prorated } from './prorated.ts';
