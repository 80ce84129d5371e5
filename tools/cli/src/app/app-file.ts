import { detailOf, issueSentence, type Manifest, manifest, slug, text } from '@tokengrid/contracts';
import { manifestProblems, publicationFaults } from '@tokengrid/rating';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';

/** The manifest's own fields, and beside them the app's slug and name. */
const appFile = manifest.extend({ slug, name: text(100) });

/** Largest body that the registry takes. */
const mostBytes = 1024 * 1024;

/** A mistake in a file. */
interface Mistake {
  /** Line, from 1; that of the nearest field around it for a field that is missing. */
  readonly line: number;
  /** JSON Pointer of the place, as in answers of the registry. */
  readonly pointer: string;
  readonly detail: string;
}

/** An app as its file states it. */
export interface AppFile {
  readonly slug: string;
  readonly name: string;
  /** As it is sent: amounts are strings. */
  readonly manifest: Readonly<Record<string, unknown>>;
}

export type ReadAppFile = { readonly app: AppFile } | { readonly mistakes: readonly Mistake[] };

/** Reads a file in YAML or JSON, or finds all its mistakes that need no market to be found. */
export function readAppFile(content: string): ReadAppFile {
  if (Buffer.byteLength(content) > mostBytes) return { mistakes: [mistakeAt(1, '', 'must not be larger than 1 MiB')] };
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return { mistakes: document.errors.map(({ pos, message }) => mistakeAt(lines.linePos(pos[0]).line, '', message)) };
  }
  const value = valueOf(document);
  if ('mistakes' in value) return value;
  const at = (path: Path, detail: string) => mistakeAt(lineOf(document, lines, path), pointerOf(path), detail);
  const parsed = appFile.safeParse(value.read);
  const issues = parsed.success ? [] : parsed.error.issues;
  const checked = parsed.success ? parsed.data : wellFormedPart(value.read);
  const faults = [...manifestProblems(checked), ...publicationFaults(checked)];
  const mistakes = [
    ...issues.flatMap((issue) => mistakesOf(issue, at)),
    ...faults.map(({ code, pointer, ...facts }) => at(pathOf(pointer), detailOf(code, facts))),
  ];
  if (!parsed.success || mistakes.length > 0) return { mistakes };
  const { slug: ownSlug, name } = parsed.data;
  const { slug: _slug, name: _name, ...sent } = value.read as Record<string, unknown>;
  return { app: { slug: ownSlug, name, manifest: sent } };
}

/**
 * What a file with mistakes of form says well, and for the rest what has no faults, so that a file
 * has all its mistakes told at once.
 */
function wellFormedPart(read: unknown): Manifest {
  const fields = (typeof read === 'object' && read !== null ? read : {}) as Readonly<Record<string, unknown>>;
  const { endpoint, meters, plans, scopes, dataUse, models } = manifest.shape;
  const said = { meters: meters.safeParse(fields['meters']), scopes: scopes.safeParse(fields['scopes']) };
  return {
    endpoint: endpoint.safeParse(fields['endpoint']).data ?? 'https://faultless.example',
    description: '-',
    meters: said.meters.data ?? [],
    // Which meters a plan may price is not known without them.
    plans: (said.meters.success && plans.safeParse(fields['plans']).data) || [],
    scopes: said.scopes.data ?? [],
    dataUse: dataUse.safeParse(fields['dataUse']).data ?? ['-'],
    models: models.safeParse(fields['models']).data,
    revenueShare: { operatorBps: 0 },
  };
}

type Path = readonly (string | number)[];

const mistakeAt = (line: number, pointer: string, detail: string): Mistake => ({ line, pointer, detail });

/** The document's plain value; aliases that multiply without end are a mistake. */
function valueOf(document: Document): { readonly read: unknown } | { readonly mistakes: readonly Mistake[] } {
  try {
    return { read: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { mistakes: [mistakeAt(1, '', (error as Error).message)] };
  }
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

/** Unknown fields of one object are one issue of zod's, and a mistake each here. */
function mistakesOf({ path, message, keys }: Issue, at: (path: Path, detail: string) => Mistake): Mistake[] {
  const place = path as Path;
  if (keys) return keys.map((key) => at([...place, key], 'unknown field'));
  const detail = issueSentence(message);
  return [at(place, detail === 'must be a string, not a number' ? 'must be in quotes' : detail)];
}

/** Line of the field, or of the nearest one around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const offset = offsetOf(document, path.slice(0, length));
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
}

/** Where a field's name begins, or an item of a list. */
function offsetOf(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last));
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

const pointerOf = (path: Path) =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Path of a pointer of the checks, whose names need no escape. */
const pathOf = (pointer: string): Path =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
