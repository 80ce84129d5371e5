export type { UseCost, UseLine, UsePrice } from './by-use.ts';
export { rateByUse } from './by-use.ts';
export type { Counter, Reading, Uncountable } from './counter.ts';
export { maxRememberedValues, maxUniqueValues } from './counter.ts';
export { decimalOf } from './decimals.ts';
export type {
  BoundLine,
  MeasuredUse,
  Period,
  PeriodChange,
  PeriodLine,
  Plan,
  PlanTerms,
  Rated,
  Unrated,
} from './period.ts';
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
export type { CheckedPlan, PlanProblem } from './plan-problems.ts';
export { planProblems } from './plan-problems.ts';
export type { Aggregation, PlanPrice, PriceTier } from './price.ts';
export { isByUse } from './price.ts';
export { prorated } from './prorated.ts';
