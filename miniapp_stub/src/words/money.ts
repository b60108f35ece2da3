/** Amounts: typed in 万元, kept in whole 元, and shown so that nobody has to count zeros. */

const TYPED = /^([+-]?)(\d{1,12})(?:\.(\d{1,6}))?$/

/** 万元 as typed -> whole 元; undefined when it is no amount. Reckoned on digits, so that no fraction of a 元 creeps in. */
export function yuanFromWan(typed: string): number | undefined {
  const found = TYPED.exec(typed.replace(/[,，\s]/g, '').replace(/万元?$/, ''))
  if (!found) return undefined
  const [, sign, whole, part = ''] = found
  const digits = part.padEnd(6, '0')
  const yuan = Number(whole) * 10_000 + Math.round(Number(digits) / 100)
  return sign === '-' && yuan ? -yuan : yuan
}

/** Whole 元 -> what would be typed in 万元. */
export function wanFromYuan(yuan: number): string {
  return String(yuan / 10_000)
}

/** 元 in words for reading: 亿元, 万元 or 元. */
export function inWords(yuan: number): string {
  const size = Math.abs(yuan)
  if (size >= 100_000_000) return `${trimmed(yuan / 100_000_000)}亿元`
  if (size >= 10_000) return `${trimmed(yuan / 10_000)}万元`
  return `${yuan}元`
}

/** How large a file is. */
export const sizeWords = (bytes: number) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`)

const trimmed = (value: number) => String(Number(value.toFixed(4)))

/** A figure of a firm in words, by its unit; what is not known is said so. */
export function amountWords(value: number | string | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '不知道'
  if (unit === '元') return inWords(Number(value))
  if (unit === '比例') return `${trimmed(Math.round(Number(value) * 10_000) / 100)}%`
  return `${trimmed(Number(value))}${unit}`
}
