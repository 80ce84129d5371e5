/** As much of JSON Schema as events' schemas have. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
}

/** Bounds that may be loosened, never tightened: what was published has to stay readable. */
const leasts = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const mosts = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
/** Keywords that may go, and otherwise have to stay as they are. */
const fixed = ['pattern', 'format', 'const'];

/**
 * What a change of a released schema breaks, one sentence each: a field that is gone, renamed or narrowed refuses events that
 * are in the log; one that is newly required does, too; one that is no longer always there fails those who count on it.
 * A new optional field, and anything that only widens, is no such change.
 * @param path of the fields before, for the sentences
 */
export function breakingChanges(before: JsonSchema, after: JsonSchema, path = ''): string[] {
  if (before.anyOf || after.anyOf) return alternativesLost(before, after, path);
  const here = path === '' ? 'the event' : path;
  if (before.type !== after.type && !(before.type === 'integer' && after.type === 'number')) {
    return [`${here}: was ${before.type ?? 'anything'}, is ${after.type ?? 'anything'}`];
  }
  return [
    ...tightened(before, after).map((what) => `${here}: ${what}`),
    ...fieldsBroken(before, after, path),
    ...(before.items && after.items ? breakingChanges(before.items, after.items, `${path}[]`) : []),
    ...mapBroken(before, after, path),
  ];
}

/**
 * What processes of the release before would refuse of events that are written by this one, one sentence each: they run beside it while a
 * release is rolled out. Fields that they do not know they pass over, so a new optional field is no such change; anything that widens is,
 * such as another value of an enumeration or a longer text.
 */
export function refusedByOlderReaders(before: JsonSchema, after: JsonSchema): string[] {
  const changes = breakingChanges(withoutNewFields(after, before), withoutNewFields(before, before));
  return changes.map((change) => `${change}, for readers of the release before`);
}

/** A schema without what another one does not know: optional fields that came since, and what is said of unknown fields. */
function withoutNewFields(schema: JsonSchema, known: JsonSchema): JsonSchema {
  const { additionalProperties, properties, items, anyOf, ...rest } = schema;
  const isMap = typeof additionalProperties === 'object';
  const fields = Object.entries(properties ?? {}).flatMap(([name, field]) => {
    const old = known.properties?.[name];
    if (old) return [[name, withoutNewFields(field, old)] as const];
    return schema.required?.includes(name) ? [[name, field] as const] : [];
  });
  return {
    ...rest,
    ...(properties && { properties: Object.fromEntries(fields) }),
    ...(isMap && { additionalProperties }),
    ...(items && { items: known.items ? withoutNewFields(items, known.items) : items }),
    ...(anyOf && { anyOf: anyOf.map((each, index) => withoutNewFields(each, known.anyOf?.[index] ?? each)) }),
  };
}

function alternativesLost(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const now = after.anyOf ?? [after];
  const lost = (before.anyOf ?? [before]).filter((old) => now.every((each) => breakingChanges(old, each).length > 0));
  return lost.map((old) => `${path}: no longer takes ${old.type ?? JSON.stringify(old)} as it did`);
}

function tightened(before: JsonSchema, after: JsonSchema): string[] {
  const faults: string[] = [];
  const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
  for (const bound of leasts) {
    if (number(after[bound], -Infinity) > number(before[bound], -Infinity)) faults.push(`${bound} is raised`);
  }
  for (const bound of mosts) {
    if (number(after[bound], Infinity) < number(before[bound], Infinity)) faults.push(`${bound} is lowered`);
  }
  for (const keyword of fixed) {
    if (after[keyword] !== undefined && after[keyword] !== before[keyword]) faults.push(`${keyword} has changed`);
  }
  if (after.enum) {
    const lost = before.enum?.filter((value) => !after.enum!.includes(value)) ?? ['anything else'];
    if (lost.length > 0) faults.push(`no longer takes ${lost.join(', ')}`);
  }
  return faults;
}

function fieldsBroken(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const [old, now] = [before.properties ?? {}, after.properties ?? {}];
  const [required, nowRequired] = [new Set(before.required), new Set(after.required)];
  const faults: string[] = [];
  for (const [name, schema] of Object.entries(old)) {
    const field = path === '' ? name : `${path}.${name}`;
    if (!now[name]) {
      faults.push(`${field}: is gone`);
      continue;
    }
    if (required.has(name) && !nowRequired.has(name)) faults.push(`${field}: was always there, is optional`);
    if (!required.has(name) && nowRequired.has(name)) faults.push(`${field}: was optional, is required`);
    faults.push(...breakingChanges(schema, now[name], field));
  }
  const added = [...nowRequired].filter((name) => !old[name]);
  return [...faults, ...added.map((name) => `${path === '' ? name : `${path}.${name}`}: is new and required`)];
}

function mapBroken(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const [old, now] = [before.additionalProperties ?? true, after.additionalProperties ?? true];
  const names = after.propertyNames
    ? breakingChanges(before.propertyNames ?? {}, after.propertyNames, `${path}{name}`)
    : [];
  if (old === false || now === true) return names;
  if (old === true || now === false) return [...names, `${path}: takes fewer fields than it did`];
  return [...names, ...breakingChanges(old, now, `${path}{}`)];
}
