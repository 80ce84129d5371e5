/**
 * Test kit of services. Production code does not import it: lint forbids it, and no build has it.
 */
export { issueKey, runAmong } from './among-neighbours.ts';
export { documentedRequests } from './documented-requests.ts';
export { freePort } from './free-port.ts';
export type { Neighbour } from './neighbour.ts';
export { type Ground, lanesOfSpecs, type Life, openGround, runAlone, startOn } from './on-ground.ts';
export type { SomeSettings, Testable } from './testable.ts';
export { readModelsBothWays } from './rebuilt.ts';
export { type Answered, type Caller, operatorApiKey, TestedService } from './tested-service.ts';
export { walkRoutes } from './walk-routes.ts';
export { until } from './until.ts';
export { type CollectedSpan, TraceCollector } from './trace-collector.ts';
