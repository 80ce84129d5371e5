/** A model as a request names it: `model`, or `model@provider`. */
export interface NamedModel {
  readonly name: string;
  /** Provider or offer, by its id. */
  readonly provider: string | undefined;
}

/** A model's name has no `@`, so the part behind it is a provider. */
export function namedModel(wanted: string): NamedModel {
  const at = wanted.indexOf('@');
  return at === -1
    ? { name: wanted, provider: undefined }
    : { name: wanted.slice(0, at), provider: wanted.slice(at + 1) };
}

/** True if two spellings name one model: they differ in capitals alone. */
export const isSameModel = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
