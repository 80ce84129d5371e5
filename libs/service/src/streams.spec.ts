import { describe, expect, it } from '@jest/globals';
import { Inject, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { EventStore } from '@tokengrid/event-store';
import { type Aggregate, type DomainEvent, systemStreamId } from '@tokengrid/kernel';
import { laneStreamsOf, streamsOf } from './streams.ts';

interface Jar {
  readonly tokens: bigint;
}
const jar: Aggregate<Jar, DomainEvent> = {
  name: 'jar',
  stateVersion: 1,
  initial: { tokens: 0n },
  evolve: (state) => state,
};

@Injectable()
class Jars extends streamsOf<Jar, DomainEvent>(jar) {}

@Injectable()
class Label {
  readonly text = 'jars';
}

/** A class that needs more than the store. */
@Injectable()
class LabelledJars extends streamsOf<Jar, DomainEvent>(jar) {
  constructor(
    @Inject(EventStore) store: EventStore<DomainEvent, undefined>,
    readonly label: Label,
  ) {
    super(store);
  }
}

@Injectable()
class JarLanes extends laneStreamsOf<Jar, DomainEvent>(jar) {}

describe('the streams of a kind', () => {
  const calls: unknown[] = [];
  const store = {
    lanes: 2,
    streams: (kind: unknown) => ({
      handle: (decide: unknown, command: unknown) => Promise.resolve(calls.push([kind, decide, command])),
      load: (streamId: string) => Promise.resolve([kind, streamId]),
    }),
  };
  const testing = Test.createTestingModule({
    providers: [{ provide: EventStore, useValue: store }, Label, Jars, LabelledJars, JarLanes],
  }).compile();

  it('are injected by their class, with the store and whatever else that asks for', async () => {
    const module = await testing;
    const decide = () => [];
    const command = { id: 'c', streamId: 'jar_1', data: {}, correlationId: 'c', actor: 'spec' };
    await module.get(Jars).handle(decide, command);
    expect(calls).toEqual([[jar, decide, command]]);
    expect(await module.get(LabelledJars).load('jar_2')).toEqual([jar, 'jar_2']);
    expect(module.get(LabelledJars).label.text).toBe('jars');
  });

  it('are one to a lane where they are the own of lanes', async () => {
    const lanes = (await testing).get(JarLanes);
    expect(lanes.all.map((lane) => lanes.streamOf(lane))).toEqual([systemStreamId(0, 2), systemStreamId(1, 2)]);
    expect(await lanes.loadLane(1)).toEqual([jar, systemStreamId(1, 2)]);
    expect(() => lanes.streamOf(2)).toThrow(new RangeError('no lane 2: there are 2 lanes'));
  });
});
