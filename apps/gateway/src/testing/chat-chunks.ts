/** A chunk of a streamed chat. */
export interface Chunk {
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { readonly content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: object | null;
}

/** Chunks of a stream. */
export const chunksOf = (text: string): readonly Chunk[] =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {"') && !event.startsWith('data: {"error"'))
    .map((event) => JSON.parse(event.slice(6)) as Chunk);

/** Text that chunks say together. */
export const textOf = (chunks: readonly Chunk[]): string =>
  chunks.map(({ choices }) => choices.map(({ delta }) => delta.content ?? '').join('')).join('');

/** Units in whole numbers, by meter. */
export const whole = (units: ReadonlyMap<string, bigint>): Readonly<Record<string, number>> =>
  Object.fromEntries([...units].map(([meter, count]) => [meter, Number(count) / 1e6]));
