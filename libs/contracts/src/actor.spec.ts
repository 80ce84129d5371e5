import { describe, expect, it } from '@jest/globals';
import { type Actor, actorOfText, actorText, maxActorLength, systemActor } from './actor.ts';

const ofMaxLength = (prefix: string) => prefix.padEnd(40, 'x');

describe('the text of an actor', () => {
  it.each<[string, Actor]>([
    ['anonymous', { party: 'anonymous' }],
    ['org_1/key_1', { party: 'org_1', person: 'key_1' }],
    ['org_1/key_1/key_2', { party: 'org_1', person: 'key_1', key: 'key_2' }],
    ['org_1//key_2', { party: 'org_1', key: 'key_2' }],
    ['org_1/usr_1/cli_1/sub_1', { party: 'org_1', person: 'usr_1', key: 'cli_1', onBehalfOf: 'sub_1' }],
    ['system/slices//sub_1', { party: 'system', person: 'slices', onBehalfOf: 'sub_1' }],
  ])('is %s, and tells the actor', (text, actor) => {
    expect(actorText(actor)).toBe(text);
    expect(actorOfText(text)).toEqual(actor);
  });

  it('names a key once that is the person itself', () => {
    expect(actorText({ party: 'org_1', person: 'key_1', key: 'key_1' })).toBe('org_1/key_1');
  });

  it('names a part of the system, with the party for which it acts', () => {
    expect(systemActor('wallet-clock')).toBe('system/wallet-clock');
    expect(systemActor('slices', 'sub_1')).toBe('system/slices//sub_1');
  });

  it('is bounded, with room for four ids of the maximum length', () => {
    const [party, person, key, onBehalfOf] = ['org_', 'usr_', 'key_', 'sub_'].map(ofMaxLength) as [
      ...[string, string, string, string],
    ];
    const longest = actorText({ party, person, key, onBehalfOf });
    expect(longest).toHaveLength(maxActorLength);
    expect(() => actorText({ party: `${party}x`, person, key, onBehalfOf })).toThrow(RangeError);
  });

  it.each(['', 'a/b', 'a b', 'ä', 'a\nce_id:x'])('never has the id "%s", which could pass for others', (id) => {
    expect(() => actorText({ party: id })).toThrow(RangeError);
    if (id !== '') expect(() => actorText({ party: 'org_1', person: id })).toThrow(RangeError);
  });
});
