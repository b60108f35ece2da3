/** Days and instants as people read them. */

/** 2026-05-31 -> 2026年5月31日. */
export function dayWords(day: string | null | undefined): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(day ?? '')
  return found ? `${found[1]}年${Number(found[2])}月${Number(found[3])}日` : ''
}

/** How many days from one day to another; both as YYYY-MM-DD. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to.slice(0, 10)}T00:00:00Z`) - Date.parse(`${from.slice(0, 10)}T00:00:00Z`)) / 86_400_000)
}

/** Today in Shanghai, whatever the device's own zone. */
export function today(now = Date.now()): string {
  return new Date(now + 8 * 3_600_000).toISOString().slice(0, 10)
}

/** A period of validity in words; the last day is part of it. */
export function validityWords({ from, to }: { from: string | null, to: string | null }): string {
  if (from && to) return `${dayWords(from)}至${dayWords(to)}`
  if (to) return `至${dayWords(to)}（当日有效）`
  return from ? `${dayWords(from)}起` : '没有查到施行日和截止日'
}

/** 还有几天 for a last day that is near. */
export function remaining(to: string | null, now = today()): string {
  if (!to) return ''
  const days = daysBetween(now, to)
  if (days < 0) return '已截止'
  return days === 0 ? '今天截止' : `还有${days}天`
}

/** An instant as Shanghai's clocks show it: 2026年5月1日 9:30. */
export function momentWords(instant: string | null | undefined): string {
  if (!instant || Number.isNaN(Date.parse(instant))) return ''
  const here = new Date(Date.parse(instant) + 8 * 3_600_000).toISOString()
  return `${dayWords(here)} ${Number(here.slice(11, 13))}:${here.slice(14, 16)}`
}
