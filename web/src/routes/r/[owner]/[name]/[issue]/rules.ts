/** The rules of an explanation as the page shows them: what held, and what was asked before it. */
import type { components } from '#lib/api/generated/schema.ts';

export type Rule = components['schemas']['ExplainedRule'];

export interface Asked {
	held: Rule | null;
	/** Asked before the one that held, in their order. */
	before: Rule[];
	/** Not asked any more. */
	below: Rule[];
}

/** Parts rules by whether they held. */
export function askedOf(rules: readonly Rule[]): Asked {
	return {
		held: rules.find((rule) => rule.held === true) ?? null,
		before: rules.filter((rule) => rule.held === false),
		below: rules.filter((rule) => rule.held === null)
	};
}

/** The facts of a rule, those by which it held or did not first. */
export function factsOf(rule: Rule): Rule['facts'] {
	return [...rule.facts].sort((one, other) => Number(other.decides) - Number(one.decides));
}
