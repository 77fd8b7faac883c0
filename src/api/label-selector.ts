/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>;

/** A label selector in the form that kubectl takes, read: labels are selected if they fulfil every one. */
export type LabelSelector = readonly Requirement[];

/** One part of a selector. */
export interface Requirement {
  readonly key: string;
  /** `in` and `notin` as in the API: a key that is missing is in no set, so `notin` selects it. */
  readonly operator: 'in' | 'notin' | 'exists' | 'missing';
  /** For `in` and `notin`, at least one. */
  readonly values: readonly string[];
}

/** Longest text that is read, in UTF-16 units. */
export const maxSelectorLength = 1024;

const part = '[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?';
const key = `(?:[a-z0-9][-a-z0-9.]*/)?${part}`;

const keyAlone = new RegExp(`^${key}$`);
const valueAlone = new RegExp(`^(?:${part})?$`);
const presence = new RegExp(`^(!?)\\s*(${key})$`);
const equality = new RegExp(`^(${key})\\s*(==|=|!=)\\s*([^\\s=!]*)$`);
const membership = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);

/** Longest name of a label, and longest value. */
const maxName = 63;
const maxPrefix = 253;

/**
 * Reads `team=red`, `team!=red`, `team in (red, blue)`, `team notin (red)`, `team`, `!team`, with commas between that
 * mean "and". What is wrong with the text, the end of a sentence, where it is none of these: an empty one too, which
 * kubectl takes for "everything".
 */
export function parseLabelSelector(text: string): LabelSelector | string {
  if (text.length > maxSelectorLength) return `is longer than ${maxSelectorLength} characters`;
  if (text.trim() === '') return 'is empty';
  const requirements: Requirement[] = [];
  for (const term of termsOf(text)) {
    const requirement = requirementOf(term.trim());
    if (requirement === undefined) return `is no label selector at ${quoted(term.trim())}`;
    requirements.push(requirement);
  }
  return requirements;
}

/** True if the labels fulfil all of it. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return selector.every((requirement) => fulfils(requirement, labels));
}

function fulfils({ key: name, operator, values }: Requirement, labels: Labels): boolean {
  const found = Object.hasOwn(labels, name) ? labels[name] : undefined;
  switch (operator) {
    case 'exists':
      return found !== undefined;
    case 'missing':
      return found === undefined;
    case 'in':
      return found !== undefined && values.includes(found);
    case 'notin':
      return found === undefined || !values.includes(found);
  }
}

/** Parted at the commas that are in no parentheses. */
function termsOf(text: string): readonly string[] {
  const terms: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === ',' && depth === 0) {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...terms, text.slice(start)];
}

function requirementOf(term: string): Requirement | undefined {
  const found = presenceOf(term) ?? equalityOf(term) ?? membershipOf(term);
  return found !== undefined && isKey(found.key) && found.values.every(isValue) ? found : undefined;
}

function presenceOf(term: string): Requirement | undefined {
  const [, not, name] = presence.exec(term) ?? [];
  return name === undefined
    ? undefined
    : { key: name, operator: not === '' ? 'exists' : 'missing', values: [] };
}

function equalityOf(term: string): Requirement | undefined {
  const [, name, operator, wanted] = equality.exec(term) ?? [];
  if (name === undefined || wanted === undefined) return undefined;
  return { key: name, operator: operator === '!=' ? 'notin' : 'in', values: [wanted] };
}

function membershipOf(term: string): Requirement | undefined {
  const [, name, operator, list] = membership.exec(term) ?? [];
  if (name === undefined || list === undefined) return undefined;
  const values = list.split(',').map((one) => one.trim());
  // `x in (a,)` means "a or nothing" to kubectl; whoever writes it has lost a value.
  if (values.includes('')) return undefined;
  return { key: name, operator: operator === 'notin' ? 'notin' : 'in', values };
}

function isKey(text: string): boolean {
  if (!keyAlone.test(text)) return false;
  const slash = text.indexOf('/');
  return slash <= maxPrefix && text.length - slash - 1 <= maxName;
}

function isValue(text: string): boolean {
  return text.length <= maxName && valueAlone.test(text);
}

function quoted(term: string): string {
  return JSON.stringify(term.length <= 60 ? term : `${term.slice(0, 59)}…`);
}
