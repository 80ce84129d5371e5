import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { commandIdOf, systemActor } from '@tokengrid/contracts';
import { Repeating, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { publishCallerKey } from '../decisions/caller-keys/publish-caller-key.ts';
import { callerKeysStreamId } from '../decisions/state/caller-keys.ts';
import { CallerKeys } from '../streams/caller-keys.ts';
import { overlapMs, SigningKeys } from './signing-keys.ts';

/** Interval of looking for keys that no event states yet. */
const lookEveryMs = 60_000;
/** Pause before the next look at start, when the store may not take commands yet. */
const retryMs = 1000;

/**
 * States the keys that sign who calls an app as events: identity, which answers apps about their
 * callers, asks no service for them.
 */
@Injectable()
export class KeyPublication implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looking: Repeating;

  constructor(
    private readonly keys: SigningKeys,
    private readonly stream: CallerKeys,
    @Inject(serviceLog) log: Logger,
  ) {
    this.looking = new Repeating(
      async () => ((await this.publish()) ? lookEveryMs : retryMs),
      retryMs,
      (error) => log.warn({ err: error }, 'the keys of apps could not be stated; the next look retries'),
    );
  }

  onApplicationBootstrap(): void {
    this.looking.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.looking.stop();
  }

  /**
   * States the keys that no event states yet.
   * @returns false before this process has a key
   */
  async publish(): Promise<boolean> {
    const held = this.keys.held();
    const { latest } = await this.stream.load(callerKeysStreamId);
    for (const { keyId, ...key } of held.filter((each) => !latest.includes(each.keyId))) {
      // The same id in all processes: one event states a key.
      const id = commandIdOf('gateway', 'PUBLISH', callerKeysStreamId, keyId);
      const data = { keyId, ...key, overlapMs };
      const actor = systemActor('key-publication');
      const command = { id, streamId: callerKeysStreamId, data, correlationId: id, actor };
      await this.stream.handle(publishCallerKey, command);
    }
    return held.length > 0;
  }
}
