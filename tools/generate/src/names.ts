import { Failure } from './failure.ts';

const kebab = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;
const pascal = /^([A-Z][a-z0-9]+)+$/;
/** Maximum length; longer names are sentences. */
const longest = 60;

/** Words with another meaning in TypeScript, or in generated code. */
const reserved = new Set(
  (
    'async await break case catch class const continue debugger default delete do else enum export extends false finally for function if ' +
    'implements import in instanceof interface let new null package private protected public return static super switch this throw true ' +
    'try type typeof undefined var void while with yield batch catalogue command count event given happened incoming port state string z'
  ).split(' '),
);

/** A name in all the forms of code and prose. */
export interface Name {
  /** `send-tokens` */
  readonly kebab: string;
  /** `sendTokens` */
  readonly camel: string;
  /** `SendTokens` */
  readonly pascal: string;
  /** `send tokens` */
  readonly words: string;
  /** `SEND_TOKENS` */
  readonly constant: string;
}

function nameOf(parts: readonly string[]): Name {
  const capitalized = parts.map((part) => part[0]!.toUpperCase() + part.slice(1));
  return {
    kebab: parts.join('-'),
    camel: parts[0] + capitalized.slice(1).join(''),
    pascal: capitalized.join(''),
    words: parts.join(' '),
    constant: parts.join('_').toUpperCase(),
  };
}

/**
 * Parses a name in the form of files: `send-tokens`.
 * @param what the named thing, for the message: `the decision`
 * @throws Failure for a malformed one
 */
export function kebabName(what: string, text: string): Name {
  if (reserved.has(text)) throw new Failure(`${what} "${text}" means something else in code: choose another name.`);
  if (kebab.test(text) && text.length <= longest) return nameOf(text.split('-'));
  throw new Failure(`${what} "${text}" is no name: small letters and digits, words joined by "-", as send-tokens.`);
}

/**
 * Parses a name in the form of events: `TokensSent`.
 * @throws Failure for a malformed one
 */
export function pascalName(what: string, text: string): Name {
  if (pascal.test(text) && text.length <= longest) return nameOf(kebabOf(text).split('-'));
  throw new Failure(`${what} "${text}" is no name: words that begin with a capital, as TokensSent.`);
}

/**
 * Parses a reason in the form of codes: `ALREADY_FROZEN`.
 * @throws Failure for a malformed one
 */
export function reasonName(what: string, text: string): Name {
  if (/^[A-Z]+(_[A-Z][A-Z0-9]*)*$/.test(text) && text.length <= longest) return nameOf(text.toLowerCase().split('_'));
  throw new Failure(`${what} "${text}" is no reason: words in capitals joined by "_", as ALREADY_FROZEN.`);
}

/** Parses a verb and its object: `send-tokens`. @throws Failure for a single word */
export function verbAndNoun(what: string, text: string): Name {
  const name = kebabName(what, text);
  if (name.kebab.includes('-')) return name;
  throw new Failure(`${what} "${text}" is a single word: name the verb and what it is done to, as send-tokens.`);
}

/** `TokensSent` as `tokens-sent`. */
function kebabOf(text: string): string {
  return text.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

/** Several of them: `account` as `accounts`, `policy` as `policies`. */
export function pluralOf({ kebab }: Name): Name {
  const plural = /[^aeiou]y$/.test(kebab)
    ? kebab.replace(/y$/, 'ies')
    : /(s|x|z|ch|sh)$/.test(kebab)
      ? `${kebab}es`
      : `${kebab}s`;
  return nameOf(plural.split('-'));
}

/** A decision's name as a sentence in the third person: `send-tokens` as `sends the tokens`. */
export function thirdPerson({ kebab }: Name): string {
  const [verb = '', ...nouns] = kebab.split('-');
  const ending = /(s|x|z|ch|sh|o)$/.test(verb) ? 'es' : 's';
  const does = /[^aeiou]y$/.test(verb) ? verb.replace(/y$/, 'ies') : verb + ending;
  return `${does} the ${nouns.join(' ')}`;
}
