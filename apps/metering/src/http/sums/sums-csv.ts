import { instantOf } from '@tokengrid/contracts';
import { csvAnswer, type HttpAnswer } from '@tokengrid/service';
import type { SumKey, SumsQuery, UsageSum, UsageSums } from '../../usage-sums/usage-sums.ts';
import { csvPageRows } from '../use-filters.ts';

/** Place of a sum in its list. */
export const keyOfSum = ({ start, values }: UsageSum): SumKey => [start, ...Object.values(values)];

/** Window and values of a sum in the form of answers. */
export function sumAnswer({ start, end, values }: UsageSum) {
  const named = Object.entries(values).filter(([, value]) => value !== '');
  return { from: instantOf(start), to: instantOf(end), ...Object.fromEntries(named) };
}

/** All sums of a query as CSV: window, values, and the measures. */
export function csvOfSums(
  sums: UsageSums,
  query: SumsQuery,
  {
    name,
    measures,
    bom,
  }: { readonly name: string; readonly measures: readonly (keyof UsageSum & string)[]; readonly bom: boolean },
): HttpAnswer {
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
