const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
/** Bits of a UUIDv7 after its time. */
const bitsAfterTime = 80n;

/** Id of the task of a request. It has the request's own suffix, so that no look-up is needed. */
export const taskIdOf = (requestId: string): string => `img_${requestId.slice(requestId.indexOf('_') + 1)}`;

/** Id of the request that has become a task. */
export const requestIdOf = (taskId: string): string => `req_${taskId.slice(taskId.indexOf('_') + 1)}`;

/** Time at which an id was made, in epoch milliseconds. */
export function madeAt(id: string): number {
  let bits = 0n;
  for (const digit of id.slice(id.indexOf('_') + 1)) bits = (bits << 5n) | BigInt(alphabet.indexOf(digit));
  return Number(bits >> bitsAfterTime);
}
