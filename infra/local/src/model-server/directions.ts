import { z } from 'zod';

/** Header by which a request asks for latency and faults. */
export const directionsHeader = 'x-model-server';

const count = z.coerce.number().int().min(0).max(1_000_000);
const milliseconds = z.coerce.number().int().min(0).max(600_000);

const directions = z.strictObject({
  /** Number of units of the answer; by default it follows from the prompt. */
  units: count.optional(),
  /** Pause before the answer begins. */
  'first-unit-ms': milliseconds.optional(),
  /** Pause before each other unit. */
  'unit-ms': milliseconds.optional(),
  /** Status of an error in place of the answer. */
  status: z.coerce.number().int().min(400).max(599).optional(),
  /** Seconds to wait, with `status`. */
  'retry-after': count.optional(),
  /** The connection is cut after so many units. */
  'dies-after': count.optional(),
  /** Nothing more comes after so many units. */
  'stalls-after': count.optional(),
  /** An error is an event of the stream after so many units. */
  'fails-after': count.optional(),
  /** Usage is not stated, although it is asked for. */
  'no-usage': z.literal('').optional(),
});

export type Directions = z.output<typeof directions>;

/**
 * Directions of a header such as `units=100, unit-ms=5, dies-after=7`.
 * @throws ZodError for an unknown one
 */
export function directionsOf(header: string | string[] | undefined): Directions {
  const parts = String(header ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return directions.parse(
    Object.fromEntries(
      parts.map((part) => {
        const [name = '', value = ''] = part.split('=', 2);
        return [name, value];
      }),
    ),
  );
}
