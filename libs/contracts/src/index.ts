export type { Catalogue, EventDeclaration, EventOf, EventsOf, TopicAccess, Upcast } from './event.ts';
export {
  catalogue,
  decodeData,
  encodeData,
  encodeEvent,
  event,
  InvalidEvent,
  UnreadableEvent,
  writeEvent,
} from './event.ts';
export { type DeclarationWith, eventsWith } from './events-with.ts';
export { loosened } from './loosened.ts';
export { declarationOf, NewerEvent, readData } from './reading.ts';
export { eventsOfEveryService, EventSkipped, type EventSkippedData } from './skipped.ts';
export { issueSentence } from './issue-sentence.ts';
export { charactersIn, cutTo, isBlank, isReadable, seenOf, storableText, turnsText } from './characters.ts';
export * from './money.ts';
export { derivedId, keyId, operatorPartyId, partyId, typeId, walletIdOf } from './ids.ts';
export { type Actor, actorOfText, actorText, maxActorLength, systemActor, systemParty } from './actor.ts';
export type { LogMessage, StoredEvent } from './envelope.ts';
export {
  commandIdOf,
  eventId,
  eventOfMessage,
  firstPreviousHash,
  hashedHeaders,
  hashOf,
  headerNames,
  headerValues,
  headersOf,
  isCommandOf,
  MalformedMessage,
} from './envelope.ts';
export * from './time.ts';
export * from './vocabulary.ts';
export * from './identity.ts';
export * from './identity/key-rights.ts';
export * from './identity/oauth.ts';
export * from './identity/people.ts';
export * from './wallet.ts';
export * from './wallet/spendable.ts';
export * from './market-words.ts';
export * from './app-registry/models.ts';
export * from './app-registry/subscriptions.ts';
export * from './app-registry.ts';
export * from './metering.ts';
export * from './metering/slices.ts';
export * from './metering/usage-alerts.ts';
export * from './gateway.ts';
export * from './gateway/caller-keys.ts';
export * from './gateway/offers.ts';
export * from './settlement.ts';
export { catalogues } from './catalogues.ts';
export { canonicalJson } from './canonical-json.ts';
export { type JsonSchema, withMeanings } from './json-schema.ts';
export { manifestExamples, manifestSchema } from './manifest-schema.ts';
export { modelKeyOf, skeletonOf } from './skeleton.ts';
export { fieldMeanings, meaningKey } from './field-meanings.ts';
export * from './refusals.ts';
export * from './receipt.ts';
