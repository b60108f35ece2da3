import { reactive } from 'vue'
import type { Asked } from '@/api/calls'
import { address, asked } from './going'

/** What is looked for, as the screen chooses it and as its address tells it; "" is no wish. */
const NOTHING = {
  q: '', kind: '', level: '', policy_kind: '', area: '', standing: 'in_force', sort: 'relevance',
  issued_within: '', closing_within: '', issued_from: '', issued_to: '',
}
export type Wish = keyof typeof NOTHING
const WISHES = Object.keys(NOTHING) as Wish[]
/** What a followed search keeps beside its words. */
const KEPT: Wish[] = ['kind', 'level', 'policy_kind', 'area']

export function searching() {
  const chosen = reactive({ ...NOTHING })

  /** Take in what an address asks. */
  function take(query?: Record<string, string | undefined>) {
    for (const wish of WISHES) chosen[wish] = asked(query, wish) || NOTHING[wish]
  }

  const list = (value: string) => (value ? [value] : undefined)
  const days = (value: string) => (/^\d+$/.test(value) ? Number(value) : undefined)
  const question = (): Asked => ({
    q: chosen.q, kind: list(chosen.kind) as Asked['kind'], level: list(chosen.level) as Asked['level'], policy_kind: list(chosen.policy_kind),
    area: list(chosen.area), standing: chosen.standing as Asked['standing'], sort: chosen.sort as Asked['sort'],
    issued_within: days(chosen.issued_within), closing_within: days(chosen.closing_within),
    issued_from: chosen.issued_from || undefined, issued_to: chosen.issued_to || undefined,
  })

  const told = () => address('/pages/search', Object.fromEntries(WISHES.map((wish) => [wish, chosen[wish] === NOTHING[wish] ? '' : chosen[wish]])))
  const filters = () => Object.fromEntries(KEPT.filter((wish) => chosen[wish]).map((wish) => [wish, [chosen[wish]]]))
  return { chosen, take, question, told, filters }
}

/** The address of a search somebody follows. */
export const searchAddress = (text: string, filters: Record<string, unknown>) =>
  address('/pages/search', { q: text, ...Object.fromEntries(KEPT.map((wish) => [wish, first(filters[wish])])) })

const first = (value: unknown) => (Array.isArray(value) && value.length ? String(value[0]) : '')
