import { expect, test } from 'vitest'
import { daysBetween, dayWords, remaining, today, validityWords } from '@/words/days'

test('the last day is part of the period', () => {
  expect(remaining('2026-06-30', '2026-06-30')).toBe('今天截止')
  expect(remaining('2026-06-30', '2026-06-29')).toBe('还有1天')
  expect(remaining('2026-06-30', '2026-07-01')).toBe('已截止')
  expect(remaining(null)).toBe('')
})

test('today is that of Shanghai, whatever the device says', () => {
  expect(today(Date.parse('2026-05-31T16:00:00Z'))).toBe('2026-06-01')
  expect(today(Date.parse('2026-05-31T15:59:59Z'))).toBe('2026-05-31')
})

test('days in words', () => {
  expect(dayWords('2026-05-01T08:00:00+08:00')).toBe('2026年5月1日')
  expect(dayWords(null)).toBe('')
  expect(daysBetween('2026-02-28', '2026-03-01')).toBe(1)
  expect(validityWords({ from: null, to: null })).toContain('没有查到')
})
