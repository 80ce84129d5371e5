import type { PoolClient } from 'pg';
import type { LookUp } from '../look-up.ts';
import type { SqlClient } from '../projection.ts';
import type { LaneCommands } from '../storage.ts';
import { preparedSql } from './prepared-sql.ts';

/** Stored values of the keys of one lane's commands. */
export type KeysLook = Promise<ReadonlyMap<string, string>>;

const nothing: ReadonlyMap<string, string> = new Map();

/**
 * Sends the look-up of the keys that commands name, lane by lane. Lanes whose commands name none
 * cost nothing.
 * @returns the answers, in the order of the lanes; a failed one is left to whoever awaits it
 */
export function lookAtKeys(
  client: PoolClient,
  lookUp: Pick<LookUp, 'read'> | undefined,
  lanes: readonly LaneCommands[],
): readonly KeysLook[] {
  return lanes.map(({ lane, keys }) => {
    if (!lookUp || keys === undefined || keys.length === 0) return Promise.resolve(nothing);
    const query = (text: string, parameters?: readonly unknown[]) => client.query(preparedSql(text, parameters));
    const look = lookUp.read({ query } as SqlClient, lane, keys);
    // It fails with the statements that it was sent with, which are awaited first.
    look.catch(() => undefined);
    return look;
  });
}
