import { computed, reactive } from 'vue'
import { forget, keep, kept } from './device'
import type { StatedFact, Value } from '@/api/shapes'

/** What was answered without signing in: it stays on this device, and goes to the server only to be judged. */
interface Answers {
  facts: StatedFact[]
  /** Facts answered by “don't know”. */
  unknown: string[]
  /** The facts in the order they were answered, to go back by. */
  trail: string[]
}

export const answers = reactive<Answers>({ facts: [], unknown: [], trail: [], ...kept<Answers>('answers') })

export const anyAnswers = computed(() => answers.facts.length > 0)

/** Take in the answer to one question: a value, or one for each year. */
export function answered(fact: string, values: { value: Value, period?: string | null }[]) {
  drop(fact)
  for (const { value, period } of values) answers.facts.push(period ? { name: fact, value, period } : { name: fact, value })
  if (!values.length) answers.unknown.push(fact)
  answers.trail.push(fact)
  keep('answers', answers)
}

/** Take back the last answer; its fact, or undefined when there is none. */
export function takeBack(): string | undefined {
  const fact = answers.trail.pop()
  if (fact) drop(fact)
  keep('answers', answers)
  return fact
}

/** What was answered before, by year ("" when it holds for no year), to be shown again. */
export function before(fact: string): Record<string, Value> {
  return Object.fromEntries(answers.facts.filter(({ name }) => name === fact).map(({ value, period }) => [period ?? '', value]))
}

export function clearAnswers() {
  Object.assign(answers, { facts: [], unknown: [], trail: [] })
  forget('answers')
}

function drop(fact: string) {
  answers.facts = answers.facts.filter(({ name }) => name !== fact)
  answers.unknown = answers.unknown.filter((name) => name !== fact)
  answers.trail = answers.trail.filter((name) => name !== fact)
}
