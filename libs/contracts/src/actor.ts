/** The person or part of the system that an event goes back to. */
export interface Actor {
  /** Id of its party, `anonymous` for a request without a key, or {@link systemParty}. */
  readonly party: string;
  /**
   * Its person: `usr_…`, else the first of the keys that succeed each other (ADR 16). The name of a
   * part of the system, such as `wallet-clock`, if the party is `system`.
   */
  readonly person?: string | undefined;
  /** The key, or the OAuth client, that was sent; absent if it is the person itself. */
  readonly key?: string | undefined;
  /** Party on whose behalf it acted, if that is another one. */
  readonly onBehalfOf?: string | undefined;
}

/** Party of what the system does by itself: by time, or for many callers at once. */
export const systemParty = 'system';

/** Maximum length of an actor's text, which every event has: ids have at most 40 characters. */
export const maxActorLength = 163;

/**
 * Text of an actor, for `ce_actor`: party, person, key and the party on whose behalf, with a `/`
 * before each but the first, and none at the end. It is made once a caller, not once an event.
 * @throws RangeError for an id with a `/` or other than visible ASCII, or a text that is too long
 */
export function actorText({ party, person = '', key = '', onBehalfOf = '' }: Actor): string {
  const parts = [party, person, key === person ? '' : key, onBehalfOf];
  while (parts.at(-1) === '') parts.pop();
  const text = parts.join('/');
  if (!/^[!-.0-~]+$/.test(party) || !/^[!-.0-~]*$/.test(person + key + onBehalfOf) || text.length > maxActorLength)
    throw new RangeError(`not an actor: ${text}`);
  return text;
}

/** The actor of a text by {@link actorText}. */
export function actorOfText(text: string): Actor {
  const [party = '', person, key, onBehalfOf] = text.split('/');
  return { party, ...(person && { person }), ...(key && { key }), ...(onBehalfOf && { onBehalfOf }) };
}

/**
 * Text of the actor of an act of the system's own.
 * @param part which part of the system, in kebab case: `wallet-clock`
 * @param onBehalfOf party for which it acts
 */
export const systemActor = (part: string, onBehalfOf?: string): string =>
  actorText({ party: systemParty, person: part, onBehalfOf });
