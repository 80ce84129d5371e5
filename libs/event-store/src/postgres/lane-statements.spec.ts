import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { contractLanes } from '../contract/event-store.contract.ts';
import {
  laneStatementsOf,
  type LaneStatements,
  statementsOfAllLanes,
  statementsOfEachLane,
} from './lane-statements.ts';
import { pursesInPostgres } from './purses-in-postgres.fixture.ts';
import { putLanesApart } from './table-kinds.ts';

const open = pursesInPostgres();
const batchOf = (lane: number) => ({
  ...{ lane, events: [], recorded: [], commands: [], streams: [] },
  head: { sequence: 1, hash: '00', time: 0 },
});
const lanes = [0, 1, 2];
const commands = lanes.map((lane) => ({ lane, commandIds: [] }));
const claims = lanes.map((lane) => ({ lane, id: randomUUID(), streamId: 'purse-1' }));

const countsOf = (statements: LaneStatements) =>
  [
    statements.lock(lanes),
    statements.find(commands),
    statements.write(lanes.map(batchOf)),
    statements.claim(claims),
  ].map(({ length }) => length);

describe('the statements of a transaction, and of claims', () => {
  it('are one for all lanes where their rows are on one server', async () => {
    const under = await open();
    const statements = await laneStatementsOf(under.pool);
    expect(statements).toBe(statementsOfAllLanes);
    expect(countsOf(statements)).toEqual([1, 1, 1, 1]);
    await under.close();
  });

  it('are one for each lane of a database in parts', async () => {
    const under = await open({ prepare: (pool) => putLanesApart(pool, contractLanes) });
    const statements = await laneStatementsOf(under.pool);
    expect(statements).toBe(statementsOfEachLane);
    expect(countsOf(statements)).toEqual([3, 3, 3, 3]);
    await under.close();
  });
});
