import { expect, it } from '@jest/globals';
import { newId } from '@tokengrid/service';
import { madeAt, requestIdOf, taskIdOf } from './task-ids.ts';

it('a task has the id of its request under another prefix, and the time of both', () => {
  const before = Date.now();
  const requestId = newId('req');
  const taskId = taskIdOf(requestId);
  expect([taskId.slice(0, 4), requestIdOf(taskId)]).toEqual(['img_', requestId]);
  // Ids of a busy process may be a little ahead of its clock.
  expect(madeAt(taskId) - before).toBeGreaterThanOrEqual(0);
  expect(madeAt(taskId) - before).toBeLessThan(1000);
});
