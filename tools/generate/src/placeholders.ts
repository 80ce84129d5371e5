import type { Name } from './names.ts';

/**
 * Replacements of placeholders in templates, by the words of the placeholder: `some stream` for
 * `some-stream`, `SomeStream` …
 */
export type Placeholders = Readonly<Record<string, Name>>;

/**
 * A template's text with the caller's names. A template is valid code about a `SomeStream`: each
 * placeholder has the form that its place needs, and so has its replacement.
 */
export function filled(text: string, placeholders: Placeholders): string {
  const forms = Object.entries(placeholders).flatMap(([words, name]) => formsOf(words.split(' '), name));
  // The longest first: `SomeStreams` is a placeholder of its own, not `SomeStream` and an s.
  const found = new RegExp(
    forms
      .map(([form]) => form)
      .sort((one, other) => other.length - one.length)
      .join('|'),
    'g',
  );
  const byForm = new Map(forms);
  return forms.length === 0 ? text : text.replace(found, (form) => byForm.get(form)!);
}

function formsOf(parts: readonly string[], name: Name): (readonly [string, string])[] {
  const capitalized = parts.map((part) => part[0]!.toUpperCase() + part.slice(1));
  const words = parts.join(' ');
  return [
    [`a ${words}`, `${articleOf(name)} ${name.words}`],
    [`A ${words}`, `${articleOf(name) === 'a' ? 'A' : 'An'} ${name.words}`],
    [parts.join('-'), name.kebab],
    [parts[0] + capitalized.slice(1).join(''), name.camel],
    [capitalized.join(''), name.pascal],
    [words, name.words],
    [sentence(words), sentence(name.words)],
    [parts.join('_').toUpperCase(), name.constant],
  ];
}

const sentence = (words: string) => words[0]!.toUpperCase() + words.slice(1);
const articleOf = ({ words }: Name) => (/^[aeiou]/.test(words) ? 'an' : 'a');
