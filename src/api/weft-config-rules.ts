import type { TimeBudgets, WeftConfigSpec } from './weft-config.ts';

/** Milliseconds that the kubelet gives the runtime for a sandbox, unless it is configured otherwise. */
const kubeletMs = 120_000;

/** What no schema of one field can say: the sum of some time budgets must be below another one, or a number. */
interface BudgetRule {
  readonly sum: readonly (keyof TimeBudgets)[];
  readonly below: keyof TimeBudgets | number;
  /** Continues "must be below …". */
  readonly because: string;
}

const rules: readonly BudgetRule[] = [
  { sum: ['plan'], below: 'add', because: 'waiting for the plan must leave most of the time to ADD' },
  { sum: ['lock'], below: 'del', because: 'a DEL that has waited for the lock needs time to run' },
  {
    sum: ['connect', 'plan', 'lock', 'add'],
    below: kubeletMs,
    because: 'then the kubelet gives the sandbox up',
  },
];

/** The first rule that is broken, in a sentence that starts with the field; undefined: none is. */
export function brokenRule({ timeBudgets }: WeftConfigSpec): string | undefined {
  const value = (term: keyof TimeBudgets | number): number =>
    typeof term === 'number' ? term : timeBudgets[term];
  const broken = rules.find(
    ({ sum, below }) => sum.reduce((ms, term) => ms + value(term), 0) >= value(below),
  );
  return broken && `spec.timeBudgets.${sentence(broken)}`;
}

/** A rule for the API server, over a whole WeftConfig. */
interface CelBudgetRule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath: string;
}

/** The same rules in CEL. The API server does not fill defaults in, so `defaults` stand where a field is absent. */
export function celRules(defaults: TimeBudgets): readonly CelBudgetRule[] {
  const value = (term: keyof TimeBudgets | number): string =>
    typeof term === 'number'
      ? String(term)
      : `self.?spec.?timeBudgets.?${term}.orValue(${String(defaults[term])})`;
  return rules.map((rule) => ({
    rule: `${rule.sum.map(value).join(' + ')} < ${value(rule.below)}`,
    message: sentence(rule),
    fieldPath: '.spec.timeBudgets',
  }));
}

function sentence({ sum, below, because }: BudgetRule): string {
  return `${sum.join(' + ')} must be below ${below}: ${because}`;
}
