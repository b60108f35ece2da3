import { describe, expect, test } from 'vitest'
import { amountWords, inWords, wanFromYuan, yuanFromWan } from '@/words/money'

describe('万元 typed, 元 kept', () => {
  test.each([
    ['1200', 12_000_000], ['0.01', 100], ['350.5', 3_505_000], ['1,200.25', 12_002_500], ['１'.normalize('NFKC'), 10_000], ['-80', -800_000],
    ['28.88 万', 288_800], ['0', 0], ['0.0001', 1], ['19.9999', 199_999],
  ])('%s', (typed, yuan) => expect(yuanFromWan(typed)).toBe(yuan))

  test.each(['', '一百', '1.2.3', '12万3', '1e5', '-', '1234567890123'])('%s is no amount', (typed) => expect(yuanFromWan(typed)).toBeUndefined())

  test('what is kept comes back as it was typed', () => {
    for (const typed of ['0.29', '1.1', '1234.5678', '9999999', '-3.07']) expect(wanFromYuan(yuanFromWan(typed)!)).toBe(typed)
  })
})

test('amounts are read without counting zeros', () => {
  expect(inWords(380_000_000)).toBe('3.8亿元')
  expect(inWords(9_747_000)).toBe('974.7万元')
  expect(inWords(999)).toBe('999元')
  expect(inWords(-15_000)).toBe('-1.5万元')
})

test('a figure that is not known is said so, never zero', () => {
  expect(amountWords(null, '元')).toBe('不知道')
  expect(amountWords('0.117647', '比例')).toBe('11.76%')
  expect(amountWords(170, '人')).toBe('170人')
})
