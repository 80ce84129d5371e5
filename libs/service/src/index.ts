export { Authenticated, OperatorOnly, OptionallyAuthenticated, Public, Requires } from './auth/access.ts';
export { AccessTokens, audienceOf } from './auth/access-tokens.ts';
export type { KnownKey } from './auth/api-keys.projection.ts';
export { knownKeys } from './auth/api-keys.projection.ts';
export type { BudgetedKey, Lineage } from './auth/lineage.ts';
export { withoutOrigin } from './auth/lineage.ts';
export type { Principal } from './auth/principal.ts';
export { Caller, hasScope, keyScopeOf, operatorPrincipal } from './auth/principal.ts';
export { calendarOf, keptCalendarOf } from './calendar.ts';
export { baseConfig } from './config/base-config.ts';
export { readConfig } from './config/read-config.ts';
export { allowedEndpoints, port, postgresUrl, secret, wholeNumber } from './config/settings.ts';
export { Accepted } from './http/accept.ts';
export type { Answer, Answers } from './http/answers.ts';
export { HttpAnswer } from './http/answers.ts';
export { csvAnswer, csvBom, csvField } from './http/csv.ts';
export type { MemberAnswer } from './http/command-batch.ts';
export { Batch, BatchAnswer, batchIdempotencyKey, CommandBatch } from './http/command-batch.ts';
export type { ItemAnswer } from './http/item-batch.ts';
export { ItemBatch, Items, itemsAnswer } from './http/item-batch.ts';
export type { IncomingCommand } from './http/incoming-command.ts';
export { Incoming } from './http/incoming-command.ts';
export type { ForeignApi } from './http/foreign-api.ts';
export { Follows, headersOf } from './http/follows.ts';
export { parseJsonBody } from './http/json-body.ts';
export { endOfString, memberFaults, pointerToken } from './http/json-members.ts';
export type { PageQuery } from './http/pages.ts';
export { cursorKey, page, pageOf, pageQuery } from './http/pages.ts';
export type { FieldError, Problem } from './http/problem.ts';
export {
  invalidArgument,
  notFound,
  permissionDenied,
  problem,
  ProblemError,
  refusalOf,
  unauthenticated,
  unavailable,
} from './http/problem.ts';
export { problemOfError } from './http/problem-of-error.ts';
export { routePathOf } from './http/route-path.ts';
export { BatchBodies, bodyBytesOf, KeepsBytes, PassesOn } from './http/route-settings.ts';
export { mustBeNear } from './http/horizon.ts';
export { hasCome } from './http/past-time.ts';
export { shownName } from './http/shown-name.ts';
export { askedTimeZone, momentOf, sentTime, sentTimeOrDay } from './http/sent-time.ts';
export { takeUpgrade, upgradeOf } from './http/upgrades.ts';
export { newId, newIdIn } from './ids.ts';
export { documentOfModule } from './openapi/document-of-module.ts';
export { documentFaults } from './openapi/document-faults.ts';
export { Refuses } from './openapi/refuses.ts';
export type { ServiceApi } from './openapi/service-api.ts';
export { openApiSchema } from './openapi/json-schema.ts';
export { csvType, Responds, RespondsCsv, RespondsCsvToo } from './openapi/responds.ts';
export type { Parts } from './parts.ts';
export { AskedTogether } from './postgres/asked-together.ts';
export { amountColumn, integerColumn, optionalIntegerColumn } from './postgres/columns.ts';
export type { OwnFaults } from './health.ts';
export { openDatabase, poolOf } from './postgres/database.ts';
export { rowsAfter } from './postgres/rows-after.ts';
export { type NextRun, Repeating } from './repeating.ts';
export { Rest } from './rest.ts';
export { scopesOfRole } from './roles.ts';
export type { RunningService } from './run-service.ts';
export type { Scope } from './scopes.ts';
export { defaultScopesOf, everyScope, scopes } from './scopes.ts';
export type { ServiceDefinition } from './service-definition.ts';
export { dataOf, foreignProjection, ownProjectionsOf } from './service-definition.ts';
export { ServiceModule } from './service.module.ts';
export { startService } from './start-service.ts';
export { laneStreamsOf, streamsOf } from './streams.ts';
export { endOfProcess, isDraining, operatorCalendar, serviceConfig, serviceLog, serviceParts } from './tokens.ts';
export type { Span, TraceHeaders } from './tracing/tracing.ts';
export { noSpan, traceHeadersOf, Tracing } from './tracing/tracing.ts';
export { open, openBytes, seal, sealBytes, Unopenable } from './sealing/cipher.ts';
export { derivedKey, isMasterKey } from './sealing/master-key.ts';
