import { describe, expect, it } from '@jest/globals';
import { Reaction } from './reaction.ts';

const cause = {
  service: 'identity',
  lane: 0,
  sequence: 7,
  type: 'PartySuspended',
  correlationId: 'identity/0/7',
  actor: 'operator/key_1',
};
const reaction = () => new Reaction('when-party-is-suspended-freeze-wallet', cause);

describe('a command that a policy makes of an event', () => {
  it('has the same id each time the event comes, and another for another part', () => {
    expect(reaction().to('wal_a', {}).id).toBe(reaction().to('wal_a', {}).id);
    const both = reaction();
    expect(both.to('wal_a', {}, 'own').id).not.toBe(both.to('wal_b', {}, 'wal_b').id);
  });

  it('has the actor of its event, and of several events if they have the same', () => {
    expect(reaction().to('wal_a', {}).actor).toBe('operator/key_1');
    const next = { ...cause, sequence: 8 };
    const policy = 'when-party-is-suspended-freeze-wallet';
    expect(new Reaction(policy, cause, [next]).to('wal_a', {}).actor).toBe('operator/key_1');
    const another = { ...next, actor: 'operator/key_2' };
    expect(new Reaction(policy, cause, [another, next]).to('wal_a', {}).actor).toBe(`system/${policy}`);
  });

  it('has no id of its own event’s where it is one of several: that one done would pass for all', () => {
    const part = 'wal_b';
    for (const [first, second] of [
      ['', part],
      [part, ''],
      ['', ''],
    ] as const) {
      const several = reaction();
      several.to('wal_a', {}, first);
      expect(() => several.to('wal_b', {}, second)).toThrow(/PartySuspended leads to several commands/);
    }
  });
});
