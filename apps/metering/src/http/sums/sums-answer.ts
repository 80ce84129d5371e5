import { instantOf } from '@tokengrid/contracts';
import { csvAnswer, page } from '@tokengrid/service';
import { z } from 'zod';
import type { SumKey, SumsQuery, UsageSum, UsageSums } from '../../usage-sums/usage-sums.ts';
import { csvPageRows, isCsv } from '../use-filters.ts';
import { type AskedSums, sumKeyIn } from './sums-query.ts';

/** Fields of every sum: its window, and its values of the dimensions. */
export const sumFields = {
  from: z.string(),
  to: z.string(),
  party: z.string().optional(),
  app: z.string().optional(),
  model: z.string().optional(),
  offer: z.string().optional(),
  region: z.string().optional(),
  key: z.string().optional(),
  member: z.string().optional(),
  meter: z.string().optional(),
};

/** Differences of one list of sums from others. */
interface Measured<Measures extends object> {
  /** Name of its CSV file. */
  readonly name: string;
  /** Columns of its CSV after those of every sum. */
  readonly measures: readonly (keyof UsageSum & string)[];
  /** Fields of its JSON after those of every sum. */
  readonly measuresOf: (sum: UsageSum) => Measures;
}

/** All sums as CSV if that is asked for; otherwise a page of them. */
export async function answerSums<Measures extends object>(
  sums: UsageSums,
  asked: SumsQuery,
  query: AskedSums,
  accepted: string,
  { name, measures, measuresOf }: Measured<Measures>,
) {
  if (isCsv(query.format, accepted)) return csvOfSums(sums, asked, { name, measures, bom: query.bom });
  const rows = await sums.read(asked, sumKeyIn(query));
  return page(rows, query.limit, keyOfSum, (sum) => ({ ...sumAnswer(sum), ...measuresOf(sum) }));
}

/** Place of a sum in its list. */
const keyOfSum = ({ start, values }: UsageSum): SumKey => [start, ...Object.values(values)];

/** Window and values of a sum in the form of answers. */
function sumAnswer({ start, end, values }: UsageSum) {
  const named = Object.entries(values).filter(([, value]) => value !== '');
  return { from: instantOf(start), to: instantOf(end), ...Object.fromEntries(named) };
}

/** All sums of a query as CSV: window, values, and the measures. */
function csvOfSums(
  sums: UsageSums,
  query: SumsQuery,
  { name, measures, bom }: Pick<Measured<object>, 'name' | 'measures'> & Pick<AskedSums, 'bom'>,
) {
  const columns = [
    ...['from', 'to', ...query.by].map((column) => ({ name: column })),
    ...measures.map((column) => ({ name: column, isAmount: true })),
  ];
  return csvAnswer<Record<string, unknown>>({ name, columns, bom }, rowsOf(sums, query));
}

async function* rowsOf(sums: UsageSums, query: SumsQuery) {
  for (let after: SumKey | undefined; ;) {
    const rows = await sums.read({ ...query, limit: csvPageRows }, after);
    const page = rows.slice(0, csvPageRows);
    yield page.map((sum) => ({ ...sum, ...sumAnswer(sum) }));
    if (rows.length === page.length) return;
    after = keyOfSum(page.at(-1)!);
  }
}
