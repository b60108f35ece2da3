import { beforeEach, describe, expect, test } from 'vitest'
import type { Judged, Question } from '@/api/shapes'
import { answered, answers, before, clearAnswers, takeBack } from '@/store/answers'
import { asTyped, choicesOf, nextQuestion, readNumber, remainingQuestions, valueWords } from '@/words/questions'

const question = (fact: string): Question => ({ fact, label: fact, question: `${fact}？`, kind: 'number', unit: '', periods: [], settles: [], touches: [] })
const wanted = (fact: string, period: string | null = null) => ({ fact, period, label: fact, question: `${fact}？` })
const judged = (questions: string[], wants: { fact: string, period: string | null }[]) =>
  ({ questions: questions.map(question), items: [{ conditions: [{ wanted: wants }] }] }) as unknown as Judged

beforeEach(clearAnswers)

describe('the order of questions', () => {
  test('is the server’s, for it knows what settles most', () => {
    expect(nextQuestion(judged(['revenue', 'staff'], [wanted('staff')]), [])?.fact).toBe('revenue')
  })

  test('“don’t know” is an answer: the next one is asked, also beyond the few the server tells', () => {
    const told = judged(['revenue', 'staff'], [wanted('revenue', '2025'), wanted('net_assets', '2024'), wanted('net_assets', '2025')])
    const next = nextQuestion(told, ['revenue', 'staff'])
    expect(next).toMatchObject({ fact: 'net_assets', periods: ['2024', '2025'], unit: '元', kind: 'number' })
    expect(nextQuestion(told, ['revenue', 'staff', 'net_assets'])).toBeUndefined()
  })

  test('what remains counts each fact once', () => {
    expect(remainingQuestions(judged(['revenue'], [wanted('revenue', '2025'), wanted('staff')]), ['staff'])).toBe(1)
  })
})

describe('typed numbers', () => {
  test('money is typed in 万元', () => expect(readNumber('1200.5', '元')).toEqual({ value: 12_005_000 }))
  test.each([['12.5', '0.125'], ['100', '1.00'], ['0.5', '0.005'], ['7', '0.07'], ['-3.25', '-0.0325']])('a share of %s %%', (typed, value) => {
    const read = readNumber(typed, '比例')
    expect('value' in read && Number(read.value)).toBe(Number(value))
  })
  test('a count is whole', () => {
    expect(readNumber('40', '人')).toEqual({ value: 40 })
    expect(readNumber('40.5', '人')).toHaveProperty('problem')
  })
  test('nothing typed is no zero', () => expect(readNumber(' ', '元')).toHaveProperty('problem'))
  test('what was kept is shown as it was typed', () => {
    expect(asTyped(12_005_000, '元')).toBe('1200.5')
    expect(asTyped('0.125', '比例')).toBe('12.5')
    expect(asTyped(undefined, '元')).toBe('')
  })
})

describe('answers on the device', () => {
  test('a year each, replaced as a whole, taken back in order', () => {
    answered('staff', [{ value: 30, period: '2024' }, { value: 40, period: '2025' }])
    answered('titles', [{ value: [] }])
    answered('staff', [{ value: 41, period: '2025' }])
    expect(before('staff')).toEqual({ 2025: 41 })
    expect(takeBack()).toBe('staff')
    expect(takeBack()).toBe('titles')
    expect(takeBack()).toBeUndefined()
    expect(answers.facts).toEqual([])
  })

  test('“don’t know” is kept apart from “none”', () => {
    answered('titles', [])
    expect([answers.facts, answers.unknown]).toEqual([[], ['titles']])
    answered('titles', [{ value: [] }])
    expect([answers.facts, answers.unknown]).toEqual([[{ name: 'titles', value: [] }], []])
  })
})

test('the words of a fact are the library’s', () => {
  expect(choicesOf('tech_field').electronics).toBe('电子信息')
  expect(choicesOf('titles').gaoqi).toBe('高新技术企业')
  expect(valueWords('titles', [])).toBe('无')
  expect(valueWords('revenue', 5_000_000)).toBe('500万元')
  expect(valueWords('resident_enterprise', false)).toBe('否')
})
