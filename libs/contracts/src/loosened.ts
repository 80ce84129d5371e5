import type { z } from 'zod';

type Schema = z.core.$ZodType;

/** Fields of zod's own definitions that are used here. */
interface Definition {
  readonly type: string;
  readonly shape: Readonly<Record<string, Schema>>;
  readonly catchall?: Schema | undefined;
  readonly element: Schema;
  readonly innerType: Schema;
  readonly valueType: Schema;
  readonly options: readonly Schema[];
  readonly discriminator?: string;
}

/**
 * Schema for readers: unknown fields are ignored at any depth; checks of the whole (`.refine`)
 * stay. A union must name its discriminator, so that an ignored field can't make one option look
 * like another.
 * @throws RangeError for a union of objects without a discriminator
 */
export function loosened<S extends Schema>(schema: S): S {
  const definition = schema._zod.def as unknown as Definition;
  const { type } = definition;
  switch (type) {
    case 'object': {
      const shape = Object.fromEntries(
        Object.entries(definition.shape).map(([name, member]) => [name, loosened(member)]),
      );
      const isStrict = definition.catchall?._zod.def.type === 'never';
      return changed(schema, { shape, catchall: isStrict ? undefined : definition.catchall });
    }
    case 'array':
      return changed(schema, { element: loosened(definition.element) });
    case 'record':
      return changed(schema, { valueType: loosened(definition.valueType) });
    case 'optional':
    case 'nullable':
      return changed(schema, { innerType: loosened(definition.innerType) });
    case 'union': {
      const options = definition.options.map(loosened);
      const isChanged = options.some((option, index) => option !== definition.options[index]);
      if (isChanged && definition.discriminator === undefined)
        throw new RangeError('a union of objects in an event must name its discriminator');
      return isChanged ? changed(schema, { options }) : schema;
    }
    default:
      return schema;
  }
}

function changed<S extends Schema>(schema: S, changes: Partial<Definition>): S {
  const constructor = schema._zod.constr as unknown as new (definition: object) => S;
  return new constructor({ ...schema._zod.def, ...changes });
}
