import registry from '@library/facts/registry.yaml'
import areas from '@library/vocabulary/areas.yaml'
import industries from '@library/vocabulary/industries.yaml'
import titles from '@library/vocabulary/titles.yaml'
import towns from '@library/vocabulary/towns.yaml'
import type { Condition, Judged, Question, Value } from '@/api/shapes'
import { inWords, wanFromYuan, yuanFromWan } from './money'

const LISTS: Record<string, Record<string, string>> = { areas, industries, titles, towns }

/** The choices of a fact that has some: word -> label. */
export function choicesOf(fact: string): Record<string, string> {
  const { members } = registry[fact] ?? {}
  return (typeof members === 'string' ? LISTS[members] : members) ?? {}
}

/**
 * The next question: the server's order first (what settles most), then what the conditions still want,
 * for the server tells only a few at a time. What was answered by “don't know” is not asked again.
 */
export function nextQuestion(judged: Pick<Judged, 'questions' | 'items'>, unknown: string[]): Question | undefined {
  const asked = judged.questions.find(({ fact }) => !unknown.includes(fact))
  return asked ?? wantedQuestions(judged.items.flatMap(({ conditions }) => conditions)).find(({ fact }) => !unknown.includes(fact))
}

interface Wanted { fact: string, period: string | null, label: string, question: string }

function wantedQuestions(conditions: Condition[]): Question[] {
  const found = new Map<string, Question>()
  for (const { fact, period, label, question } of conditions.flatMap(({ wanted }) => wanted as Wanted[])) {
    const { kind = 'number', unit = '' } = registry[fact] ?? {}
    const known = found.get(fact) ?? { fact, label, question, kind: kind as Question['kind'], unit, periods: [], settles: [], touches: [] }
    if (period && !known.periods.includes(period)) known.periods.push(period)
    found.set(fact, known)
  }
  return [...found.values()]
}

/** How many questions are still open, as far as can be seen now. */
export function remainingQuestions(judged: Pick<Judged, 'questions' | 'items'>, unknown: string[]): number {
  const wanted = wantedQuestions(judged.items.flatMap(({ conditions }) => conditions))
  const facts = new Set([...judged.questions, ...wanted].map(({ fact }) => fact).filter((fact) => !unknown.includes(fact)))
  return facts.size
}

/** A typed number as the API takes it, or why it cannot be taken. */
export function readNumber(typed: string, unit: string): { value: Value } | { problem: string } {
  const text = typed.replace(/[,，\s]/g, '')
  if (!text) return { problem: '请填写，或选“不知道”。' }
  if (unit === '元') {
    const value = yuanFromWan(text)
    return value === undefined ? { problem: '请填数字，单位是万元，例如 1200 或 350.5。' } : { value }
  }
  if (unit === '比例') {
    const share = /^(-?\d{1,6}(?:\.\d{1,6})?)%?$/.exec(text)
    return share ? { value: percentToDecimal(share[1]) } : { problem: '请填百分数，例如 12.5。' }
  }
  return /^-?\d{1,12}$/.test(text) ? { value: Number(text) } : { problem: '请填整数。' }
}

/** 12.5 (per cent) -> "0.125", on digits. */
function percentToDecimal(percent: string): string {
  const sign = percent.startsWith('-') ? '-' : ''
  const [whole, part = ''] = percent.replace('-', '').split('.')
  const digits = whole.padStart(3, '0')
  return `${sign}${Number(digits.slice(0, -2))}.${digits.slice(-2)}${part}`
}

/** The unit a person types in. */
export const typedUnit = (unit: string) => (unit === '元' ? '万元' : unit === '比例' ? '%' : unit)

/** A kept value as it was typed, to be shown in its field again. */
export function asTyped(value: Value | undefined, unit: string): string {
  if (value === undefined) return ''
  if (unit === '元' && typeof value === 'number') return wanFromYuan(value)
  if (unit === '比例') return String(Number((Number(value) * 100).toFixed(6)))
  return String(value)
}

/** A value in words. */
export function valueWords(fact: string, value: Value): string {
  const { kind, unit } = registry[fact] ?? {}
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (Array.isArray(value)) return value.length ? value.map((one) => choicesOf(fact)[one] ?? one).join('、') : '无'
  if (unit === '元') return inWords(Number(value))
  if (unit === '比例') return `${asTyped(value, unit)}%`
  return kind === 'category' ? choicesOf(fact)[String(value)] ?? String(value) : `${value}${unit ?? ''}`
}

export const factLabel = (fact: string) => registry[fact]?.label ?? fact
