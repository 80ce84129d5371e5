import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

type Property<Row> = keyof Row & string;

/** Selection of a list's rows. */
export interface ListSelection<Row> {
  /** Values that properties must have; those that are undefined are not asked for. */
  readonly equal?: Readonly<Partial<Record<Property<Row>, unknown>>>;
  /** Properties whose values, together, order the list, ascending. */
  readonly key: readonly Property<Row>[];
  /** Values of the key behind which the rows stand; undefined: from the first row on. */
  readonly after: readonly unknown[] | undefined;
  readonly most: number;
}

/** The next rows of a list, in the order of its key. More conditions may be set before. */
export function rowsAfter<Row extends ObjectLiteral>(
  select: SelectQueryBuilder<Row>,
  { equal, key, after, most }: ListSelection<Row>,
): Promise<Row[]> {
  const { alias } = select;
  for (const [property, value] of Object.entries(equal ?? {})) {
    if (value !== undefined)
      select.andWhere(`${alias}.${property} = :equal_${property}`, { [`equal_${property}`]: value });
  }
  const columns = key.map((property) => `${alias}.${property}`);
  if (after) {
    const names = key.map((property) => `after_${property}`);
    const values = Object.fromEntries(names.map((name, index) => [name, after[index]]));
    select.andWhere(`(${columns.join(', ')}) > (${names.map((name) => `:${name}`).join(', ')})`, values);
  }
  return select
    .orderBy(Object.fromEntries(columns.map((column) => [column, 'ASC'] as const)))
    .limit(most)
    .getMany();
}
