/**
 * Test kit of services. Production code does not import it: lint forbids it, and no build has it.
 */
export { issueKey, runAmong } from './among-neighbours.ts';
export type { Neighbour } from './neighbour.ts';
export { type Ground, lanesOfSpecs, type Life, openGround, startOn } from './on-ground.ts';
export type { SomeSettings, Testable } from './testable.ts';
export { type Answered, type Caller, operatorApiKey, TestedService } from './tested-service.ts';
export { until } from './until.ts';
