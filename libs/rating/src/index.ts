export { type Bound, boundsOf } from './bounds.ts';
export type { UseCost, UsePrice } from './by-use.ts';
export { rateByUse } from './by-use.ts';
export { maxRememberedValues, maxUniqueValues } from './counter.ts';
export type { Fees, FeeTime } from './fee.ts';
export { feeOf, feeOfMonth, feeTimeOf, feeTimeUntil, withSeats } from './fee.ts';
export { type AllowedEndpoints, credentialFaults, endpointFaults } from './manifest/endpoint-faults.ts';
export { manifestProblems } from './manifest/manifest-problems.ts';
export type { OfferPrices, OffersByModel } from './manifest/price-faults.ts';
export { priceFaults } from './manifest/price-faults.ts';
export { publicationFaults } from './manifest/publication-faults.ts';
export type { Aside, MeasuredUse, Period, Plan, PlanTerms, Rated, Unrated } from './period.ts';
export {
  closePeriod,
  correctInPeriod,
  emptyPeriod,
  evolvePeriod,
  periodAt,
  rateAside,
  rateInPeriod,
  termsOf,
  totalOf,
} from './period.ts';
export { planProblems } from './plan-problems.ts';
export type { Aggregation, PlanPrice } from './price.ts';
export { isByUse } from './price.ts';
export { prorated } from './prorated.ts';
export type { VersionedSubscription } from './subscribed-version.ts';
export { subscribedVersion } from './subscribed-version.ts';
export type { SubscriptionPeriod } from './subscription-period.ts';
export { subscriptionPeriodAt } from './subscription-period.ts';
